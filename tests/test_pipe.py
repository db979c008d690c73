"""Frames and commands between a page and its worker."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from vae_explorer.pipe import MESSAGE, SNAPSHOT, Ready, read_frame, write_command, write_frame


def test_frames_come_out_as_they_went_in():
    pipe = io.BytesIO()
    write_frame(pipe, MESSAGE, b"{}")
    write_frame(pipe, SNAPSHOT, b"x" * 100_000)
    pipe.seek(0)
    assert read_frame(pipe) == (MESSAGE, b"{}")
    assert read_frame(pipe) == (SNAPSHOT, b"x" * 100_000)
    assert read_frame(pipe) is None


@pytest.mark.parametrize("cut", [1, 8, 9, 12])
def test_a_frame_that_is_cut_off_is_an_end(cut):
    pipe = io.BytesIO()
    write_frame(pipe, MESSAGE, b"{...}")
    assert read_frame(io.BytesIO(pipe.getvalue()[:cut])) is None


@pytest.mark.parametrize("junk", [b"Traceback (most recent", b"S" + b"\xff" * 8])
def test_what_is_no_frame_is_refused_before_it_is_read(junk):
    with pytest.raises(ValueError, match="sent a frame"):
        read_frame(io.BytesIO(junk))


def test_commands_are_lines_of_json():
    pipe = io.BytesIO()
    write_command(pipe, "change", beta=2.0)
    assert json.loads(pipe.getvalue()) == {"do": "change", "beta": 2.0}
    assert pipe.getvalue().endswith(b"\n")


def test_ready_comes_out_as_it_went_in():
    ready = Ready(
        origin="Here.",
        notice=None,
        train_images=10,
        test_images=5,
        probe_images=np.arange(12, dtype=np.uint8).reshape(3, 4),
        probe_labels=np.array([0, 1, 2], dtype=np.uint8),
        shown=2,
        path=(1, 0),
        steps=(100,),
        precision="float32",
        threads=1,
        functions={"relu": np.array([0.0, 1.0], dtype=np.float32)},
    )
    back = Ready.from_bytes(ready.to_bytes())
    for name, value in vars(ready).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(back, name), value)
        elif name != "functions":
            assert getattr(back, name) == value
    np.testing.assert_array_equal(back.functions["relu"], ready.functions["relu"])
