"""The importance-weighted bound: nearer to the log-likelihood than the ELBO, the more samples.

Burda, Grosse and Salakhutdinov (2016), "Importance Weighted Autoencoders", equation 8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_explorer.model.inputs import checked_images
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator

_CACHED = 200_000  # numbers of a layer at once: they and their copies stay in a core's cache
_KEPT = 1_000_000  # numbers of noise at once, which all members take in turn


@dataclass(frozen=True)
class Bound:
    """The bound of K members over N images, in nats per image; NaN for one that is not finite."""

    mean: np.ndarray  # (K,), at most the mean of log p(x) but for the noise of the samples
    error: np.ndarray  # (K,), the standard error of that mean over images; NaN for one image


def bound_with_error(
    population: Population, images: np.ndarray, samples: int, seed: int = 0
) -> Bound:
    """Mean and standard error over the images of what `importance_bound` gives for the same."""
    values = importance_bound(population, images, samples, seed)
    values[~np.isfinite(values).all(1)] = np.nan
    count = values.shape[1]
    if count < 2:
        return Bound(values.mean(1), np.full(len(values), np.nan))
    return Bound(values.mean(1), values.std(1, ddof=1) / math.sqrt(count))


@torch.no_grad()
def importance_bound(
    population: Population, images: np.ndarray, samples: int, seed: int = 0
) -> np.ndarray:
    """(K, N) log of the mean of p(x, z) / q(z given x) over samples of z from q, in nats.

    From one sample its expectation is the ELBO; with their number it rises to log p(x). Networks
    run in float32, and the weights of samples are summed in float64.

    Parameters
    ----------
    population : Population
    images : (N, D) array of floats in [0, 1]
        As losses are measured on them: see `pixels.measured_images`.
    samples : int
        Of each image, at least 1. Memory grows with those of one image, and not with N.
    seed : int, optional
        Of the noise, which is the same for all members.

    Raises
    ------
    ValueError
        For fewer samples, and for images that `Population.encode` would not take.
    """
    if samples < 1:
        raise ValueError(f"The bound takes {samples} samples; it must be at least 1.")
    inputs = checked_images(images).float().to(population.parameters.flat)
    bound = torch.empty(len(population), len(inputs), dtype=torch.float64)
    # One member at a time, so that its weights stay in the cache as well.
    alone = [population.alone(member) for member in range(len(population))]
    for rows, noise in _noise(len(inputs), samples, population.latent, seed):
        for member, one in enumerate(alone):
            weights = _log_weights(one, inputs[rows], noise.to(inputs))
            bound[member, rows] = weights.logsumexp(1) - math.log(samples)
    return bound.numpy()


def _noise(images: int, samples: int, latent: int, seed: int) -> Iterator[tuple[slice, Tensor]]:
    """Standard normal noise (n, S, L) for the images of each slice, whatever the slices."""
    stream = generator(seed, "importance")
    size = max(1, _KEPT // (samples * latent))
    for start in range(0, images, size):
        count = min(size, images - start)
        # Image by image: what PyTorch draws depends on how many numbers it is asked for at once.
        draws = [
            torch.randn(samples, latent, generator=stream, dtype=torch.float32)
            for _ in range(count)
        ]
        yield slice(start, start + count), torch.stack(draws)


def _log_weights(one: Population, images: Tensor, noise: Tensor) -> Tensor:
    """(n, S) log p(x, z) - log q(z given x) of one VAE, in float64, of images (n, D)."""
    count, samples, _ = noise.shape
    mean, log_variance = (head[0].unsqueeze(1) for head in one.encode(images))  # (n, 1, L)
    latents = torch.addcmul(mean, noise, torch.exp(0.5 * log_variance))
    # Prior and posterior are both normal, so that their constants cancel.
    weights = 0.5 * (noise.square() - latents.square() + log_variance).sum(2, dtype=torch.float64)
    at_once = max(1, _CACHED // max(one.experiment.architecture.decoder.widths))
    for first in range(0, count, max(1, at_once // samples)):
        rows = slice(first, first + max(1, at_once // samples))
        for start in range(0, samples, at_once):
            part = rows, slice(start, start + at_once)
            weights[part] -= _reconstruction(one, images[rows], latents[part])
    return weights


def _reconstruction(one: Population, images: Tensor, latents: Tensor) -> Tensor:
    """(n, s) minus log p(x given z), of images (n, D) and latents (n, s, L)."""
    output = one.decoder.forward(latents.reshape(1, -1, one.latent)).view(*latents.shape[:2], -1)
    return one.output.reconstruction_of_draws(output, images.unsqueeze(1))
