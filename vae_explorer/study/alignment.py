"""Latent spaces turned so that they can be compared.

The prior is the same in every direction, so where a VAE puts its axes is luck: two that learned the
same may be turned or mirrored. Procrustes analysis finds the rotation or reflection that brings the
codes of shared images closest (Schönemann 1966, "A generalized solution of the orthogonal
Procrustes problem"); lengths are left alone, as the prior gives them a meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vae_explorer.study.latent import plane, plane_axes


def aligned(codes: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Codes (P, L), turned about the origin onto a reference's codes (P, L) of the same images.

    Codes that are not finite, as of a VAE that diverged, come back as they are.
    """
    from scipy.linalg import orthogonal_procrustes

    if not (np.isfinite(codes).all() and np.isfinite(reference).all()):
        return codes
    # In float64: VAEs on the way to diverge have codes whose products float32 cannot hold.
    wide = codes.astype(np.float64)
    rotation, _ = orthogonal_procrustes(wide, reference.astype(np.float64))
    with np.errstate(over="ignore"):  # beyond float32 is infinite
        return (wide @ rotation).astype(codes.dtype)


def likeness(codes: np.ndarray, reference: np.ndarray) -> float:
    """How alike two sets of codes (P, L) are once aligned and scaled: 1 is the same, 0 unrelated.

    One minus SciPy's Procrustes disparity. NaN where it is not defined.
    """
    from scipy.spatial import procrustes

    try:
        return 1.0 - float(procrustes(reference, codes)[2])
    except ValueError:  # not finite, or all codes in one place
        return float("nan")


def side_by_side(
    means: Sequence[np.ndarray], log_variances: Sequence[np.ndarray], align: bool
) -> tuple[np.ndarray, tuple[str, str]]:
    """Points (M, P, 2) of M members' codes (P, L) of the same images, and the axes' names.

    Where sizes differ, axes have no names. Aligned, each is turned onto the first with codes of its
    size, and all with more than two dimensions are seen along that one's principal axes; else each
    is seen along its own. One dimension has nothing to turn but its sign.
    """
    first: dict[int, np.ndarray] = {}
    points = []
    titles: list[tuple[str, str]] = []
    for mean, log_variance in zip(means, log_variances):
        latent = mean.shape[1]
        shown, title = plane(mean, log_variance)
        reference = first.setdefault(latent, mean)
        if align and latent == 1:
            shown = np.hstack([aligned(mean, reference), shown[:, 1:]])
        elif align:
            centre, axes = plane_axes(reference)
            shown = (aligned(mean, reference) - centre) @ axes
        points.append(shown)
        titles.append(title)
    names = titles[0] if len(first) == 1 else ("", "")
    return np.stack(points).astype(np.float32), names
