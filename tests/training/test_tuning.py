"""Tuning: every trial as it trains alone, and choices that validation images alone decide."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vae_explorer.data import Split
from vae_explorer.data.validation import with_validation
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.model.bound import losses
from vae_explorer.results.tuning import Tuning
from vae_explorer.training.trainer import Trainer
from vae_explorer.training.tuning import Tuner

TUNED = Experiment(
    dataset="digits",
    activations=("relu", "tanh"),
    hidden=(8,),
    seeds=2,
    epochs=8,
    batch_size=16,
    tune="learning_rate",
    tune_values=(1e-4, 1e-2, 10.0),
)


def tuned(experiment, dataset):
    tuner = Tuner(experiment, dataset)
    while not tuner.finished:
        tuner.step()
    return tuner


@pytest.fixture(scope="module")
def done(few_digits):
    return tuned(TUNED, few_digits)


def test_a_trial_has_the_loss_of_its_vae_alone(done, few_digits):
    tuning = done.tuning()
    assert tuning.losses.shape == (2, 1, 3, 3)
    validation = with_validation(few_digits)
    (trial,) = TUNED.trials
    alone = Trainer(
        trial.replace(activations=("tanh",), sweep="none", learning_rate=1e-2), validation
    )
    for _ in alone:
        pass
    images = validation.pixels(validation.test.images)
    expected = losses(alone.population, images, LEAST_DRAWS, trial.seed).by_draw.mean(1)
    np.testing.assert_allclose(tuning.losses[1, 0, 1], expected, rtol=1e-5)
    assert (tuning.images, tuning.train_images) == (
        len(validation.test.labels),
        len(validation.train.labels),
    )


def test_each_takes_the_rate_with_the_lowest_mean(done):
    tuning = done.tuning()
    assert tuning.chosen == ((1e-2, "gain"),) * 2  # one learns nothing in 64 steps, one goes astray
    assert done.tuned == TUNED.tuned_to(tuning.chosen)
    assert {member.learning_rate for member in done.tuned.members} == {1e-2}
    assert done.step_number == done.steps


def test_test_images_and_labels_choose_nothing(done, few_digits):
    count = len(few_digits.test.labels)
    poison = Split(np.full((count, 64), 16, np.uint8), np.full(count, 3, np.uint8))
    again = tuned(TUNED, dataclasses.replace(few_digits, test=poison))
    np.testing.assert_array_equal(again.tuning().losses, done.tuning().losses)
    assert again.tuned == done.tuned


@pytest.mark.parametrize("sweep", ["beta", "latent"])
def test_arms_of_a_sweep_are_tuned_each_by_itself(few_digits, sweep):
    values = {"beta": (1, 4), "latent": (1, 3)}[sweep]
    race = TUNED.replace(sweep=sweep, sweep_values=values, tune_values=(1e-3, 1e-2), epochs=2)
    tuning = tuned(race, few_digits).tuning()
    for places, value in zip(race.arms_by_value, values):
        own = tuned(race.with_value(value).replace(tune="learning_rate"), few_digits)
        np.testing.assert_array_equal(tuning.losses[list(places)], own.tuning().losses)


def test_what_there_is_before_the_end(few_digits):
    tuner = Tuner(TUNED.replace(tune_values=(1e-4, 1e-2, 1e-1)), few_digits)
    assert np.isnan(tuner.tuning().losses).all()
    assert tuner.tuning().chosen == (None, None)
    while tuner.step_number < tuner.steps // 2:
        tuner.step()
    tuning = tuner.tuning()
    curve = tuner.latest.curves().test_loss
    last = curve[~np.isnan(curve).all(1)][-1]
    np.testing.assert_allclose(tuning.losses.ravel(), last, rtol=1e-6)
    assert not tuner.finished
    assert tuning.seconds > 0


def test_a_trial_that_diverges_is_not_chosen(few_digits):
    race = TUNED.replace(
        activations=("exponential",), tune_values=(1e-3, 10.0), epochs=3, schedule="constant"
    )
    tuner = tuned(race, few_digits)
    tuning = tuner.tuning()
    assert np.isnan(tuning.losses[0, 0, 1]).any()
    assert tuning.chosen == ((1e-3, "gain"),)


def test_choices_from_losses_made_by_hand():
    nothing = [[np.nan, 1.0], [2.0, np.nan]]
    # The first's best mean is 3.9, the lowest rate's 4: within a standard error, which of both
    # arms at their best is sqrt((2 + 0) / 2 / 2), or 0.71.
    losses = np.array([[[4.0, 4.0], [2.9, 4.9]], [[np.nan, 0.0], [9.0, 9.0]], nothing])
    tuning = Tuning((0.1, 0.2), ("gain",), losses[:, None], images=10, train_images=40, seconds=1.0)
    assert tuning.choices == ((0, 0), (0, 1), None)
    assert tuning.chosen == ((0.1, "gain"), (0.2, "gain"), None)
    further = Tuning((0.1, 0.2), ("gain",), losses[:, None] + [[[0.7], [0]]], 10, 40, 1.0)
    assert further.choices == ((0, 1), (0, 1), None)
    assert tuning.trials == 12


def test_initial_weights_are_tried_each_as_it_trains_alone(few_digits):
    race = TUNED.replace(tune="learning_rate_and_init", tune_values=(1e-3, 1e-2), epochs=2)
    tuning = tuned(race, few_digits).tuning()
    assert tuning.inits == ("gain", "pytorch")
    for number, init in enumerate(tuning.inits):
        alone = race.replace(tune="learning_rate", init=init)
        np.testing.assert_array_equal(
            tuning.losses[:, number], tuned(alone, few_digits).tuning().losses[:, 0]
        )


def test_members_of_one_population_may_begin_with_other_weights(few_digits):
    mixed = TUNED.replace(tune="none", tune_values=(), inits=("pytorch", "gain"))
    together = Trainer(mixed, few_digits).population
    for name, init, rows in (("relu", "pytorch", [0, 1]), ("tanh", "gain", [2, 3])):
        alone = Trainer(mixed.replace(activations=(name,), init=init, inits=None), few_digits)
        for key, value in alone.population.parameters.values.items():
            np.testing.assert_array_equal(together.parameters.values[key][rows], value)
