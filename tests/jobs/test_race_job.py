"""Races in a worker process of their own: watched, judged, stopped and saved."""

from __future__ import annotations

import numpy as np
import torch

import vae_explorer
from tests.helpers.jobs import PATIENCE
from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.results.race import QUANTITIES
from vae_explorer.training.judge import judge
from vae_explorer.training.race import RaceTrainer
from vae_explorer.training.tuning import Tuner

RACE = Experiment(
    dataset="digits",
    activations=("relu", "tanh"),
    hidden=(8,),
    seeds=2,
    epochs=4,
    sweep="latent",
    sweep_values=(1, 3),
)
JUDGING = Judging(draws=16)


def test_a_race_is_trained_judged_kept_and_saved(start, tmp_path):
    job = start(RACE, JUDGING, cores=1)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        alone = RaceTrainer(RACE, load_dataset("digits"))
        while not alone.finished:
            alone.step()
        expected = judge(alone, JUDGING)
    finally:
        torch.set_num_threads(before)
    for name, about in QUANTITIES.items():
        if not about.shared:  # speed and time
            np.testing.assert_array_equal(job.record.race.values(name), expected.values(name))
    assert job.ready.steps == tuple(trainer.steps for trainer in alone.trainers)
    places = job.record.history.places
    assert (places[0], places[-1]) == (0, alone.steps)
    assert len(places) >= 20
    for snapshot, trainer in zip(job.record.history.at(-1), alone.trainers):
        np.testing.assert_array_equal(snapshot.curves.test_loss, trainer.curves().test_loss)
    job.save(tmp_path, PATIENCE)
    images = alone.dataset.pixels(alone.dataset.test.images)
    for number, trainer in enumerate(alone.trainers, start=1):
        population = vae_explorer.load(tmp_path / "runs" / str(number))
        torch.testing.assert_close(population.encode(images), trainer.population.encode(images))


def test_a_race_that_is_stopped_is_judged_as_far_as_it_got(start):
    job = start(RACE.replace(epochs=10_000), JUDGING, cores=1)
    assert job.wait(lambda r: r.snapshot is not None and r.snapshot.epoch > 1, PATIENCE)
    job.stop()
    assert job.wait(lambda r: r.state == "stopped", PATIENCE)
    assert job.record.race is not None
    assert np.isfinite(job.record.race.values("test_loss")[:2]).all()


def test_one_that_has_learned_nothing_is_not_judged(start):
    job = start(RACE, JUDGING, cores=1, running=False)
    job.stop()
    assert job.wait(lambda r: r.state == "stopped", PATIENCE)
    assert job.snapshot.step == 0
    assert job.record.race is None


TUNED = RACE.replace(sweep="none", tune="learning_rate", tune_values=(1e-3, 1e-2))


def test_a_tuned_race_is_tuned_watched_and_then_raced(start, tmp_path):
    job = start(TUNED, JUDGING, cores=1)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        tuner = Tuner(TUNED, load_dataset("digits"))
        while not tuner.finished:
            tuner.step()
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(job.tuning.losses, tuner.tuning().losses)
    assert job.tuned_share == 1
    record = job.record
    assert record.experiment == record.race.experiment == tuner.tuned
    assert record.tuning is job.tuning
    assert record.race.tuning.chosen == tuner.tuning().chosen
    job.save(tmp_path, PATIENCE)
    assert vae_explorer.load_run(tmp_path / "runs" / "1").experiment == tuner.tuned


def test_a_tuning_can_be_stepped_paused_and_stopped_before_the_race(start):
    job = start(TUNED.replace(epochs=10_000), JUDGING, cores=1, running=False)
    job.step()
    assert job.settle(PATIENCE)
    assert (job.state, job.record) == ("paused", None)
    assert 0 < job.tuned_share < 1
    job.choose_path(1, 2)
    assert job.settle(PATIENCE)
    assert job.error == "The race has not begun yet: its learning rates are being tuned."
    assert job.state == "paused"
    job.resume()
    assert job.wait(lambda r: r.tuned_share > 1e-3, PATIENCE)
    job.stop()
    assert job.wait(lambda r: r.state == "stopped", PATIENCE)
    assert job.notice.startswith("It was stopped while its learning rates were tuned")
    assert job.record is None
