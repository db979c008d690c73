"""Projections of codes, and images decoded: samples, the manifold, interpolations.

Everything comes back as float32 NumPy arrays with the member axis first: K members, N images, D
pixels, L latent dimensions. Images are walked through in chunks, so memory does not grow with N.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from vae_explorer.model.population import Population
from vae_explorer.study.codes import decode
from vae_explorer.study.latent import PATHS, plane_axes

SPACINGS = ("quantiles", "even")


@dataclass(frozen=True, eq=False)
class Projection:
    """Codes along their principal axes."""

    points: np.ndarray  # (N, A)
    shares: np.ndarray  # (A,) of the codes' variance that lies along each axis


# --- Projections ---


def principal_projection(points: np.ndarray, axes: int) -> Projection:
    """Codes (N, L) along their first `axes` principal axes; at most L of them.

    The eigenvectors of the codes' covariance, with the signs of `latent.principal_axes`. Codes
    that are not finite are shown where they are, at nothing: their shares are 0.
    """
    axes = min(axes, points.shape[1])
    if not np.isfinite(points).all():
        return Projection(points[:, :axes], np.zeros(axes, dtype=np.float32))
    centred = points.astype(np.float64) - points.mean(0, dtype=np.float64)
    variances, vectors = np.linalg.eigh(centred.T @ centred)  # in rising order
    first = vectors[:, ::-1][:, :axes]
    largest = np.abs(first).argmax(0)
    first = first * np.sign(first[largest, range(axes)])
    total = max(float(variances.sum()), np.finfo(np.float64).tiny)
    shares = variances[::-1][:axes].clip(0) / total
    return Projection((centred @ first).astype(np.float32), shares.astype(np.float32))


# --- Decoded images ---


def prior_samples(
    population: Population, count: int, temperature: float = 1.0, seed: int = 0
) -> np.ndarray:
    """(K, count, D), of the same z for every member, drawn from N(0, temperature² I).

    At 0 all are the image of the origin; at 1 they are samples of the model.
    """
    latents = np.random.default_rng(seed).standard_normal((count, population.latent))
    return decode(population, temperature * latents)


def manifold(
    population: Population,
    side: int,
    extent: float = 2.0,
    spacing: Literal["quantiles", "even"] = "quantiles",
    mean: np.ndarray | None = None,
) -> np.ndarray:
    """(K, side · side, D): images decoded on a square grid, from its top left, row by row.

    The grid reaches from −extent to extent on both axes; the first axis runs to the right, the
    second up. With "quantiles" each cell of it holds as much of the prior as every other (Kingma
    and Welling 2014, appendix A), with "even" lines lie equally far apart. With more than two
    latent dimensions it lies in the plane of the first two principal axes through the middle of
    the codes `mean` (K, N, L), which is needed then; with one it is a line of side · side images.
    """
    if population.latent == 1:
        return decode(population, _grid_line(side * side, extent, spacing)[:, None])
    across = _grid_line(side, extent, spacing)
    grid = np.stack(np.meshgrid(across, across[::-1]), axis=-1).reshape(-1, 2)  # (side², 2)
    if population.latent == 2:
        return decode(population, grid)
    if mean is None:
        raise ValueError("With more than two latent dimensions the plane needs codes: give mean.")
    planes = [plane_axes(codes) for codes in mean]
    return decode(population, np.stack([centre + grid @ axes.T for centre, axes in planes]))


def _grid_line(count: int, extent: float, spacing: str) -> np.ndarray:
    """(count,) from −extent to extent."""
    if spacing not in SPACINGS:
        raise ValueError(f"The spacing is {spacing!r}; it must be one of {', '.join(SPACINGS)}.")
    even = torch.linspace(-1, 1, count, dtype=torch.float64)
    if spacing == "even":
        return (extent * even).numpy()
    # Even in probability: p = 1/2 + erf(z / √2) / 2, so z = √2 erfinv(2p − 1).
    reach = torch.erf(torch.tensor(extent / 2**0.5, dtype=torch.float64))
    return (2**0.5 * torch.erfinv(reach * even)).numpy()


def interpolations(
    population: Population, images: np.ndarray, steps: int, kind: str = "linear"
) -> np.ndarray:
    """(K, steps, D) decoded along the way between the codes of two images (2, D) in [0, 1].

    `kind` is one of `PATHS`. The first and the last are the two images' reconstructions;
    those of a member that diverged may be NaN. ValueError unless the images are floats in [0, 1].
    """
    mean, _ = population.encode(images)
    ends = mean.numpy()  # (K, 2, L)
    with np.errstate(invalid="ignore", over="ignore"):  # codes of members that diverged
        path = PATHS[kind](ends[:, 0], ends[:, 1], steps)
    return decode(population, path, diverged=True)
