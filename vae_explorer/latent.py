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


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (L,) and the first two principal axes (L, 2) of points (N, L); L of 2 or more.

    Signs are fixed (the largest entry of an axis is positive), so that a picture that is drawn
    anew while training goes on does not flip.
    """
    centre = points.mean(0)
    _, _, rows = np.linalg.svd(points - centre, full_matrices=False)
    axes = rows[:2].T
    largest = np.abs(axes).argmax(0)
    return centre, axes * np.sign(axes[largest, range(axes.shape[1])])


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
