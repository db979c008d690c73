"""Initial weights: their spread, their range, and the one draw that a seed is."""

from __future__ import annotations

import math

import pytest
import torch

from tests.helpers.small_experiment import ALL, experiment
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.model.initialisation import initialise
from vae_explorer.model.population import Population

# --- Initial weights ---


def test_gain_weights_have_the_spread_that_the_activation_asks_for():
    population = Population(experiment(activations=("relu", "softsign"), hidden=(400, 300)))
    initialise(population)
    values = population.parameters.values
    for member, gain in enumerate((math.sqrt(2), 2.337533)):
        for name, fan_in, scale in (
            ("encoder.0", 64, 1.0),  # fed by the image, not by an activation
            ("encoder.1", 400, gain),
            ("decoder.1", 300, gain),
            ("decoder.2", 400, gain),
        ):
            weight = values[f"{name}.weight"][member]
            expected = scale / math.sqrt(fan_in)
            # Of n normal draws the standard deviation is within 4 / sqrt(2 n) of it.
            assert weight.std().item() == pytest.approx(
                expected, rel=4 / math.sqrt(2 * weight.numel())
            )
    assert not any(value.any() for name, value in values.items() if name.endswith("bias"))


def test_with_gains_every_posterior_starts_with_the_priors_variance(random):
    population = Population(experiment(activations=ALL))
    initialise(population)
    mean, log_variance = population.encode(random.random((20, 64)))
    assert not log_variance.any()
    assert (mean.std(dim=1) > 0.01).any(dim=1).all()


def test_pytorchs_weights_and_biases_are_uniform_within_the_bound_of_a_linear_layer():
    population = Population(experiment(activations=("relu", "tanh"), hidden=(400,), init="pytorch"))
    initialise(population)
    linear = torch.nn.Linear(400, 6)
    for part, reference in (("weight", linear.weight), ("bias", linear.bias)):
        ours = population.parameters.values[f"encoder.1.{part}"]
        assert ours.abs().max() <= 1 / 20  # 1 / sqrt(400)
        if part == "weight":  # a uniform distribution has 1 / sqrt(3) of its bound as deviation
            assert ours.std().item() == pytest.approx(reference.std().item(), rel=0.1)
            assert ours.std().item() == pytest.approx(1 / 20 / math.sqrt(3), rel=0.05)
        assert ours.any()
        assert torch.equal(ours[0], ours[1])


def test_members_of_a_seed_start_from_one_draw_and_other_seeds_from_others():
    population = Population(experiment(activations=("tanh", "sigmoid"), seeds=2))
    initialise(population)
    weight = population.parameters.values["encoder.1.weight"]
    tanh, tanh_next, sigmoid, sigmoid_next = weight / torch.tensor(
        [1.592537, 1.592537, 1.846229, 1.846229]
    ).view(4, 1, 1)
    torch.testing.assert_close(tanh, sigmoid)
    torch.testing.assert_close(tanh_next, sigmoid_next)
    assert not torch.allclose(tanh, tanh_next)


def test_initial_weights_do_not_depend_on_who_else_is_there():
    race = Population(experiment(activations=("relu", "prelu", "tanh"), seeds=3, output="gaussian"))
    alone = Population(experiment(activations=("prelu",), seed=1, output="gaussian"))
    initialise(race)
    initialise(alone)
    member = next(
        index
        for index, recipe in enumerate(race.members)
        if (recipe.encoder_activation, recipe.seed) == ("prelu", 1)
    )
    for name, value in alone.parameters.values.items():
        assert torch.equal(race.parameters.values[name][member], value[0]), name


@pytest.mark.parametrize("name", [name for name, a in ACTIVATIONS.items() if a.parameters])
def test_learned_parameters_start_at_their_initial_values(name):
    population = Population(experiment(activations=("relu", name)))
    initialise(population)
    for key, value in ACTIVATIONS[name].parameters.items():
        learned = population.parameters.values[f"encoder.1.activation.{key}"]
        assert learned[1].tolist() == [[value] * 4]
