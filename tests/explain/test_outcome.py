"""Rules on how a race ended, each on a race that was made for it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.helpers.races import plain, race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import interval
from vae_explorer.explain.words import direction, margin, measured, number, size

SHARED = "At learning rate 0.005, shared by all, "


def said(race, reference, rule):
    return [f.sentence for f in explain(Standings(race, reference)) if f.rule == rule]


def gap_of(race, quantity, reference=0, arm=1):
    """The difference that a sentence is about."""
    return Standings(race).of(quantity).difference(arm, reference)


def test_every_sentence_is_one_and_the_most_important_comes_first():
    race = plain(
        {"relu": 30.0, "gelu": 28.0, "tanh": 35.0, "exponential": 31.0},
        dead={"relu": {"encoder 1": 0.4}},
        diverged={"exponential": {1: 40}},
        active={"tanh": 1},
    )
    found = explain(Standings(race, "relu"))
    weights = [finding.weight for finding in found]
    assert weights == sorted(weights, reverse=True)
    assert found[0].rule == "leading"
    assert {f.rule for f in found} >= {"difference", "diverged", "dead", "unused_latents"}
    for finding in found:
        assert finding.sentence.endswith(".") and finding.sentence[0].isupper()
        assert "nan" not in finding.sentence and "  " not in finding.sentence
        assert set(finding.arms) <= {arm.key for arm in race.arms}


def test_a_reference_that_does_not_race_is_refused():
    with pytest.raises(ValueError, match=r"There is no 'mish' in this race; it has relu, tanh\."):
        explain(Standings(plain({"relu": 30.0, "tanh": 31.0}), "mish"))


# --- Who leads ---


def test_one_clear_winner_is_named_with_its_number():
    race = plain({"relu": 30.0, "gelu": 28.0, "tanh": 35.0})
    (sentence,) = said(race, "relu", "leading")
    loss = measured(interval(race.values("test_loss")[1]))
    assert loss == "28.1 ± 1.1 nats"
    assert sentence == (
        f"{SHARED}GELU wins: its negative ELBO, {loss} over 5 seeds, is clearly lower than that of "
        "all 2 others."
    )


def test_those_that_nothing_tells_apart_are_all_named():
    race = plain({"relu": 28.0, "gelu": 28.0, "tanh": 35.0})
    (sentence,) = said(race, "relu", "leading")
    best = Standings(race).leaders
    first, second = (race.arms[arm].label for arm in best)
    means = [number(race.values("test_loss")[arm].mean(), 1) for arm in best]
    assert {first, second} == {"ReLU", "GELU"}
    assert sentence == (
        f"{SHARED}no clear difference between {first} and {second}, the leaders: a negative ELBO "
        f"of {means[0]} and {means[1]} nats over 5 seeds."
    )


def uneven_race():
    """GELU leads ReLU clearly, and Exponential is better in the mean, and as often worse."""
    race = plain({"relu": 30.0, "gelu": 29.0, "tanh": 30.5, "silu": 31.0, "exponential": 0.0})
    members = list(race.members)
    for place, row in enumerate(race.arms[4].rows):
        loss = (20.0, 33.0, 24.0, 36.0, 30.0)[place]
        result = dataclasses.replace(members[row].result, test_loss=loss)
        members[row] = dataclasses.replace(members[row], result=result)
    return dataclasses.replace(race, members=tuple(members))


def test_an_arm_whose_seeds_are_too_uneven_to_tell_does_not_lead_for_that():
    race = uneven_race()
    standings = Standings(race)
    assert set(standings.leaders) == {1, 4} and standings.leaders[0] == 4
    assert standings.uneven == (4,)
    (sentence,) = said(race, "relu", "leading")
    assert sentence.startswith(f"{SHARED}GELU leads with a negative ELBO of 29.")
    assert sentence.endswith(
        " (the seeds of Exponential are too uneven to tell); the other 3 are clearly worse."
    )
    loss = standings.of("test_loss")
    assert loss.verdict(4) == ("unclear", "too uneven to tell")
    assert loss.verdict(1).words == "clearly better"
    against = Standings(race, "exponential").of("test_loss")
    assert {against.verdict(arm).words for arm in range(4)} == {"too uneven to tell"}
    advice = recommend(standings)
    assert advice.arms == ("gelu",)
    assert advice.sentence.endswith("there is no clear winner; the safest choice is GELU.")
    assert advice.reason.endswith("The seeds of Exponential are too uneven to tell.")
    assert advice.doubt.startswith("The leaders are too close to tell apart; all shared")


def test_many_leaders_are_counted():
    names = ["relu", "gelu", "tanh", "silu", "mish", "elu", "selu", "celu"]
    (sentence,) = said(plain(dict.fromkeys(names, 28.0)), "relu", "leading")
    assert sentence.startswith(
        f"{SHARED}no clear difference between any of the 8 activations, from "
    )


def test_one_seed_has_no_order():
    race = plain({"relu": 30.0, "gelu": 10.0}, seeds=1, kl={"gelu": 1.0}, gap={"gelu": 9.0})
    found = explain(Standings(race, "relu"))
    assert [finding.rule for finding in found] == ["one_seed"]
    assert found[0].sentence.startswith("One seed each: an example, not a result.")


def test_an_arm_that_lost_a_seed_neither_wins_nor_is_compared():
    race = plain(
        {"relu": 30.0, "exponential": 10.0, "gelu": 29.0}, diverged={"exponential": {2: 7}}
    )
    (sentence,) = said(race, "relu", "leading")
    assert sentence.startswith(f"{SHARED}GELU wins")
    assert sentence.endswith("is clearly lower than that of the other that came to the end.")
    assert not any("Exponential" in each for each in said(race, "relu", "difference"))


def test_where_every_arm_lost_a_seed_there_is_no_winner():
    race = plain({"relu": 30.0, "gelu": 10.0}, diverged={"relu": {0: 7}, "gelu": {1: 7}})
    (sentence,) = said(race, "relu", "leading")
    assert sentence == "No winner: none of the 2 activations came to the end with every seed."


def test_the_only_one_at_the_end_is_no_winner_either():
    race = plain({"relu": 30.0, "gelu": 10.0}, diverged={"gelu": {1: 7}})
    (sentence,) = said(race, "relu", "leading")
    assert sentence.startswith(
        f"{SHARED}ReLU alone came to the end with every seed, at 30.1 ± 1.2 nats."
    )


# --- Who fell out ---


def test_divergence_is_told_with_seeds_step_and_layer():
    race = plain({"relu": 30.0, "exponential": 40.0}, diverged={"exponential": {1: 1200, 3: 40}})
    (sentence,) = said(race, "relu", "diverged")
    assert sentence == (
        "Exponential diverged in 2 of 5 seeds, first at step 40 in encoder layer 1: its numbers "
        "were no longer finite."
    )
    assert not said(plain({"relu": 30.0, "tanh": 31.0}), "relu", "diverged")


def test_a_loss_that_does_not_settle_has_no_number_and_no_rank():
    losses = {"relu": 30.0, "exponential": 10.0, "gelu": 29.0}
    race = plain(losses, unsettled={"exponential": [1, 3]})
    standings = Standings(race, "relu")
    (sentence,) = said(race, "relu", "unsettled")
    assert sentence == (
        "Exponential's negative ELBO does not settle in 2 of 5 seeds: single draws of z, of 64 an "
        "image, decide its mean, so that no number is stated."
    )
    assert np.isnan(race.values("test_loss")[1]).tolist() == [False, True, False, True, False]
    assert np.isnan(race.values("reconstruction")[1]).sum() == 2
    assert not np.isnan(race.values("kl")).any()  # of which no draw is taken
    standing = standings.of("test_loss")
    assert standing.order == (2, 0, 1)
    assert standing.ranks == (2, None, 1)
    assert standing.verdict(1) == ("lost", "ELBO does not settle in 2 of 5 seeds")
    (leading,) = said(race, "relu", "leading")
    assert leading.startswith(f"{SHARED}GELU wins")
    assert leading.endswith("that of the other that came to the end and settled.")
    assert not any("Exponential" in each for each in said(race, "relu", "difference"))


def test_to_a_reference_that_does_not_settle_nothing_is_compared():
    race = plain({"exponential": 10.0, "gelu": 29.0}, unsettled={"exponential": range(5)})
    (sentence,) = said(race, "exponential", "unsettled")
    assert "does not settle in 5 of 5 seeds" in sentence
    assert sentence.endswith("It is the reference, so nothing is compared with it.")
    standing = Standings(race, "exponential").of("test_loss")
    assert standing.verdict(0) == ("lost", "ELBO does not settle in all 5 seeds")
    assert standing.verdict(1) == ("unclear", "reference has no ELBO that settles")
    assert standing.leaders == (1,)
    (leading,) = said(race, "exponential", "leading")
    assert leading.startswith(
        f"{SHARED}GELU alone came to the end and settled with every seed, at "
    )


def test_a_reference_that_diverged_is_no_measure():
    race = plain(
        {"exponential": 40.0, "relu": 30.0, "gelu": 25.0}, diverged={"exponential": {0: 9}}
    )
    (sentence,) = said(race, "exponential", "diverged")
    assert sentence.endswith("It is the reference, so nothing is compared with it.")
    assert not said(race, "exponential", "difference")


# --- What differs ---


def test_a_clear_difference_has_its_margin_and_its_parts():
    race = plain({"relu": 30.0, "gelu": 27.0}, kl={"gelu": 6.0})
    (sentence,) = said(race, "relu", "difference")
    total, rest, kl = (gap_of(race, name) for name in ("test_loss", "reconstruction", "kl"))
    assert (round(total.mean, 1), round(rest.mean, 1), round(kl.mean, 1)) == (-3.0, -4.0, 1.0)
    assert sentence == (
        f"GELU's negative ELBO is {size(total)} nats lower than ReLU's ({margin(total)}, 5 seeds); "
        f"it comes from the reconstruction, {size(rest)} lower ({margin(rest)}); its KL is "
        f"{size(kl)} higher ({margin(kl)})."
    )


def test_a_difference_of_one_part_is_put_down_to_it():
    race = plain({"relu": 30.0, "gelu": 27.0})
    (sentence,) = said(race, "relu", "difference")
    rest = gap_of(race, "reconstruction")
    assert f"it comes from the reconstruction, {size(rest)} lower ({margin(rest)})" in sentence
    kl = gap_of(race, "kl")
    assert sentence.endswith(f"; its KL is {size(kl)} {direction(kl)} ({margin(kl)}).")
    race = plain({"relu": 30.0, "gelu": 27.0}, kl={"gelu": 2.0})
    (sentence,) = said(race, "relu", "difference")
    assert f"it comes from the KL, {size(gap_of(race, 'kl'))} lower" in sentence


def test_a_difference_of_both_parts_is_put_down_to_neither():
    """One that is clear and one that is not are no finding: both are told, with their ±."""
    race = plain({"relu": 30.0, "gelu": 27.0}, kl={"gelu": 4.0})  # 2 of the 3 nats are the other's
    (sentence,) = said(race, "relu", "difference")
    rest, kl = gap_of(race, "reconstruction"), gap_of(race, "kl")
    assert "it comes from" not in sentence
    assert sentence.endswith(
        f"; its reconstruction is {size(rest)} lower ({margin(rest)}) and its KL is {size(kl)} "
        f"lower ({margin(kl)})."
    )


def test_what_is_not_clear_is_not_said():
    luck = plain({"relu": 30.0, "gelu": 30.01})
    assert not said(luck, "relu", "difference")
    assert said(luck, "relu", "leading")[0].startswith(f"{SHARED}no clear difference")


def test_parts_that_outweigh_each_other_are_a_trade():
    race = plain({"relu": 30.0, "gelu": 30.0}, kl={"gelu": 8.0})
    (sentence,) = said(race, "relu", "trade")
    rest, kl = gap_of(race, "reconstruction"), gap_of(race, "kl")
    assert sentence == (
        f"GELU's KL is {size(kl)} nats higher than ReLU's {margin(kl)} and its reconstruction "
        f"{size(rest)} nats lower {margin(rest)}: no clear difference in the negative ELBO."
    )
    assert not said(plain({"relu": 30.0, "gelu": 30.0}), "relu", "trade")


# --- Gaps, bounds, speed ---


def test_a_clear_difference_of_the_gap():
    race = plain({"relu": 30.0, "gelu": 30.0}, gap={"gelu": 0.9})
    (sentence,) = said(race, "relu", "gap")
    found = gap_of(race, "gap")
    assert sentence == (
        f"GELU's generalisation gap is {size(found)} nats larger than ReLU's ({margin(found)}, "
        "5 seeds)."
    )
    assert not said(plain({"relu": 30.0, "gelu": 30.0}), "relu", "gap")


def test_overfitting_is_a_gap_that_matters():
    losses = {"relu": 30.0, "gelu": 30.0}
    race = plain(losses, gap={"gelu": 3.0})
    (one,) = said(race, "relu", "overfitting")
    gap = measured(interval(race.values("gap")[1]))
    assert one.startswith(f"GELU's negative ELBO is {gap} higher")
    where = "higher on these test images than on 300 training images"
    assert one.endswith(f"{where}, 10 % of it: overfitting.")
    (two,) = said(plain(losses, gap=3.0), "relu", "overfitting")
    assert two.startswith("2 of 2 activations overfit: their negative ELBO is ")
    assert two.endswith(f"{where}.")
    assert not said(plain(losses, gap=1.0), "relu", "overfitting")
    unsure = [0.0, 9.0, -4.0, 11.0, -1.0]
    assert not said(
        plain({"relu": 30.0, "gelu": 30.0}, gap={"gelu": unsure}), "relu", "overfitting"
    )


def test_a_loss_of_zero_has_no_share():
    race = plain({"relu": -0.1, "gelu": 0.0}, gap={"gelu": 3.0})
    assert all("inf" not in finding.sentence for finding in explain(Standings(race, "relu")))


def test_a_bound_that_orders_otherwise_is_told():
    race = plain({"relu": 30.0, "gelu": 29.0}, bound_gap={"relu": 4.0, "gelu": 1.0})
    order, pair = said(race, "relu", "bound_order")
    assert order == (
        "The IW bound (K = 64) orders the activations otherwise: by the negative ELBO GELU leads, "
        "by the bound ReLU."
    )
    bound = gap_of(race, "bound")
    assert f"but its negative IW bound (K = 64) {size(bound)} nats higher" in pair
    assert not said(plain({"relu": 30.0, "gelu": 29.0}), "relu", "bound_order")


def test_speed_is_timed_once_a_shape_and_never_compared():
    experiment = Experiment(activations=["relu"], seeds=5, sweep="latent", sweep_values=[2, 32])
    race = race_of(experiment, {"relu@2": 30.0, "relu@32": 25.0}, speed={"relu@2": 9000.0})
    assert not any("images/s" in f.sentence for f in explain(Standings(race)))
    assert Standings(race).of("images_per_second").verdict(1).words == "timed once"


def test_one_arm_alone_has_nothing_to_be_held_against():
    assert explain(Standings(plain({"relu": 30.0}), "relu")) == ()
