"""The members of an experiment, and how many of what size there may be."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given

from tests.helpers.experiments import (
    experiments,
)
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.experiment import experiment, limits
from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.recipe import Member
from vae_explorer.experiment.settings import ConfigError

# --- Memory ---


def test_as_many_members_as_may_be_are_all_activations_over_all_seeds():
    light = {"dataset": "digits", "hidden": (4,), "seeds": 20}
    assert len(Experiment(activations=tuple(ACTIVATIONS), **light).members) == limits.MAX_MEMBERS
    with pytest.raises(ConfigError, match=r"ask for 1,080 VAEs; at most 540 train at once"):
        Experiment(activations=tuple(ACTIVATIONS), decoder_activations=("relu", "tanh"), **light)


@pytest.mark.parametrize("sweep", ["none", "beta", "depth"])
def test_members_and_shapes_are_worked_out_once(sweep, monkeypatch):
    made = []

    def counted(*arguments, **settings):
        made.append(1)
        return Member(*arguments, **settings)

    monkeypatch.setattr(experiment, "Member", counted)
    race = Experiment(activations=("relu", "tanh"), seeds=3, sweep=sweep)
    first = race.members, race.shapes
    for _ in range(3):
        assert race.members is first[0] and race.shapes is first[1]
        assert [len(each.members) for each in race.shapes]
    assert len(made) == len(first[0])
    assert race == Experiment(**race.to_dict()) and hash(race) == hash(race.replace())


def test_the_last_seed_is_one_that_a_seed_may_be():
    highest = SETTINGS["seed"].metadata["maximum"]
    last = Experiment(seed=highest - 2, seeds=3).members[-1].seed
    assert Experiment(seed=last).seed == highest
    for seeds in (2, 20):
        with pytest.raises(ConfigError, match=r"The last of .* a seed is at most 2,147,483,647"):
            Experiment(seed=highest, seeds=seeds)


def test_too_many_weights_are_refused_with_their_number():
    with pytest.raises(ConfigError, match=r"The 60 VAEs would have [\d,]+ weights together"):
        Experiment(seeds=20, hidden=(1024, 1024))


def test_outputs_of_a_step_are_bounded_whatever_the_batch():
    many = {"dataset": "digits", "activations": tuple(ACTIVATIONS), "seeds": 20, "hidden": (4,)}
    with pytest.raises(ConfigError, match=r"On a batch of 8,192 images the 540 VAEs would give"):
        Experiment(**many, batch_size=8192)
    Experiment(**many, batch_size=1024)


@given(experiments())
def test_whatever_is_allowed_fits_into_memory(experiment):
    assert len(experiment.members) <= 540
    total = 0
    for population in experiment.shapes:
        count = len(population.members)
        image = DATASETS[population.dataset].image_shape
        encoder = [math.prod(image), *population.hidden, 2 * population.latent]
        decoder_hidden = population.decoder_hidden
        if decoder_hidden is None:
            decoder_hidden = tuple(reversed(population.hidden))
        decoder = [population.latent, *decoder_hidden, math.prod(image)]
        weights = sum(
            fan_in * fan_out + fan_out
            for chain in (encoder, decoder)
            for fan_in, fan_out in pairwise(chain)
        )
        assert population.parameters_per_member == weights
        total += count * weights
        assert count * population.batch_size * (sum(encoder) + sum(decoder)) * 4 < 1e9
    assert total * 4 * 4 < 1e9  # weights, gradients and Adam's two moments


# --- Members ---


def test_members_are_activations_by_seeds():
    members = Experiment(activations=["relu", "tanh"], seeds=2, seed=7, beta=2, dropout=0.1).members
    assert members == (
        Member("relu", "relu", 0.1, 2.0, 7, 5e-3, "gain"),
        Member("relu", "relu", 0.1, 2.0, 8, 5e-3, "gain"),
        Member("tanh", "tanh", 0.1, 2.0, 7, 5e-3, "gain"),
        Member("tanh", "tanh", 0.1, 2.0, 8, 5e-3, "gain"),
    )


def test_members_are_every_pair_of_encoder_and_decoder():
    experiment = Experiment(activations=["relu", "tanh"], decoder_activations=["tanh", "silu"])
    pairs = [
        (member.encoder_activation, member.decoder_activation) for member in experiment.members
    ]
    assert pairs == [("relu", "tanh"), ("relu", "silu"), ("tanh", "tanh"), ("tanh", "silu")]
    assert [member.activation_key for member in experiment.members] == [
        "relu>tanh",
        "relu>silu",
        "tanh",
        "tanh>silu",
    ]
    assert [member.label for member in experiment.members][1:3] == ["ReLU → SiLU", "Tanh"]


def test_the_same_activation_twice_is_one():
    assert Experiment(activations=["tanh", "relu", "tanh"]).activations == ("tanh", "relu")


def test_the_decoder_mirrors_the_encoder_unless_told_otherwise():
    assert Experiment(hidden=(30, 20)).decoder_widths == (20, 30)
    assert Experiment(hidden=(30, 20), decoder_hidden=()).decoder_widths == ()
