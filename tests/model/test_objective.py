"""The ELBO's parts and their gradients against torch.distributions and autograd."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn import functional as F

from vae_explorer.model import objective

EXTREME = [-1e4, -100.0, -30.0, -1.0, 0.0, 1.0, 30.0, 100.0, 1e4]
MEMBERS, BATCH, PIXELS, LATENT = 3, 5, 7, 4


@pytest.fixture
def draw():
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=dtype)

    return normal


def grey(logits):
    """Images of the same shape, of every grey between 0 and 1, both included."""
    return torch.linspace(0, 1, logits.numel(), dtype=logits.dtype).view_as(logits)


# --- Kullback-Leibler divergence ---


def test_kl_is_that_of_two_normals(draw):
    mean, log_variance = draw(MEMBERS, BATCH, LATENT), draw(MEMBERS, BATCH, LATENT)
    zeros = torch.zeros_like(mean)
    expected = kl_divergence(Normal(mean, torch.exp(log_variance / 2)), Normal(zeros, zeros + 1))
    torch.testing.assert_close(objective.kl_by_dimension(mean, log_variance), expected)


def test_kl_of_the_prior_from_itself_is_zero():
    zeros = torch.zeros(1, 1, 2)
    assert objective.kl_by_dimension(zeros, zeros).tolist() == [[[0.0, 0.0]]]


def test_kl_stays_accurate_near_the_prior_in_float32(draw):
    mean, log_variance = 0.01 * draw(1, 50, 2), 0.01 * draw(1, 50, 2)
    single = objective.kl_by_dimension(mean.float(), log_variance.float()).double()
    torch.testing.assert_close(
        single, objective.kl_by_dimension(mean, log_variance), rtol=0, atol=2e-7
    )


@pytest.mark.parametrize("weight", [0.0, 1.0, 4.0])
def test_kl_gradient_is_that_of_autograd(draw, weight):
    mean, log_variance = (draw(MEMBERS, BATCH, LATENT).requires_grad_() for _ in range(2))
    kl = objective.kl_by_dimension(mean, log_variance).sum(2).mean(1)
    expected = torch.autograd.grad(weight * kl.sum(), [mean, log_variance])
    weights = torch.full((MEMBERS, 1, 1), weight, dtype=torch.float64)
    with torch.no_grad():
        value, *gradients = objective.kl_gradient(
            mean, log_variance, log_variance.exp(), weights, 0.0
        )
    torch.testing.assert_close(value, kl.detach())
    torch.testing.assert_close(gradients, list(expected))


def test_each_member_has_its_own_kl_weight(draw):
    mean, log_variance = draw(2, BATCH, LATENT), draw(2, BATCH, LATENT)
    weights = torch.tensor([0.5, 3.0], dtype=torch.float64).view(2, 1, 1)
    _, together, _ = objective.kl_gradient(mean, log_variance, log_variance.exp(), weights, 0.0)
    torch.testing.assert_close(together, mean * weights / BATCH)


def test_free_bits_release_the_dimensions_below_them_and_no_others(draw):
    spread = torch.tensor([0.01, 0.1, 1.0, 3.0], dtype=torch.float64)
    mean = (draw(MEMBERS, BATCH, LATENT) * spread).requires_grad_()
    log_variance = (0.1 * draw(MEMBERS, BATCH, LATENT)).requires_grad_()
    by_dimension = objective.kl_by_dimension(mean, log_variance).mean(1)
    free_bits = 0.2
    assert 0 < (by_dimension < free_bits).sum() < by_dimension.numel()
    penalised = torch.maximum(by_dimension, torch.tensor(free_bits)).sum()
    expected = torch.autograd.grad(2.0 * penalised, [mean, log_variance])
    weights = torch.full((MEMBERS, 1, 1), 2.0, dtype=torch.float64)
    with torch.no_grad():
        value, *gradients = objective.kl_gradient(
            mean, log_variance, log_variance.exp(), weights, free_bits
        )
    torch.testing.assert_close(gradients, list(expected))
    torch.testing.assert_close(value, by_dimension.sum(1).detach())  # the KL itself is whole


# --- Bernoulli ---


def test_bernoulli_reconstruction_is_minus_the_log_likelihood_of_black_and_white(draw):
    logits = 3 * draw(MEMBERS, BATCH, PIXELS)
    images = (draw(BATCH, PIXELS) > 0).double()
    expected = -Bernoulli(logits=logits).log_prob(images.expand_as(logits)).sum(-1)
    torch.testing.assert_close(objective.bernoulli_reconstruction(logits, images), expected)


def test_bernoulli_reconstruction_of_grey_is_the_cross_entropy(draw):
    logits = 3 * draw(MEMBERS, BATCH, PIXELS)
    images = grey(logits)
    expected = F.binary_cross_entropy_with_logits(logits, images, reduction="none").sum(-1)
    torch.testing.assert_close(objective.bernoulli_reconstruction(logits, images), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("logit", EXTREME)
def test_bernoulli_losses_are_right_at_extreme_logits(logit, dtype):
    images = torch.tensor([0.0, 0.25, 1.0]).view(3, 1, 1)  # one pixel each
    logits = torch.full((3, 1, 1), logit)
    # From the definition: -x log(p) - (1 - x) log(1 - p), with log(p) = -log(1 + exp(-l)).
    low = math.log1p(math.exp(-abs(logit)))
    expected = [
        x * (low + max(-logit, 0)) + (1 - x) * (low + max(logit, 0)) for x in (0.0, 0.25, 1.0)
    ]
    evaluated = objective.bernoulli_reconstruction(logits.to(dtype), images.to(dtype)).flatten()
    trained, gradient = objective.bernoulli_gradient(logits.to(dtype), images.to(dtype))
    close = {"rel": 1e-6, "abs": 1e-7} if dtype is torch.float32 else {"rel": 1e-8, "abs": 1e-8}
    assert evaluated.tolist() == pytest.approx(expected, **close)
    assert trained.tolist() == pytest.approx(expected, **close)
    probability = 0.0 if logit < -700 else 1 / (1 + math.exp(-logit))
    slopes = [probability - x for x in (0.0, 0.25, 1.0)]
    assert gradient.flatten().tolist() == pytest.approx(slopes, **close)


def test_bernoulli_losses_of_sure_pixels_do_not_drown_the_others_in_rounding():
    # Half the pixels are sure and right and cost nothing, the others cost log(2) each. A
    # difference of two sums over all of them would be off by as much as a nat.
    random = torch.Generator().manual_seed(0)
    images = (torch.rand(8, 784, generator=random) > 0.5).float()
    logits = (1e4 * torch.rand(1, 8, 784, generator=random) + 100) * (2 * images - 1)
    logits[..., ::2] = 0
    expected = pytest.approx(392 * math.log(2), rel=1e-6)
    assert objective.bernoulli_reconstruction(logits, images)[0].tolist() == [expected] * 8
    assert objective.bernoulli_gradient(logits, images.expand_as(logits))[0].item() == expected


@pytest.mark.parametrize("pixels", [64, 784, 783])
@pytest.mark.parametrize("tail", [-20.0, -5.0, 0.0, 5.0, 20.0])
def test_bernoulli_losses_in_float32_are_those_of_a_distribution_in_float64(draw, pixels, tail):
    logits = 3 * draw(MEMBERS, BATCH, pixels) + tail
    images = (draw(MEMBERS, BATCH, pixels) > 0).double()
    expected = -Bernoulli(logits=logits).log_prob(images).sum(2)
    single = logits.float(), images.float()
    evaluated = objective.bernoulli_reconstruction(*single).double()
    trained = objective.bernoulli_gradient(*single)[0].double()
    torch.testing.assert_close(evaluated, expected, rtol=1e-6, atol=0)
    torch.testing.assert_close(trained, expected.mean(1), rtol=1e-6, atol=0)


def test_bernoulli_gradient_is_that_of_autograd(draw):
    logits = (3 * draw(MEMBERS, BATCH, PIXELS)).requires_grad_()
    images = grey(logits.detach())
    losses = F.binary_cross_entropy_with_logits(logits, images, reduction="none").sum(2).mean(1)
    (expected,) = torch.autograd.grad(losses.sum(), logits)
    value, gradient = objective.bernoulli_gradient(logits.detach(), images)
    torch.testing.assert_close(value, losses.detach())
    torch.testing.assert_close(gradient, expected)


def test_bernoulli_gradient_leaves_its_inputs_alone(draw):
    logits = draw(1, BATCH, PIXELS)
    images, before = grey(logits), logits.clone()
    objective.bernoulli_gradient(logits, images)
    assert torch.equal(logits, before)
    assert torch.equal(images, grey(logits))


# --- Gaussian ---


def test_gaussian_reconstruction_is_minus_the_log_density(draw):
    means, log_variance = draw(MEMBERS, BATCH, PIXELS), draw(MEMBERS, 1, 1)
    images = draw(BATCH, PIXELS)
    pixel = Normal(means, torch.exp(log_variance / 2).expand_as(means))
    torch.testing.assert_close(
        objective.gaussian_reconstruction(means, log_variance, images),
        -pixel.log_prob(images.expand_as(means)).sum(-1),
    )


def test_gaussian_gradient_is_that_of_autograd(draw):
    means, log_variance = (
        draw(*shape).requires_grad_() for shape in ((MEMBERS, BATCH, PIXELS), (MEMBERS, 1, 1))
    )
    images = draw(MEMBERS, BATCH, PIXELS)
    pixel = Normal(means, torch.exp(log_variance / 2).expand_as(means))
    losses = -pixel.log_prob(images).sum(2).mean(1)
    expected = torch.autograd.grad(losses.sum(), [means, log_variance])
    value, *gradients = objective.gaussian_gradient(means.detach(), log_variance.detach(), images)
    torch.testing.assert_close(value, losses.detach())
    torch.testing.assert_close(gradients, list(expected))


def test_the_best_variance_has_no_gradient(draw):
    means, images = draw(1, BATCH, PIXELS), draw(1, BATCH, PIXELS)
    best = (images - means).square().mean().log().view(1, 1, 1)
    *_, gradient = objective.gaussian_gradient(means, best, images)
    assert gradient.item() == pytest.approx(0, abs=1e-12)
