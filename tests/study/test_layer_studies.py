"""What layers do on many images, against NumPy, `layer_views` and cases made to order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.results.snapshot import BIN_EDGES
from vae_explorer.study import codes
from vae_explorer.study.layers import activation_study, layer_views


def population_of(*activations, **settings):
    shape = {"hidden": (5, 4), "latent": 3}
    return Population(
        Experiment(dataset="digits", activations=activations, **{**shape, **settings})
    )


@pytest.fixture
def images(random):
    return random.random((40, 64), dtype=np.float32)


def test_a_study_agrees_with_a_view_of_the_same_images(randomise, images):
    population = population_of("relu", "tanh")
    randomise(population)
    studies = activation_study(population, images, np.zeros(40, np.uint8), 1)
    views = layer_views(population, torch.from_numpy(images))
    assert [study.name for study in studies] == [view.name for view in views]
    for study, view in zip(studies, views):
        np.testing.assert_array_equal(study.pre_activation, view.pre_activation)
        np.testing.assert_array_equal(study.output, view.output)
        np.testing.assert_allclose(study.dead.mean(1), view.dead)
        np.testing.assert_allclose(study.saturated.mean(1), view.saturated)


def test_a_study_does_not_depend_on_how_many_images_fit_at_once(randomise, images, monkeypatch):
    population = population_of("relu", "sigmoid")
    randomise(population)
    labels = (np.arange(40) % 3).astype(np.uint8)
    whole = activation_study(population, images, labels, 3)
    monkeypatch.setattr(codes, "_MOST_OUTPUTS", 7 * 2 * (64 + 2 * 9 + 3))
    for study, expected in zip(activation_study(population, images, labels, 3), whole):
        np.testing.assert_array_equal(study.dead, expected.dead)
        np.testing.assert_array_equal(study.saturated, expected.saturated)
        np.testing.assert_allclose(study.class_means, expected.class_means, rtol=1e-4, atol=1e-6)
        moved = np.abs(study.pre_activation - expected.pre_activation).sum()
        assert moved <= 4  # a value within rounding of an edge may fall on either side of it


def test_dead_and_saturated_units_are_the_ones_made_so():
    """One hidden layer of four units: -1 or 1 where its pixel, of the first four, is 0 or 1."""
    population = population_of("relu", "linear", hidden=(4,), latent=1)
    images = np.zeros((100, 64), dtype=np.float32)
    images[:, 0] = 1  # always on
    images[:, 1] = 0  # always off: dead for ReLU
    images[:, 2], images[:96, 2] = 1, 0  # off on 96 of 100 images: saturated for ReLU
    images[:, 3], images[:94, 3] = 1, 0  # off on 94 of 100: neither
    population.parameters.values["encoder.0.weight"][:, :4, :4] = 2 * torch.eye(4)
    population.parameters.values["encoder.0.bias"].fill_(-1)
    study = activation_study(population, images, np.zeros(100, np.uint8), 1)[0]
    assert study.units == 4
    assert study.dead.tolist() == [[False, True, False, False], [False] * 4]
    assert study.saturated.tolist() == [[False, False, True, False], [False] * 4]


def test_class_means_are_numpys(plain_vae, randomise, images):
    population = population_of("tanh", "relu")
    randomise(population)
    labels = (np.arange(40) % 3).astype(np.uint8)
    study = activation_study(population, images, labels, 4)[0]
    for k, function in enumerate((torch.tanh, torch.relu)):
        linear = plain_vae(population, k).encoder.linears[0]
        with torch.no_grad():
            outputs = function(linear(torch.from_numpy(images))).numpy()
        for c in range(3):
            expected = outputs[labels == c].mean(0)
            np.testing.assert_allclose(study.class_means[k, c], expected, rtol=1e-4, atol=1e-6)
    assert np.isnan(study.class_means[:, 3]).all()  # no images


def test_functions_are_drawn_as_learned(randomise, images):
    population = population_of("relu", "prelu", "tanh", "average_pooling")
    randomise(population)
    studies = activation_study(population, images, np.zeros(40, np.uint8), 1)
    x = BIN_EDGES.astype(np.float64)
    for study, name in zip(studies, ("encoder.0", "encoder.1", "decoder.0", "decoder.1")):
        slope = population.parameters.values[f"{name}.activation.slope"][1].mean().item()
        expected = [np.maximum(x, 0), np.where(x > 0, x, slope * x), np.tanh(x), x]
        np.testing.assert_allclose(study.function, expected, atol=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_can_be_studied(name, randomise, images):
    population = population_of(name)
    randomise(population)
    for study in activation_study(population, images, np.zeros(40, np.uint8), 1):
        assert np.isfinite(study.class_means).all()
        assert study.function.shape == (1, len(BIN_EDGES))


def test_a_member_that_is_not_finite_leaves_the_other_alone(randomise, images):
    population = population_of("relu", "tanh")
    randomise(population)
    labels = np.zeros(40, np.uint8)
    before = activation_study(population, images, labels, 1)
    population.parameters.values["encoder.0.bias"][1] = float("nan")
    for old, new in zip(before, activation_study(population, images, labels, 1)):
        np.testing.assert_array_equal(old.class_means[0], new.class_means[0])
        assert not new.dead[1].any()
        assert new.output[1].sum() == 0


def test_without_hidden_layers_there_is_nothing_to_study(images):
    population = population_of("relu", hidden=())
    assert activation_study(population, images, np.zeros(40, np.uint8), 1) == ()
