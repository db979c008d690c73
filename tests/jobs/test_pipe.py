"""Frames and commands between a page and its worker."""

from __future__ import annotations

import io
import json
import os

import numpy as np
import pytest

from vae_explorer.jobs.pipe import (
    MESSAGE,
    SNAPSHOT,
    FrameWriter,
    Ready,
    Weights,
    read_frame,
    write_command,
    write_frame,
)
from vae_explorer.results.history import ProbeImages


def test_frames_come_out_as_they_went_in():
    pipe = io.BytesIO()
    write_frame(pipe, MESSAGE, b"{}")
    write_frame(pipe, SNAPSHOT, b"x" * 100_000)
    pipe.seek(0)
    assert read_frame(pipe) == (MESSAGE, b"{}")
    assert read_frame(pipe) == (SNAPSHOT, b"x" * 100_000)
    assert read_frame(pipe) is None


def test_weights_come_out_as_they_went_in():
    sent = Weights(1, (3, 0), 77, b"\x00numbers{}")
    got = Weights.from_bytes(sent.to_bytes())
    assert (got.shape, got.members, got.step, got.content) == (1, (3, 0), 77, sent.content)


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
        probe=ProbeImages(
            np.arange(12, dtype=np.uint8).reshape(3, 4), np.array([0, 1, 2], dtype=np.uint8), 2
        ),
        path=(1, 0),
        steps=(100,),
        precision="float32",
        threads=1,
        functions={"relu": np.array([0.0, 1.0], dtype=np.float32)},
    )
    back = Ready.from_bytes(ready.to_bytes())
    for name, value in vars(ready).items():
        if name not in ("probe", "functions"):
            assert getattr(back, name) == value
    assert back.probe.same_as(ready.probe)
    assert back.probe.shown == 2
    np.testing.assert_array_equal(back.functions["relu"], ready.functions["relu"])


def test_a_slow_reader_does_not_hold_up_the_writer():
    read_end, write_end = os.pipe()
    frames = FrameWriter(os.fdopen(write_end, "wb"))
    large = b"x" * 1_000_000  # more than any pipe holds, and nobody reads yet
    frames.write(SNAPSHOT, large)
    frames.write(MESSAGE, b"{}")
    with os.fdopen(read_end, "rb") as pipe:
        assert read_frame(pipe) == (SNAPSHOT, large)
        assert read_frame(pipe) == (MESSAGE, b"{}")
        frames.close()


def test_who_writes_to_nobody_is_told():
    read_end, write_end = os.pipe()
    frames = FrameWriter(os.fdopen(write_end, "wb"))
    os.close(read_end)
    with pytest.raises(BrokenPipeError):
        for _ in range(10_000):  # the first ones wait to be written
            frames.write(MESSAGE, b"{}")
    frames.close()
