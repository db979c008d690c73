"""The two bounds of the likelihood, from the same draws of z: the ELBO and a tighter one.

The ELBO is that of Kingma and Welling (2014), "Auto-Encoding Variational Bayes", equation 10. The
importance-weighted bound of Burda, Grosse and Salakhutdinov (2016), "Importance Weighted
Autoencoders", equation 8, is nearer to the log-likelihood, the more draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_explorer.model.inputs import checked_images
from vae_explorer.model.objective import kl_by_dimension
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator

_CACHED = 200_000  # numbers of a layer at once: they and their copies stay in a core's cache
_FAR = 30.0  # robust standard deviations: what a heavy tail gives, and luck never
_MOVES = 0.05  # nats
_KEPT = 1_000_000  # numbers of noise at once, which all members take in turn


@dataclass(frozen=True)
class Losses:
    """Of K members on N images, from S draws of z for each image, in nats; lower is better.

    Where a network gives what is no finite number, neither are they.
    """

    reconstruction: np.ndarray  # (K, N), minus log p(x given z), mean over the draws
    kl: np.ndarray  # (K, N), in closed form
    bound: np.ndarray  # (K, N), minus the importance-weighted bound of the draws
    by_draw: np.ndarray  # (K, S), the negative ELBO by each draw alone, mean over the images


@torch.no_grad()
def losses(population: Population, images: np.ndarray, draws: int, seed: int = 0) -> Losses:
    """What images lose by either bound. Networks run in float32; their sums are float64.

    Parameters
    ----------
    population : Population
    images : (N, D) array of floats in [0, 1]
        As losses are measured on them: see `pixels.measured_images`.
    draws : int
        Of z for each image, at least 1. Memory grows with those of one image, and not with N.
    seed : int, optional
        Of the noise, which is the same for all members.

    Raises
    ------
    ValueError
        For fewer draws, and for images that `Population.encode` would not take.
    """
    if draws < 1:
        raise ValueError(f"The bound takes {draws} draws of z; it must be at least 1.")
    inputs = checked_images(images).float().to(population.parameters.flat)
    shape = len(population), len(inputs)
    reconstruction, kl, bound = torch.empty(3, *shape, dtype=torch.float64)
    by_draw = torch.zeros(len(population), draws, dtype=torch.float64)
    # One member at a time, so that its weights stay in the cache as well.
    alone = [population.alone(member) for member in range(len(population))]
    for rows, noise in _noise(len(inputs), draws, population.latent, seed):
        for member, one in enumerate(alone):
            lost, ratio, kl[member, rows] = _of_draws(one, inputs[rows], noise.to(inputs))
            reconstruction[member, rows] = lost.mean(1)
            bound[member, rows] = math.log(draws) - (ratio - lost).logsumexp(1)
            by_draw[member] += lost.sum(0)
    by_draw = by_draw / len(inputs) + kl.mean(1, keepdim=True)
    return Losses(*(each.numpy() for each in (reconstruction, kl, bound, by_draw)))


def importance_bound(
    population: Population, images: np.ndarray, samples: int, seed: int = 0
) -> np.ndarray:
    """(K, N) log of the mean of p(x, z) / q(z given x) over samples of z from q, in nats.

    From one sample its expectation is the ELBO; with their number it rises to log p(x). Arguments
    and errors are those of `losses`.
    """
    return -losses(population, images, samples, seed).bound


def mean_with_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of (K, N) each row's mean and its standard error, NaN where a row is not finite."""
    finite = np.where(np.isfinite(values).all(1, keepdims=True), values, np.nan)
    count = finite.shape[1]
    if count < 2:
        return finite.mean(1), np.full(len(finite), np.nan)
    return finite.mean(1), finite.std(1, ddof=1) / math.sqrt(count)


def settles(by_draw: np.ndarray) -> np.ndarray:
    """(K,) whether no single draw of z decides the mean of (K, S) losses.

    Such a draw lies further from the median than `_FAR` robust standard deviations (1.4826 times
    the median distance from it), and moves the mean by more than `_MOVES` nats.
    """
    with np.errstate(invalid="ignore"):  # of a loss that is no finite number, which has no mean
        distances = np.abs(by_draw - np.median(by_draw, axis=1, keepdims=True))
        spread = 1.4826 * np.median(distances, axis=1)
        furthest = distances.max(1)
    return ~((furthest > _FAR * spread) & (furthest > _MOVES * by_draw.shape[1]))


def _noise(images: int, draws: int, latent: int, seed: int) -> Iterator[tuple[slice, Tensor]]:
    """Standard normal noise (n, S, L) for the images of each slice, whatever the slices."""
    stream = generator(seed, "importance")
    size = max(1, _KEPT // (draws * latent))
    for start in range(0, images, size):
        count = min(size, images - start)
        # Image by image: what PyTorch draws depends on how many numbers it is asked for at once.
        noise = [
            torch.randn(draws, latent, generator=stream, dtype=torch.float32) for _ in range(count)
        ]
        yield slice(start, start + count), torch.stack(noise)


def _of_draws(one: Population, images: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of one VAE and images (n, D), in float64.

    Minus log p(x given z), (n, S); log of p(z) / q(z given x), (n, S); and the KL, (n,).
    """
    count, draws, _ = noise.shape
    mean, log_variance = (head[0].unsqueeze(1) for head in one.encode(images))  # (n, 1, L)
    latents = torch.addcmul(mean, noise, torch.exp(0.5 * log_variance))
    # Prior and posterior are both normal, so that their constants cancel.
    ratio = 0.5 * (noise.square() - latents.square() + log_variance).sum(2, dtype=torch.float64)
    lost = torch.empty_like(ratio)
    at_once = max(1, _CACHED // max(one.experiment.architecture.decoder.widths))
    for first in range(0, count, max(1, at_once // draws)):
        rows = slice(first, first + max(1, at_once // draws))
        for start in range(0, draws, at_once):
            part = rows, slice(start, start + at_once)
            lost[part] = _reconstruction(one, images[rows], latents[part]).double()
    return lost, ratio, kl_by_dimension(mean, log_variance).sum((1, 2), dtype=torch.float64)


def _reconstruction(one: Population, images: Tensor, latents: Tensor) -> Tensor:
    """(n, s) minus log p(x given z), of images (n, D) and latents (n, s, L)."""
    output = one.decoder.forward(latents.reshape(1, -1, one.latent)).view(*latents.shape[:2], -1)
    return one.output.reconstruction_of_draws(output, images.unsqueeze(1))
