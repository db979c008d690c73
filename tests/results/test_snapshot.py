"""Snapshots as bytes: the way there and back, and bytes that are none."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import save

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.snapshot import BIN_EDGES, Snapshot
from vae_explorer.training.trainer import Trainer
from vae_explorer.version import ROOT


@pytest.fixture(scope="module")
def trainer(few_digits):
    """At the start, with one member that diverges at its first step."""
    trainer = Trainer(
        Experiment(dataset="digits", activations=("exponential", "prelu"), hidden=(4, 3), latent=3),
        few_digits,
    )
    trainer.population.parameters.values["encoder.0.bias"][0] = 1000.0
    return trainer


@pytest.fixture(scope="module")
def snapshots(trainer):
    """Before the first step, within an epoch, and after two."""
    taken = [trainer.snapshot()]
    for steps in (1, 3):
        for _ in range(steps):
            trainer.step()
        taken.append(trainer.snapshot())
    return taken


def arrays_of(value):
    """Every array in a snapshot, however deep."""
    if isinstance(value, np.ndarray):
        return [value]
    if dataclasses.is_dataclass(value):
        value = [getattr(value, field.name) for field in dataclasses.fields(value)]
    if isinstance(value, (list, tuple)):
        return [array for entry in value for array in arrays_of(entry)]
    return []


def assert_equal(value, other):
    assert type(value) is type(other)
    if isinstance(value, np.ndarray):
        assert (value.dtype, value.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(value, other)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            assert_equal(getattr(value, field.name), getattr(other, field.name))
    elif isinstance(value, tuple):
        assert len(value) == len(other)
        for ours, theirs in zip(value, other):
            assert_equal(ours, theirs)
    else:
        assert value == other


@pytest.mark.parametrize("index", range(3))
def test_bytes_give_the_same_snapshot_back_in_every_field(index, snapshots):
    snapshot = snapshots[index]
    assert_equal(Snapshot.from_bytes(snapshot.to_bytes()), snapshot)


def test_the_snapshots_of_this_test_are_what_it_needs(snapshots):
    start, middle, end = snapshots
    assert len(start.curves.step) == 0
    assert (len(start.frozen), len(middle.frozen)) == (0, 1)
    assert np.isnan(end.curves.test_kl[:, 0]).any()
    assert len(arrays_of(end)) > 20


def test_arrays_from_bytes_cannot_be_written_to(snapshots):
    copy = Snapshot.from_bytes(snapshots[2].to_bytes())
    assert [array for array in arrays_of(copy) if array.flags.writeable] == []


def test_the_bytes_are_those_arrays_and_little_more(snapshots):
    size = sum(array.nbytes for array in arrays_of(snapshots[2]))
    assert size < len(snapshots[2].to_bytes()) < size + 8192


def with_header(change):
    """A safetensors file with a snapshot's text changed, or another text."""
    return save({"a": np.zeros(3)}, metadata={"snapshot": change})


JUNK = {
    "nothing": lambda good: b"",
    "noise": lambda good: bytes(range(256)) * 10,
    "text": lambda good: b"epoch,loss\n1,2\n",
    "zeros": lambda good: bytes(1000),
    "a header that claims too much": lambda good: (2**62).to_bytes(8, "little") + b"{}",
    "cut in its header": lambda good: good[:100],
    "cut in its last array": lambda good: good[:-1],
    "one byte more": lambda good: good + b"\0",
    "another safetensors file": lambda good: save({"weight": np.zeros((2, 3), np.float32)}),
    "no JSON": lambda good: with_header("{"),
    "JSON, but no object": lambda good: with_header("[1, 2]"),
    "null": lambda good: with_header("null"),
    "an object of something else": lambda good: with_header('{"curves": {}, "layers": []}'),
    "curves that are a number": lambda good: with_header('{"curves": 1}'),
    "a field that is unknown": lambda good: good_with(good, extra=1),
    "a field too few": lambda good: good_with(good, step=None),
    "an array that is not there": lambda good: good_with(good, beta={"array": "missing"}),
    "layers that are numbers": lambda good: good_with(good, layers=[1]),
    "members frozen by other fields": lambda good: good_with(good, frozen=[{"who": 1}]),
}


def good_with(good, **changes):
    """The bytes of a snapshot with fields changed, or taken out where the change is None."""
    from safetensors.numpy import load

    header = json.loads(good[8 : 8 + int.from_bytes(good[:8], "little")])
    plain = {**json.loads(header["__metadata__"]["snapshot"]), **changes}
    kept = {name: value for name, value in plain.items() if value is not None}
    return save(load(good), metadata={"snapshot": json.dumps(kept)})


def test_the_junk_of_the_next_test_is_made_as_a_snapshot_is(snapshots):
    good = snapshots[2].to_bytes()
    assert_equal(Snapshot.from_bytes(good_with(good)), snapshots[2])


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_bytes_that_are_no_snapshot_are_refused_as_such(junk, snapshots):
    with pytest.raises(ValueError, match="no snapshot"):
        Snapshot.from_bytes(junk(snapshots[2].to_bytes()))


def test_histograms_have_a_bin_centred_on_nothing_but_edges_at_whole_numbers():
    assert (BIN_EDGES[0], BIN_EDGES[-1], len(BIN_EDGES)) == (-6, 6, 97)
    assert set(range(-6, 7)) <= set(BIN_EDGES.tolist())


def test_a_page_reads_a_snapshot_without_pytorch(snapshots):
    code = (
        "import sys; from vae_explorer.results.snapshot import Snapshot; "
        "shot = Snapshot.from_bytes(sys.stdin.buffer.read()); "
        "print(shot.step, shot.curves.train_loss.shape, shot.finished, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=snapshots[2].to_bytes(),
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.decode().split("\n")[0] == "4 (2, 2) False False"


def test_a_header_of_many_megabytes_is_refused_before_it_is_read():
    data = (33 * 2**20).to_bytes(8, "little") + b"{" * 100
    with pytest.raises(ValueError, match="its header has 34,603,008 bytes, more than 33,554,432"):
        Snapshot.from_bytes(data)


def test_more_arrays_than_any_race_has_are_refused_before_they_are_made():
    header = b"data_offsets" * 100_001
    with pytest.raises(ValueError, match="it has more than 100,000 arrays"):
        Snapshot.from_bytes(len(header).to_bytes(8, "little") + header)
