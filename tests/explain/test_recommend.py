"""What is recommended, with its reason and its doubt; and how seldom a null race says anything."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.helpers.races import plain, race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import ALPHA
from vae_explorer.explain.words import margin, size


def test_a_winner_is_recommended_with_its_lead():
    race = plain({"relu": 30.0, "gelu": 28.0, "tanh": 35.0})
    found = recommend(Standings(race, "relu"))
    lead = Standings(race).of("test_loss").difference(1, 0)
    assert found.arms == ("gelu",)
    assert (
        found.sentence
        == "For Digits (8×8) with these settings, at learning rate 0.005, shared by all, take GELU."
    )
    assert found.reason.endswith(
        f"is clearly the lowest, {size(lead)} nats {margin(lead)} below that of ReLU, the next."
    )
    assert found.doubt == (
        "All shared one learning rate, and each at its own best may end otherwise; it is one data "
        "set, Digits (8×8), and one set of hyperparameters: others may differ."
    )


def test_a_close_group_is_recommended_together_and_the_reference_may_stay():
    found = recommend(Standings(plain({"relu": 28.0, "gelu": 28.0, "tanh": 35.0}, seeds=4), "relu"))
    assert set(found.arms) == {"relu", "gelu"}
    assert "no clear winner; the safest choice is GELU or ReLU" in found.sentence
    assert found.reason.endswith(
        "the lowest where a standard error is counted against each; so counted, the other is "
        "within 0.14 nats of it, 0.5 % of the loss."
    )
    assert found.doubt.startswith("4 seeds show large differences only; the leaders are too close")


def test_no_difference_is_said_to_be_none():
    found = recommend(Standings(plain({"relu": 28.0, "gelu": 28.0}), "relu"))
    assert found.sentence.endswith("the choice makes no clear difference; ReLU is the safest.")


def test_one_seed_recommends_nothing():
    found = recommend(Standings(plain({"relu": 30.0, "gelu": 10.0}, seeds=1), "relu"))
    assert found.arms == ()
    assert found.sentence.startswith("No recommendation")


def test_what_diverged_is_not_recommended():
    lost = recommend(
        Standings(plain({"relu": 30.0, "gelu": 10.0}, diverged={"gelu": {0: 4}}), "relu")
    )
    assert lost.arms == ("relu",)
    assert "1 activation lost seeds to divergence" in lost.doubt
    both = {"relu": {0: 4}, "gelu": {0: 4}}
    assert (
        recommend(Standings(plain({"relu": 30.0, "gelu": 10.0}, diverged=both), "relu")).arms == ()
    )


def test_short_training_a_small_lead_and_another_beta_are_doubts():
    short = {"epochs": 5, "beta": 4.0}
    found = recommend(Standings(plain({"relu": 300.2, "gelu": 300.0}, settings=short), "relu"))
    assert found.arms == ("gelu",)
    assert "less than 1 % of the loss" in found.doubt
    assert "5 epochs are short" in found.doubt
    assert "a beta other than 1" in found.doubt


def test_a_sweep_recommends_a_value():
    experiment = Experiment(
        dataset="digits", activations=["relu"], seeds=5, sweep="beta", sweep_values=[1, 4]
    )
    found = recommend(Standings(race_of(experiment, {"relu@1": 30.0, "relu@4": 35.0}), "relu@4"))
    assert found.sentence.endswith("take ReLU, beta 1.")
    assert "nothing but the beta was varied" in found.doubt


def test_arms_that_differ_by_luck_alone_are_called_different_as_rarely_as_is_said():
    """Of 100 null races, at most 5 % and three standard errors may say anything of order."""
    rng = np.random.default_rng(5)
    race = plain(dict.fromkeys(("relu", "gelu", "tanh", "silu", "linear"), 30.0))
    repeats, winners, spoken = 100, 0, 0
    for _ in range(repeats):
        null = _with_losses(race, 30 + rng.normal(0, 1, (5, 5)) + rng.normal(0, 1, 5))
        winners += ", take " in recommend(Standings(null, "relu")).sentence
        spoken += any(finding.rule == "difference" for finding in explain(Standings(null, "relu")))
    most = ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / repeats)
    assert winners / repeats <= most
    assert spoken / repeats <= most


@pytest.mark.parametrize(
    ("means", "spreads", "safest"),
    [
        # An arm whose seeds are all over the place leads by luck, or by far.
        ((30.0, 29.9, 30.4, 31.0), (0.1, 0.1, 0.1, 3.0), "gelu"),
        ((30.0, 29.9, 30.4, 20.0), (0.1, 0.1, 0.1, 3.0), "elu"),
        ((67.0, 25.0, 24.9, 25.6), (100.0, 0.1, 0.1, 0.1), "tanh"),
    ],
)
def test_what_is_recommended_is_never_so_for_its_spread(means, spreads, safest):
    race = plain(dict.fromkeys(("relu", "gelu", "tanh", "elu"), 30.0))
    luck = np.array([[1, -1, 0.5, -0.5, 0], [-1, 0.5, 1, 0, -0.5], [0, 1, -1, 0.5, -0.5]])
    luck = np.vstack([luck, [-0.5, 0, -1, 1, 0.5]])
    values = np.array(means)[:, None] + np.array(spreads)[:, None] * luck
    found = recommend(Standings(_with_losses(race, values), "relu"))
    assert found.arms[0] == safest
    if spreads[-1] == 3.0 and means[-1] > 30:
        assert "elu" not in found.arms


def _with_losses(race, values):
    """The race with these negative ELBOs (A, S)."""
    members = list(race.members)
    for arm, losses in zip(race.arms, values):
        for row, loss in zip(arm.rows, losses):
            result = dataclasses.replace(members[row].result, test_loss=float(loss))
            members[row] = dataclasses.replace(members[row], result=result)
    return dataclasses.replace(race, members=tuple(members))


# --- The article's claims ---


def claim(race, name):
    return [f.sentence for f in claims(Standings(race)) if f.rule == name]


EVERY = {
    "linear": 33.0,
    "exponential": 31.0,
    "tanh": 30.0,
    "relu": 29.0,
    "leaky_relu": 28.0,
    "gelu": 27.0,
    "adaptive_mixture": 28.0,
}


def test_claims_are_held_against_what_was_measured():
    race = plain(
        EVERY,
        dead={"relu": {"encoder 1": 0.3}},
        one_sided={"relu": 0.45, "leaky_relu": 0.4},
        diverged={"exponential": {0: 3, 2: 1}},
    )
    (c1,) = claim(race, "C1")
    assert "shared by all, all 5 non-linear activations end clearly below Linear" in c1
    arms = {arm.key: row for row, arm in enumerate(race.arms)}
    most = Standings(race).of("test_loss").difference(arms["gelu"], arms["linear"])
    assert c1.endswith(f"GELU by most, {size(most)} nats {margin(most)}.")
    (c2,) = claim(race, "C2")
    assert (
        "30 % of ReLU's units are dead in its worst layer. With LeakyReLU a unit has a slope" in c2
    )
    assert "never change sign, in the worst layer 45 % with ReLU and 40 % with LeakyReLU" in c2
    assert "LeakyReLU ends " in c2 and "lower than ReLU" in c2
    (c4,) = claim(race, "C4")
    assert "Tanh diverged in 0 of 5 seeds, while of the unbounded activations Exponential" in c4
    (c5,) = claim(race, "C5")
    assert "lower than Linear" in c5
    (c7,) = claim(race, "C7")
    assert "2 newer ones end clearly below both ReLU and Tanh: GELU and Adaptive mixture" in c7
    (c8,) = claim(race, "C8")
    assert "clearly lower than that of 3 of 5 fixed activations and clearly higher than" in c8
    (c10,) = claim(race, "C10")
    assert (
        "by up to 5.95 nats ± 0.11" in c10
        and "(GELU to Linear), and 1 of 7 activations may be" in c10
    )
    (c12,) = claim(race, "C12")
    assert "Exponential diverged in 2 of 5 seeds" in c12


def test_a_claim_needs_its_arms():
    assert claims(Standings(plain({"silu": 30.0, "gelu": 29.0}))) == ()
    assert claims(Standings(plain(EVERY, seeds=1))) == ()


def test_no_clear_difference_is_said_to_a_claim_too():
    race = plain({"linear": 30.0, "relu": 30.0, "tanh": 30.0, "exponential": 30.0})
    assert "none of 3 non-linear activations end clearly below Linear" in claim(race, "C1")[0]
    assert "no clear difference to Linear" in claim(race, "C5")[0]
    assert "no clear difference between any two of 4" in claim(race, "C10")[0]
    assert "no seed diverged, not even with Exponential" in claim(race, "C12")[0]
    assert "none of 3 unbounded activations diverged either" in claim(race, "C4")[0]


def test_growth_is_tested_by_a_sweep_of_size():
    experiment = Experiment(
        dataset="digits", activations=["relu", "tanh"], seeds=5, sweep="width", sweep_values=[8, 64]
    )
    losses = dict.fromkeys(("relu@8", "tanh@8", "relu@64", "tanh@64"), 30.0)
    race = race_of(experiment, losses, gap={"relu@64": 3.0})
    (sentence,) = claim(race, "C11")
    assert "clearly grows with the hidden width for ReLU (0.1 to 3.0 nats)" in sentence
    assert "no activation's generalisation gap" in claim(race_of(experiment, losses), "C11")[0]


def test_models_of_one_size_may_overfit_unequally():
    race = plain({"relu": 30.0, "tanh": 30.0}, gap={"tanh": 2.0})
    assert (
        "Tanh's generalisation gap is 1.87 nats larger than ReLU's ± 0.10" in claim(race, "C11")[0]
    )
    assert not claim(plain({"relu": 30.0, "tanh": 30.0}), "C11")


def test_another_winner_with_another_value_is_case_by_case():
    experiment = Experiment(
        dataset="digits", activations=["relu", "tanh"], seeds=5, sweep="beta", sweep_values=[1, 4]
    )
    losses = {"relu@1": 30.0, "tanh@1": 33.0, "relu@4": 40.0, "tanh@4": 35.0}
    assert (
        "ReLU leads with beta 1 and Tanh leads with 4"
        in claim(race_of(experiment, losses), "C10")[0]
    )
    losses = {"relu@1": 30.0, "tanh@1": 33.0, "relu@4": 35.0, "tanh@4": 40.0}
    assert (
        "ReLU is among the leaders, or alone, with every value of the beta"
        in claim(race_of(experiment, losses), "C10")[0]
    )
