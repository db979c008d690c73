"""The distributions of the decoder's output, against torch.distributions and autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import distributions

from vae_explorer.experiment.experiment import SETTINGS
from vae_explorer.model.output import OUTPUTS, Bernoulli, Gaussian, group
from vae_explorer.model.parameters import Parameters


def bound(kind, members):
    """The distribution with parameters of its own, as they start, and all parameters."""
    output = kind(members)
    parameters = Parameters({"other": (members, 1, 1), **output.declare()})
    output.bind(parameters)
    output.initialise()
    return output, parameters


def test_every_output_that_an_experiment_may_have_is_there():
    assert list(OUTPUTS) == list(SETTINGS["output"].metadata["choices"])


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("kind", [Bernoulli, Gaussian])
def test_costs_and_gradients_are_those_of_torchs_distributions(kind, random):
    output, parameters = bound(kind, 3)
    own = {name: parameters.values[name] for name in output.declare()}
    for value in own.values():
        value.copy_(torch.tensor([-1.0, 0.3, 2.0]).view(3, 1, 1))
    given = torch.from_numpy(random.normal(size=(3, 5, 8))).requires_grad_()
    images = torch.from_numpy(random.integers(0, 2, (3, 5, 8)) * 1.0)
    leaves = {name: value.clone().requires_grad_() for name, value in own.items()}
    if kind is Bernoulli:
        pixel = distributions.Bernoulli(logits=given)
    else:
        pixel = distributions.Normal(given, (leaves["output.log_variance"] / 2).exp())
    expected = -pixel.log_prob(images).sum(2)
    expected.mean(1).sum().backward()
    with torch.no_grad():
        loss, gradient = output.backward(given, images)
        torch.testing.assert_close(output.reconstruction(given, images), expected)
        torch.testing.assert_close(loss, expected.mean(1))
        torch.testing.assert_close(gradient, given.grad)
        torch.testing.assert_close(output.image(given), pixel.mean.clamp(0, 1))
    for name, leaf in leaves.items():
        torch.testing.assert_close(parameters.gradients[name], leaf.grad)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("kind", [Bernoulli, Gaussian])
def test_many_draws_of_one_image_cost_what_each_does(kind, random):
    output, _ = bound(kind, 1)
    given = torch.from_numpy(random.normal(size=(4, 6, 9)))
    images = torch.from_numpy(random.random((4, 1, 9)))
    costs = output.reconstruction_of_draws(given.clone(), images)
    for image in range(4):
        expected = output.reconstruction(given[image][None], images[image])
        torch.testing.assert_close(costs[image], expected[0])


def test_a_learned_variance_starts_at_that_of_bright_images_on_black():
    _, parameters = bound(Gaussian, 2)
    assert parameters.values["output.log_variance"].flatten().tolist() == pytest.approx([-2.3] * 2)


def test_logits_far_from_nothing_lose_no_digits():
    logits = 60 * torch.randn(20, 30, 64, generator=torch.Generator().manual_seed(0))
    for images in (torch.rand(20, 1, 64), torch.rand(20, 1, 64).round()):
        exact = torch.nn.functional.binary_cross_entropy_with_logits(
            logits.double(), images.double().expand_as(logits), reduction="none"
        )
        ours = Bernoulli(1).reconstruction_of_draws(logits.clone(), images)
        np.testing.assert_allclose(ours, exact.sum(2), rtol=1e-6)
    certain = Bernoulli(1).reconstruction_of_draws(
        torch.full((1, 1, 784), 1e-3), torch.ones(1, 784)
    )
    assert certain.item() == pytest.approx(784 * np.log1p(np.exp(-1e-3)), rel=1e-6)


@pytest.mark.parametrize(("pixels", "size"), [(784, 98), (64, 64), (101, 1), (1, 1), (300, 100)])
def test_pixels_are_multiplied_in_the_largest_equal_groups(pixels, size):
    assert group(pixels) == size
