"""What is said of a tuned race, and what a plain one says of the rate that all shared."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.helpers.races import race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.results.tuning import Tuning

RATES = (0.001, 0.01, 0.1)
ASKED = Experiment(
    dataset="digits",
    activations=("relu", "gelu", "sigmoid"),
    seeds=5,
    epochs=30,
    tune="learning_rate",
    tune_values=RATES,
)
# Means of three seeds: sigmoid first at the lowest rate, last at the next, first at the highest.
MEANS = [[27.0, 24.9, 25.5], [27.5, 24.8, 25.6], [26.0, 25.8, 24.4]]


def tuned_race(means, losses):
    spread = np.array([-0.1, 0.0, 0.1])
    tuning = Tuning(RATES, ("gain",), np.array(means)[:, None, :, None] + spread, 287, 1150, 25.8)
    race = race_of(ASKED.tuned_to(tuning.chosen), losses)
    return Standings(dataclasses.replace(race, tuning=tuning))


def said(standings, rule):
    return [finding.sentence for finding in explain(standings) if finding.rule == rule]


@pytest.fixture(scope="module")
def standings():
    return tuned_race(MEANS, {"relu": 30.0, "gelu": 30.0, "sigmoid": 28.0})


def test_what_each_chose_and_how(standings):
    (text,) = said(standings, "tuned")
    assert text.startswith(
        "Each took its best learning rate by the negative ELBO on 287 validation images: 0.01 for "
        "ReLU and GELU; 0.1 for Sigmoid. They chose from 3 rates, 0.001 to 0.1, the lowest within "
        "a standard error of the best mean of 3 seeds; "
    )
    assert text.endswith("on test images, which chose nothing.")


def test_a_choice_at_the_end_of_the_grid_is_said(standings):
    assert said(standings, "tuned_edge") == [
        "Sigmoid chose the highest learning rate that was tried, 0.1: a higher one may suit it "
        "better."
    ]


def test_what_one_rate_for_all_would_have_said(standings):
    assert said(standings, "tuned_shared") == [
        "Had all shared one learning rate, it would have decided who has the lowest mean: Sigmoid "
        "at 0.001 and 0.1; GELU at 0.01 (3 seeds each, on validation images; not tested)."
    ]


def test_what_it_cost(standings):
    assert said(standings, "tuned_cost") == [
        "Tuning trained 27 VAEs on 1,150 images each, in 26 s, before the 15 of the race."
    ]


def test_the_headline_says_how_they_learned(standings):
    assert said(standings, "leading")[0].startswith(
        "Each at its own best of 3 learning rates, Sigmoid wins: "
    )
    found = recommend(standings)
    assert found.sentence == (
        "For Digits (8×8) with these settings, each at its own best of 3 learning rates, take "
        "Sigmoid."
    )
    assert "nothing but the learning rate was tuned" in found.doubt
    assert "shared" not in found.doubt


def test_the_same_at_every_rate_and_one_that_no_trial_came_through():
    means = [[27.0, 24.9, 25.5], [27.5, 25.8, 25.6], [np.nan] * 3]
    standings = tuned_race(means, {"relu": 28.0, "gelu": 30.0, "sigmoid": 30.0})
    assert said(standings, "tuned_shared")[0].startswith(
        "Had all shared one learning rate, the lowest mean would be ReLU's at each tried"
    )
    assert "0.005 for Sigmoid, of which every trial lost seeds" in said(standings, "tuned")[0]
    assert said(standings, "leading")[0].startswith(
        "Each at its own best of 3 learning rates, but for Sigmoid at learning rate 0.005, ReLU "
    )


def test_where_no_trial_came_through_all_shared_one_rate():
    standings = tuned_race([[np.nan] * 3] * 3, {"relu": 28.0, "gelu": 30.0, "sigmoid": 30.0})
    assert said(standings, "leading")[0].startswith(
        "At learning rate 0.005, shared by all since no trial came through, ReLU wins: "
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "At learning rate 0.005, shared by all, "),
        ({"learning_rates": (0.1, 0.2)}, "Each at the learning rate that it was given, "),
        ({"sweep": "learning_rate", "sweep_values": (0.1, 0.2)}, ""),
    ],
)
def test_a_plain_race_says_the_rate_that_all_shared(changes, words):
    experiment = Experiment(dataset="digits", activations=("relu", "tanh"), seeds=5, **changes)
    keys = ["relu", "tanh"]
    if "sweep" in changes:
        keys = [f"{key}@{value}" for key in keys for value in (0.1, 0.2)]
    race = Standings(race_of(experiment, dict(zip(keys, (28.0, 30.0, 31.0, 32.0)))))
    (leading,) = said(race, "leading")
    assert leading.startswith(f"{words}ReLU")
    assert (words.rstrip(", ").lower() in recommend(race).sentence.lower()) is True
    assert ("shared one learning rate" in recommend(race).doubt) is (not changes)


def test_one_activation_alone_shares_with_nobody():
    race = Standings(race_of(Experiment(activations=("relu",), seeds=5), {"relu": 28.0}))
    assert "learning rate" not in recommend(race).sentence


def test_initial_weights_are_named_where_they_are_tuned():
    asked = ASKED.replace(activations=("relu", "tanh"), tune="learning_rate_and_init")
    losses = np.full((2, 2, 3, 3), 26.0)
    losses[0, 0, 1], losses[1, 1, 0] = 25.0, 25.0
    tuning = Tuning(RATES, ("gain", "pytorch"), losses, 287, 1150, 9.0)
    race = race_of(asked.tuned_to(tuning.chosen), {"relu": 28.0, "tanh": 30.0})
    standings = Standings(dataclasses.replace(race, tuning=tuning))
    assert said(standings, "tuned")[0].startswith(
        "Each took its best learning rate and initial weights by the negative ELBO on 287 "
        "validation images: 0.001 with PyTorch's weights for Tanh; 0.01 with weights scaled by "
        "gain for ReLU."
    )
    assert said(standings, "leading")[0].startswith(
        "Each at its own best of 3 learning rates and 2 kinds of initial weights, ReLU wins: "
    )
    assert "nothing but the learning rate and initial weights was tuned" in (
        recommend(standings).doubt
    )
