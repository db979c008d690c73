"""Weights as float16, and some members of a file without the others."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_arrays
from safetensors.numpy import load_file, save_file

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.saved import weights

MIXED = ("relu", "prelu", "adaptive_mixture", "tanh", "swish")


def experiment_of(*activations, **settings):
    return Experiment(dataset="digits", activations=activations, hidden=(6, 4), **settings)


@pytest.fixture
def population(randomise):
    made = Population(experiment_of(*MIXED))
    randomise(made)
    return made


@pytest.fixture
def path(population, tmp_path):
    """A file of float16 weights."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(weights.to_bytes(population, half=True))
    return file


def members_of(path, population, rows):
    """A population of some members of a file."""
    chosen = Population(experiment_of(*(MIXED[row] for row in rows)))
    weights.copy_members(chosen, path, population.experiment, list(enumerate(rows)))
    return chosen


# --- float16 ---


def test_halves_take_half_the_bytes(population):
    exact, half = (weights.to_bytes(population, half) for half in (False, True))
    assert all(array.dtype == np.float16 for array in load_arrays(half).values())
    values = population.parameters.values.values()
    assert len(exact) - len(half) == pytest.approx(2 * sum(v.numel() for v in values), abs=200)


def test_halves_come_back_within_half_precision(population, path):
    loaded = weights.read_population(path, population.experiment)
    for name, value in population.parameters.values.items():
        found = loaded.parameters.values[name]
        assert found.dtype == torch.float32
        # 10 bits after the first: the nearest float16 is at most 2^-11 of the number away.
        assert ((found - value).abs() <= 2.0**-11 * value.abs() + 2.0**-25).all(), name


def test_halves_that_are_saved_again_are_the_same_bytes(population, path):
    loaded = weights.read_population(path, population.experiment)
    assert weights.to_bytes(loaded, half=True) == path.read_bytes()


def test_a_number_too_large_for_a_half_is_said(population):
    with torch.no_grad():
        population.parameters.values["decoder.1.weight"][2, 0, 0] = -65_520
    with pytest.raises(weights.TooLarge, match=r"^decoder.1.weight .* beyond 65,504"):
        weights.to_bytes(population, half=True)


def test_rounding_lasts_as_long_as_its_block(population, path):
    exact = population.parameters.flat.clone()
    with weights.rounded_to_half(population):
        loaded = weights.read_population(path, population.experiment)
        assert torch.equal(population.parameters.flat, loaded.parameters.flat)
    assert torch.equal(population.parameters.flat, exact)


def test_other_types_are_refused(population, path):
    arrays = load_file(path)
    arrays["encoder.0.bias"] = arrays["encoder.0.bias"].astype(np.int16)
    save_file(arrays, path)
    with pytest.raises(ValueError, match=r"encoder.0.bias is of type I16; it must be F32 or F16"):
        weights.read_population(path, population.experiment)


# --- Some members ---


@pytest.mark.parametrize("rows", [(0,), (2,), (3, 1), (4, 2, 0), (4, 3, 2, 1, 0)])
def test_chosen_members_are_those_of_the_whole(population, path, rows, random):
    whole = weights.read_population(path, population.experiment)
    chosen = members_of(path, population, rows)
    images = random.random((7, 64), dtype=np.float32)
    latents = random.standard_normal((7, 2), dtype=np.float32)
    for known, found in zip(whole.encode(images), chosen.encode(images)):
        torch.testing.assert_close(found, known[list(rows)], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(
        chosen.decode(latents), whole.decode(latents)[list(rows)], rtol=1e-5, atol=1e-6
    )


def test_learned_numbers_go_where_they_are_used(population, path):
    """The file has numbers of three activations that learn; each population those of its own."""
    chosen = members_of(path, population, (3, 1)).parameters.values
    learned = {name.split(".")[-1] for name in chosen if "activation" in name}
    assert learned == {"slope"}
    known = weights.read_population(path, population.experiment).parameters.values
    for name, value in chosen.items():
        assert torch.equal(value[1], known[name][1]), name


def test_members_of_two_files_make_one_population(population, path, tmp_path, randomise):
    other = Population(experiment_of("prelu", "gelu"))
    randomise(other)
    with torch.no_grad():
        other.parameters.flat.mul_(2)
    second = tmp_path / "other.safetensors"
    second.write_bytes(weights.to_bytes(other))
    made = Population(experiment_of("gelu", "relu", "swish"))
    weights.copy_members(made, second, other.experiment, [(0, 1)])
    weights.copy_members(made, path, population.experiment, [(1, 0), (2, 4)])
    known = weights.read_population(path, population.experiment).parameters.values
    for name, value in made.parameters.values.items():
        if "activation" not in name:
            assert torch.equal(value[0], other.parameters.values[name][1]), name
        assert torch.equal(value[1:], known[name][[0, 4]]), name


def test_members_that_are_not_chosen_may_be_damaged(population, path):
    arrays = load_file(path)
    arrays["decoder.0.weight"][1] = np.inf
    save_file(arrays, path)
    members_of(path, population, (0, 2, 3, 4))
    with pytest.raises(ValueError, match=r"decoder.0.weight holds numbers that are not finite"):
        members_of(path, population, (0, 1))


def test_a_file_of_another_experiment_gives_no_member(population, path):
    another = experiment_of(*MIXED[::-1], latent=3)
    with pytest.raises(ValueError, match="has the shape"):
        weights.copy_members(population, path, another, [(0, 0)])
