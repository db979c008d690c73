"""Both bounds, against the exact likelihood of a linear Gaussian model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch.distributions import Normal

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model import bound
from vae_explorer.model.bound import importance_bound, losses, mean_with_error
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator

LATENT, VARIANCE = 3, 0.002  # of a pixel: nearly all that are drawn lie between 0 and 1


class LinearGaussian:
    """x = b + z W + noise, of which everything is known; its q is the exact posterior, or `off`.

    The rows of W are orthogonal, so that the exact posterior is a q that a VAE can have.
    """

    def __init__(self, off: float = 0.0):
        draw = np.random.default_rng(0)
        recipe = Experiment(
            dataset="digits", hidden=(), latent=LATENT, output="gaussian", activations=("linear",)
        )
        self.population = Population(recipe)
        rows = np.linalg.qr(draw.normal(size=(64, LATENT)))[0].T
        self.w = np.array([[0.2], [0.1], [0.05]]) * rows  # (L, D)
        self.b = 0.5 + 0.1 * draw.uniform(-1, 1, 64)
        precision = 1 + np.square(self.w).sum(1) / VARIANCE  # (L,) of the posterior
        to_mean = self.w.T / VARIANCE / precision  # (D, L)
        self.variance = np.full(LATENT, 1 / precision) * (1 + off)
        shift = -self.b @ to_mean + off * np.sqrt(self.variance)
        self._set("encoder.0.weight", np.concatenate([to_mean, np.zeros((64, LATENT))], axis=1))
        self._set("encoder.0.bias", np.concatenate([shift, np.log(self.variance)]))
        self._set("decoder.0.weight", self.w)
        self._set("decoder.0.bias", self.b)
        self._set("output.log_variance", np.log(VARIANCE))
        self.to_mean, self.shift = to_mean, shift
        z = draw.normal(size=(300, LATENT))
        noise = np.sqrt(VARIANCE) * draw.normal(size=(300, 64))
        self.images = (self.b + z @ self.w + noise).astype(np.float32).astype(np.float64)

    def _set(self, name, value):
        target = self.population.parameters.values[name]
        target.copy_(torch.from_numpy(np.asarray(value)).view(target.shape))

    def log_likelihood(self):
        covariance = self.w.T @ self.w + VARIANCE * np.eye(64)
        return multivariate_normal(self.b, covariance).logpdf(self.images)

    def elbo(self):
        """In closed form, of each image."""
        mean = self.images @ self.to_mean + self.shift
        error = np.square(self.images - self.b - mean @ self.w).sum(1)
        error += (self.variance * np.square(self.w).sum(1)).sum()
        likelihood = -0.5 * (error / VARIANCE + 64 * np.log(2 * np.pi * VARIANCE))
        kl = 0.5 * (np.square(mean) + self.variance - 1 - np.log(self.variance)).sum(1)
        return likelihood - kl


@pytest.mark.parametrize("samples", [1, 2, 50])
def test_with_the_exact_posterior_the_bound_is_exact_however_few_samples(samples, double):
    model = LinearGaussian()
    bound = importance_bound(model.population, model.images, samples)
    np.testing.assert_allclose(bound[0], model.log_likelihood(), rtol=1e-9)
    np.testing.assert_allclose(bound[0], model.elbo(), rtol=1e-9)


def test_in_float32_it_is_exact_to_a_thousandth_of_a_nat():
    model = LinearGaussian()
    bound = importance_bound(model.population, model.images, 20)
    np.testing.assert_allclose(bound[0], model.log_likelihood(), rtol=0, atol=1e-3)


def test_from_one_sample_its_expectation_is_the_elbo():
    model = LinearGaussian(off=0.5)
    bounds = [importance_bound(model.population, model.images, 1, seed)[0] for seed in range(40)]
    differences = np.mean(bounds, 0) - model.elbo()
    error = np.mean(np.var(bounds, 0, ddof=1)) / len(bounds)  # of one image's mean, squared
    assert abs(differences.mean()) < 4 * np.sqrt(error / len(differences))
    assert 0.7 < np.mean(np.square(differences)) / error < 1.4


def test_it_rises_with_samples_from_the_elbo_to_the_likelihood():
    model = LinearGaussian(off=0.5)
    exact, elbo = model.log_likelihood(), model.elbo()
    assert (exact - elbo).mean() > 0.2
    bounds = [importance_bound(model.population, model.images, s)[0] for s in (1, 4, 16, 64, 4096)]
    means = np.mean(bounds, axis=1)
    assert (np.diff(means) > 0).all()
    for one in bounds:  # below, but for the noise of its samples
        assert (one - exact).mean() < 3 * (one - exact).std() / np.sqrt(len(exact))
    assert means[-1] == pytest.approx(exact.mean(), abs=0.01)
    assert (exact.mean() - means[2]) < 0.2 * (exact - elbo).mean()


def test_the_elbo_is_that_of_the_closed_form():
    """To the noise of 2,000 draws; its KL has none."""
    model = LinearGaussian(off=0.5)
    found = losses(model.population, model.images, 2000)
    exact = -model.elbo()
    differences = (found.reconstruction + found.kl)[0] - exact
    assert abs(differences.mean()) < 4 * found.by_draw.std(ddof=1) / np.sqrt(2000) + 1e-4
    assert np.abs(differences).max() < 0.2
    assert found.by_draw.mean() == pytest.approx(exact.mean(), abs=0.01)


def population_of(randomise, **changes):
    settings = {"dataset": "digits", "hidden": (12, 7), "latent": 4, "activations": ("relu",)}
    population = Population(Experiment(**{**settings, **changes}))
    randomise(population)
    return population


def plain_bound(vae, images, samples, seed):
    """With torch.distributions, in float64, and the same noise."""
    vae, stream = vae.double(), generator(seed, "importance")
    noise = torch.stack(
        [torch.randn(samples, 4, generator=stream, dtype=torch.float32) for _ in images]
    )
    mean, log_variance = (head[:, None] for head in vae.encode(images))
    posterior = Normal(mean, torch.exp(log_variance / 2))
    z = mean + noise * posterior.stddev
    output = vae.decoder(z, ())
    if vae.log_variance is None:
        images = images[:, None].expand_as(output)
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            output, images, reduction="none"
        )
        likelihood = -losses.sum(2)
    else:
        spread = torch.exp(vae.log_variance / 2)
        likelihood = Normal(output, spread).log_prob(images[:, None]).sum(2)
    prior = Normal(torch.zeros(()), torch.ones(()))
    weights = likelihood + (prior.log_prob(z) - posterior.log_prob(z)).sum(2)
    return (weights.exp().mean(1).log()).detach().numpy()


@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_it_is_what_torchs_distributions_give(output, plain_vae, randomise, digits):
    activations = ("relu", "snake", "tanh")
    population = population_of(randomise, activations=activations, output=output, seeds=2)
    images = digits.pixels(digits.test.images[:30])
    bound = importance_bound(population, images, 20, seed=3)
    for member, ours in enumerate(bound):
        vae = plain_vae(population, member)
        expected = plain_bound(vae, torch.from_numpy(images).double(), 20, 3)
        np.testing.assert_allclose(ours, expected, rtol=1e-5)


@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_both_bounds_are_of_the_same_draws(output, randomise, digits):
    """As `Population.losses` has it, draw by draw; the bound is lower, by Jensen's inequality."""
    population = population_of(randomise, activations=("relu", "tanh"), output=output, seeds=2)
    images = digits.pixels(digits.test.images[:30])
    found = losses(population, images, 6, seed=3)
    stream = generator(3, "importance")
    noise = torch.stack([torch.randn(6, 4, generator=stream) for _ in images])  # (30, 6, 4)
    each = [population.losses(images, noise[:, draw]) for draw in range(6)]
    reconstruction, kl = (
        torch.stack([draw[part] for draw in each]) for part in (0, 1)
    )  # (6, K, 30)
    close = {"rtol": 1e-4, "atol": 1e-4}
    np.testing.assert_allclose(found.reconstruction, reconstruction.mean(0), **close)
    np.testing.assert_allclose(found.kl, kl[0], **close)
    np.testing.assert_allclose(found.by_draw, (reconstruction + kl).mean(2).T, **close)
    np.testing.assert_array_equal(found.bound, -importance_bound(population, images, 6, seed=3))
    for member in range(4):
        mean, log_variance = (head[member, :, None] for head in population.encode(images))
        posterior = Normal(mean, torch.exp(log_variance / 2))
        z = mean + noise * posterior.stddev
        ratio = (posterior.log_prob(z) - Normal(0.0, 1.0).log_prob(z)).sum(2).mean(1).numpy()
        assert (found.bound[member] <= found.reconstruction[member] + ratio + 1e-4).all()


@pytest.mark.parametrize(("cached", "kept"), [(1, 1), (64 * 9, 300), (64 * 100, 10**6)])
def test_however_it_is_cut_it_is_the_same(cached, kept, randomise, digits, monkeypatch):
    population = population_of(randomise, activations=("relu", "tanh"))
    images = digits.pixels(digits.test.images[:20])
    expected = importance_bound(population, images, 33)
    monkeypatch.setattr(bound, "_CACHED", cached)
    monkeypatch.setattr(bound, "_KEPT", kept)
    np.testing.assert_allclose(importance_bound(population, images, 33), expected, rtol=1e-6)
    # The noise of the first images is not that of how many there are.
    fewer = importance_bound(population, images[:7], 33)
    np.testing.assert_allclose(fewer, expected[:, :7], rtol=1e-6)


def test_members_together_are_as_each_alone_with_the_same_noise(randomise, digits):
    population = population_of(randomise, activations=("relu", "prelu"), seeds=2)
    images = digits.pixels(digits.test.images[:20])
    together = importance_bound(population, images, 9)
    for member in range(4):
        alone = importance_bound(population.alone(member), images, 9)
        np.testing.assert_array_equal(alone[0], together[member])
    population.parameters.flat.fill_(0.1)  # the same weights: what differs would be the noise
    values = importance_bound(population, images, 9)
    np.testing.assert_array_equal(values[0], values[1])
    assert not np.array_equal(values, importance_bound(population, images, 9, seed=1))


def test_the_mean_has_its_standard_error_and_what_is_not_finite_is_nan(randomise, digits):
    population = population_of(randomise, activations=("relu", "exponential", "tanh"))
    population.parameters.values["encoder.0.bias"][1] = 1e30
    images = digits.pixels(digits.test.images[:50])
    values = importance_bound(population, images, 5)
    mean, error = mean_with_error(values)
    assert np.isfinite(mean).tolist() == [True, False, True]
    assert np.isfinite(error).tolist() == [True, False, True]
    for member in (0, 2):
        assert mean[member] == pytest.approx(values[member].mean())
        assert error[member] == pytest.approx(values[member].std(ddof=1) / np.sqrt(50))
    mean, error = mean_with_error(values[:, :1])
    assert np.isfinite(mean[0])
    assert np.isnan(error).all()


def test_no_samples_are_refused_with_a_sentence(randomise, digits):
    population = population_of(randomise)
    with pytest.raises(ValueError, match="takes 0 draws of z; it must be at least 1"):
        importance_bound(population, digits.pixels(digits.test.images[:2]), 0)


@pytest.mark.parametrize(
    ("images", "wrong"),
    [
        (np.full((2, 64), 255, np.uint8), "The pixels are of type uint8"),
        (np.full((2, 64), 16.0, np.float32), "A pixel is 16"),
        (np.full((2, 64), np.nan, np.float32), "A pixel is nan"),
    ],
)
def test_images_that_are_no_pixels_are_refused(images, wrong, randomise):
    population = population_of(randomise)
    with pytest.raises(ValueError, match=rf"^{wrong}.*must be floats in \[0, 1\]"):
        losses(population, images, 5)
