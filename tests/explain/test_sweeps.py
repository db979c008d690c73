"""Rules on sweeps and grids."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pytest

from tests.helpers.races import race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import explain
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import interval
from vae_explorer.explain.words import measured

COMMON = {"dataset": "digits", "seeds": 5}


def swept(losses, sweep="learning_rate", values=(0.001, 0.003, 0.01), **columns):
    """ReLU and tanh with losses by value."""
    experiment = Experiment(activations=list(losses), sweep=sweep, sweep_values=values, **COMMON)
    means = {
        f"{name}@{value:g}": loss for name in losses for value, loss in zip(values, losses[name])
    }
    return race_of(experiment, means, **columns)


def said(race, rule):
    return [f.sentence for f in explain(Standings(race, race.arms[0].key)) if f.rule == rule]


def test_the_best_value_of_each_activation():
    race = swept({"relu": (30, 28, 26), "tanh": (30, 27, 31)})
    relu, tanh = said(race, "best_value")
    assert relu.startswith("ReLU does best with learning rate 0.01: its negative ELBO is 26.")
    assert relu.endswith("nats, clearly lower than with 0.001 and 0.003, over 5 seeds.")
    assert tanh.startswith("Tanh does best with learning rate 0.003: ")


def test_values_that_nothing_tells_apart():
    race = swept({"relu": (30, 26, 26), "tanh": (30, 30, 30)})
    relu, tanh = said(race, "best_value")
    assert relu.startswith("ReLU does best with learning rate 0.0")
    assert re.search(
        r"lower than with 0.001 and with no clear difference to 0.0\d+, over 5 seeds\.$", relu
    )
    assert tanh == (
        "Tanh: no clear difference between any of the 3 values of the learning rate over 5 seeds."
    )


def test_a_value_is_chosen_on_validation_images_and_told_of_on_test_images():
    race = swept({"relu": (30, 28, 26)})
    losses = np.repeat([25.0, 22.0, 24.0], 5)  # the other way round on the images that choose
    members = [
        dataclasses.replace(member, validation_loss=float(loss))
        for member, loss in zip(race.members, losses)
    ]
    chosen = dataclasses.replace(race, members=tuple(members), validation_images=287)
    (sentence,) = said(chosen, "best_value")
    assert sentence.startswith(
        "ReLU does best with learning rate 0.003 on 287 validation images; its negative ELBO on "
        "the test images is 28."
    )
    assert "clearly lower than with 0.001 and clearly higher than with 0.01" in sentence


def test_a_trend_is_clear_where_every_step_of_it_is_in_one_direction():
    race = swept({"relu": (30, 28, 26), "tanh": (30, 27, 31)})
    low, _, high = (measured(interval(values)) for values in race.values("test_loss")[:3])
    assert said(race, "trend") == [
        f"ReLU: the negative ELBO clearly falls with the learning rate, from {low.split()[0]} nats "
        f"at 0.001 to {high.split()[0]} at 0.01."
    ]
    assert not said(swept({"relu": (30, 30, 30), "tanh": (30, 30, 30)}), "trend")


def test_values_are_followed_in_their_order_whatever_order_they_were_given_in():
    race = swept({"relu": (26, 30, 28)}, values=(0.01, 0.001, 0.003))
    (sentence,) = said(race, "trend")
    assert "clearly falls" in sentence


def test_a_value_at_which_a_seed_diverged_is_not_the_best():
    race = swept({"relu": (30, 28, 26)}, diverged={"relu@0.01": {0: 3}})
    (sentence,) = said(race, "best_value")
    assert sentence.startswith("ReLU does best with learning rate 0.003")
    assert sentence.endswith("clearly lower than with 0.001, over 5 seeds.")
    assert not said(race, "trend")


def test_a_grid_is_told_by_its_sides():
    names = ["relu", "tanh"]
    experiment = Experiment(activations=names, decoder_activations=names, **COMMON)
    losses = {
        one if one == other else f"{one}>{other}": 30.0 + 3 * (other == "tanh")
        for one, other in itertools.product(names, names)
    }
    encoder, decoder = said(race_of(experiment, losses), "grid")
    assert encoder.startswith("Averaged over the decoders, there is no clear difference between ")
    assert decoder.startswith(
        "Averaged over the encoders, ReLU is clearly the best activation of the decoder: "
    )
    (leading,) = said(race_of(experiment, losses), "leading")
    assert "ReLU" in leading and "Tanh → ReLU" in leading


@pytest.mark.parametrize("rule", ["best_value", "trend", "grid"])
def test_one_seed_says_nothing_of_order(rule):
    experiment = Experiment(
        dataset="digits", activations=["relu", "tanh"], sweep="beta", sweep_values=[1, 4]
    )
    losses = dict(zip(("relu@1", "relu@4", "tanh@1", "tanh@4"), (30.0, 20.0, 30.0, 10.0)))
    assert not said(race_of(experiment, losses), rule)
