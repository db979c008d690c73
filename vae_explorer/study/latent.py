"""Paths and views of the latent space, on plain arrays."""

from __future__ import annotations

import numpy as np


def linear_path(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """(K, steps, L) along the straight line between start and end, both (K, L)."""
    weights = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    return start[:, None] * (1 - weights) + end[:, None] * weights


def spherical_path(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """(K, steps, L) along the great circle between start and end, both (K, L).

    Direction turns at a constant angle and length changes evenly, so a path between two codes does
    not pass near the origin as the straight line does (White 2016, "Sampling Generative
    Networks", section 2.1). Where directions are the same, opposite or none it is the straight
    line.
    """
    start, end = start.astype(np.float64), end.astype(np.float64)  # float32 hides small angles
    lengths = [np.linalg.norm(ends, axis=-1, keepdims=True) for ends in (start, end)]
    units = [ends / np.maximum(length, 1e-12) for ends, length in zip((start, end), lengths)]
    cosine = np.clip((units[0] * units[1]).sum(-1), -1, 1)[:, None, None]  # (K, 1, 1)
    angle = np.arccos(cosine)
    weights = np.linspace(0, 1, steps)[:, None]
    sine = np.sin(angle)
    shorter = np.minimum(*lengths)[:, None]
    flat = (sine < 1e-4) | (shorter < 1e-12)
    safe = np.where(flat, 1, sine)
    turned = (
        np.sin((1 - weights) * angle) / safe * units[0][:, None]
        + np.sin(weights * angle) / safe * units[1][:, None]
    )
    length = linear_path(lengths[0], lengths[1], steps)
    path = np.where(flat, linear_path(start, end, steps), turned * length)
    return path.astype(np.float32)


PATHS = {"linear": linear_path, "spherical": spherical_path}
PATH_LABELS = {kind: kind.capitalize() for kind in PATHS}


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (L,) and the first two principal axes (L, 2) of points (N, L); L of 2 or more.

    Signs are fixed (the largest entry of an axis is positive), so that a picture that is drawn
    anew while training goes on does not flip.
    """
    wide = points.astype(np.float64)  # float32 cannot hold sums of the largest
    centre = wide.mean(0)
    _, _, rows = np.linalg.svd(wide - centre, full_matrices=False)
    axes = rows[:2].T
    largest = np.abs(axes).argmax(0)
    axes *= np.sign(axes[largest, range(axes.shape[1])])
    return centre.astype(points.dtype), axes.astype(points.dtype)


def plane_axes(mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (L,) and axes (L, 2) of the plane in which one member's codes (N, L) are shown.

    Up to two latent dimensions are the plane; more are cut along the first two principal axes.
    """
    latent = mean.shape[1]
    if latent <= 2 or not np.isfinite(mean).all():
        return np.zeros(latent, dtype=mean.dtype), np.eye(latent, 2, dtype=mean.dtype)
    return principal_axes(mean)


def turned_towards(axes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Axes (L, 2) of the same plane, turned or mirrored within it to lie near others (L, 2).

    The orthogonal Procrustes problem (Schönemann 1966). Principal axes may change their signs, or
    places, with every step of a training.
    """
    left, _, right = np.linalg.svd(axes.T @ others)
    return axes @ (left @ right)


def on_plane(
    points: np.ndarray, base: np.ndarray, centre: np.ndarray, axes: np.ndarray
) -> np.ndarray:
    """Latents (P, L) under points (P, 2) of the plane that goes through the code base (L,).

    `centre` and `axes` are those of `plane_axes`. In all directions but the plane's own the latents
    are held at the base.
    """
    return base + (points - (base - centre) @ axes) @ axes.T


def path_along(latents: np.ndarray, steps: int, kind: str) -> np.ndarray:
    """((P - 1) · steps + 1, L): a path through latents (P, L), P of 2 or more.

    `steps` lead from each to the next; `kind` is one of `PATHS`.
    """
    legs = PATHS[kind](latents[:-1], latents[1:], steps + 1)  # (P - 1, steps + 1, L)
    return np.concatenate([legs[:, :-1].reshape(-1, latents.shape[1]), latents[-1:]])


def plane(mean: np.ndarray, log_variance: np.ndarray) -> tuple[np.ndarray, tuple[str, str]]:
    """Points (P, 2) of one member's codes (P, L) for a picture, and the axes' names.

    Two latent dimensions are shown as they are, one beside its posterior's standard deviation,
    and more along the codes' first two principal axes.
    """
    if mean.shape[1] == 2:
        return mean, ("z₁", "z₂")
    if mean.shape[1] == 1:
        return np.hstack([mean, np.exp(0.5 * log_variance)]), ("z", "its standard deviation")
    if not np.isfinite(mean).all():
        return mean[:, :2], ("principal axis 1", "principal axis 2")
    centre, axes = principal_axes(mean)
    return (mean - centre) @ axes, ("principal axis 1", "principal axis 2")
