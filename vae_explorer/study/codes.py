"""Where a trained population puts images, what each costs, and what it decodes.

Everything comes back as float32 NumPy arrays with the member axis first: K members, N images, D
pixels, L latent dimensions. Images are walked through in chunks, so memory does not grow with N.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from vae_explorer.model.inputs import checked_images
from vae_explorer.model.population import Population

# Numbers that all layers of all members hold at once while a chunk passes: 64 MB of float32.
_MOST_OUTPUTS = 16_000_000


@dataclass(frozen=True, eq=False)
class Codes:
    """Where the encoder puts images, and what each costs.

    Reconstruction and KL are the two parts of the negative ELBO, in nats an image. The
    reconstruction is that of z at the posterior's mean, or of one seeded draw of z: see `codes`.
    """

    mean: np.ndarray  # (K, N, L)
    log_variance: np.ndarray  # (K, N, L)
    reconstruction: np.ndarray  # (K, N)
    kl: np.ndarray  # (K, N), in closed form: it has no draw


def codes(population: Population, images: np.ndarray, seed: int | None = None) -> Codes:
    """The codes of images (N, D), floats in [0, 1]; ValueError if they are not.

    With `seed` None z is the posterior's mean, so an image has one reconstruction: the one that is
    shown. With a seed it is mean + noise · deviation, as in training; every member has the same
    noise.
    """
    draw = None if seed is None else np.random.default_rng(seed)
    means, log_variances, reconstructions, kls = [], [], [], []
    for chunk in chunks(population, images):
        size = (len(chunk), population.latent)
        noise = np.zeros(size) if draw is None else draw.standard_normal(size)
        noise_of_all = torch.from_numpy(noise.astype(np.float32)).expand(len(population), -1, -1)
        mean, log_variance = population.encode(chunk)
        reconstruction, kl, _ = population.losses(torch.from_numpy(chunk), noise_of_all)
        means.append(mean.numpy())
        log_variances.append(log_variance.numpy())
        reconstructions.append(reconstruction.numpy())
        kls.append(kl.numpy())
    return Codes(
        mean=np.concatenate(means, axis=1),
        log_variance=np.concatenate(log_variances, axis=1),
        reconstruction=np.concatenate(reconstructions, axis=1),
        kl=np.concatenate(kls, axis=1),
    )


def chunks(population: Population, images: np.ndarray) -> Iterator[np.ndarray]:
    """The images (N, D) as float32, so many at a time as all members bear at once.

    ValueError, before the first, unless they are floats in [0, 1].
    """
    checked_images(images)
    numbers = sum(population.experiment.architecture.path) - population.image_size
    size = max(1, _MOST_OUTPUTS // (len(population) * numbers))
    for start in range(0, max(len(images), 1), size):
        yield np.array(images[start : start + size], dtype=np.float32)


def decode(population: Population, latents: np.ndarray, diverged: bool = False) -> np.ndarray:
    """(K, N, D) in [0, 1], of latents (N, L) or (K, N, L); see `Population.decode`."""
    return population.decode(latents, diverged).numpy()
