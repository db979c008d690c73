"""What a worker answers, without a process around it."""

from __future__ import annotations

import json
import queue

import pytest

from tests.helpers.saved_races import recorded
from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs.pipe import MESSAGE, RACE, SNAPSHOT
from vae_explorer.jobs.worker import Worker
from vae_explorer.results.snapshot import Snapshot

RACE_OF_DEPTHS = Experiment(
    dataset="digits",
    activations=("relu", "tanh"),
    hidden=(4,),
    sweep="depth",
    sweep_values=(1, 2),
    batch_size=512,
    epochs=1,
)
JUDGING = {"draws": 16}


class Frames(list):
    """Frames as they are written: (kind, payload)."""

    def write(self, kind, payload):
        self.append((kind, payload))

    @property
    def messages(self):
        return [json.loads(payload) for kind, payload in self if kind == MESSAGE]

    @property
    def snapshots(self):
        return [Snapshot.from_bytes(payload) for kind, payload in self if kind == SNAPSHOT]


def obey(worker, do, **arguments):
    worker._obey({"do": do, **arguments})


def started(experiment=RACE_OF_DEPTHS):
    worker = Worker(queue.Queue(), Frames())
    values = experiment.to_dict()
    obey(worker, "start", experiment=values, judging=JUDGING, cores=1, data_dir=None, running=False)
    return worker, worker._frames


def test_what_was_refused_at_its_start_answers_a_pause_with_a_sentence():
    worker = Worker(queue.Queue(), frames := Frames())
    bad = {"epochs": 0}
    obey(worker, "start", experiment=bad, judging=None, cores=1, data_dir=None, running=True)
    obey(worker, "pause")
    first, second = frames.messages
    assert first["refused"].startswith("epochs is 0")
    assert second["refused"] == "There is nothing to steer: the run was refused at its start."
    assert [first["answered"], second["answered"]] == [1, 2]


@pytest.mark.parametrize("command", ["pause", "stop"])
def test_between_two_shapes_the_one_that_ended_is_shown(command):
    worker, frames = started()
    first = worker._race.trainers[0]
    while not first.finished:
        worker._race.step()
    obey(worker, command)
    assert (frames.snapshots[-1].shape, frames.snapshots[-1].step) == (0, first.steps)


def test_the_step_that_ends_a_shape_shows_its_end():
    worker, frames = started()
    first = worker._race.trainers[0]
    for _ in range(first.steps):
        obey(worker, "step")
    assert (frames.snapshots[-1].shape, frames.snapshots[-1].step) == (0, first.steps)


def test_a_race_is_looked_at_when_the_terminal_would(monkeypatch):
    monkeypatch.setattr("vae_explorer.jobs.worker._SNAPSHOT_SECONDS", float("inf"))
    for name in ("jobs.worker._LEAST_SNAPSHOTS", "training.race._RECORDED"):
        monkeypatch.setattr(f"vae_explorer.{name}", 10)
    experiment = RACE_OF_DEPTHS.replace(epochs=7)  # of 3 steps each
    worker, frames = started(experiment)
    obey(worker, "resume")
    while worker._running:
        worker._train()
    places = [21 * snapshot.shape + snapshot.step for snapshot in frames.snapshots]
    assert places == [0, *range(4, 21, 4), 21, *range(24, 41, 4), 42]
    _, record = recorded(experiment, load_dataset("digits"))
    assert record.history.places == tuple(places)


def test_other_images_are_joined_at_once_whatever_has_begun():
    worker, frames = started()
    obey(worker, "path", images=[2, 3])
    assert (frames.snapshots[-1].step, frames.snapshots[-1].path_images) == (0, (2, 3))
    while worker._race.step_number <= worker._race.trainers[0].steps:
        obey(worker, "step")
    obey(worker, "path", images=[4, 5])
    last_two = frames.snapshots[-2:]
    assert [(s.shape, s.path_images) for s in last_two] == [(0, (4, 5)), (1, (4, 5))]


def test_an_error_in_judging_loses_no_race(monkeypatch, tmp_path):
    def fail(*_):
        raise KeyError("relu")

    monkeypatch.setattr("vae_explorer.training.judge.judge", fail)
    worker, frames = started()
    obey(worker, "step")
    obey(worker, "stop")
    assert RACE not in [kind for kind, _ in frames]
    (notice,) = [each["notice"] for each in frames.messages if "notice" in each]
    assert notice.startswith("The race could not be judged (KeyError")
    assert {"state": "stopped", "progress": None} in frames.messages
    obey(worker, "save", folder=str(tmp_path / "race"))
    assert frames.messages[-1]["refused"] is None
    assert (tmp_path / "race" / "runs" / "1" / "run.json").is_file()


def test_an_error_in_saving_loses_no_race(monkeypatch, tmp_path):
    def fail(*_):
        raise MemoryError("of 3 TB")

    worker, frames = started()
    obey(worker, "step")
    with monkeypatch.context() as patch:
        patch.setattr("vae_explorer.saved.race.save_runs", fail)
        obey(worker, "save", folder=str(tmp_path / "race"))
    assert frames.messages[-1]["refused"] == "An error came between (MemoryError: of 3 TB)."
    obey(worker, "save", folder=str(tmp_path / "race"))
    assert frames.messages[-1]["refused"] is None
