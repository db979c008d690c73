"""What a population may be given: pixels and latents are checked where they come in.

A network multiplies whatever it is given. Pixels of 0 to 255 would saturate it, and its losses
would be numbers that mean nothing.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def checked_images(images: np.ndarray | Tensor) -> Tensor:
    """The images as a tensor of their own type.

    ValueError unless they are floats in [0, 1]; of which shape is not asked.
    """
    may_be = "must be floats in [0, 1], as `dataset.pixels(images)` gives them"
    pixels = _floats(images, "The pixels are", f"they {may_be}")
    lowest, highest = _extremes(pixels)
    if not (lowest >= 0 and highest <= 1):  # and NaN is neither
        wrong = highest if lowest >= 0 else lowest
        raise ValueError(f"A pixel is {wrong:g}; pixels {may_be}.")
    return pixels


def checked_normals(noise: np.ndarray | Tensor) -> Tensor:
    """The noise as a tensor of its own type; ValueError unless it is finite floats."""
    return _finite(
        _floats(noise, "The noise's numbers are", "they must be floats"), "A number of the noise"
    )


def checked_latents(latents: np.ndarray | Tensor, diverged: bool) -> Tensor:
    """The latents as a tensor of their own type.

    ValueError unless they are floats and, but for codes of members that `diverged`, finite.
    """
    codes = _floats(latents, "The latents are", "they must be finite floats")
    return codes if diverged else _finite(codes, "A latent")


def _floats(values: np.ndarray | Tensor, names: str, may_be: str) -> Tensor:
    if isinstance(values, Tensor):
        floats, kind = values.is_floating_point(), str(values.dtype).removeprefix("torch.")
    else:
        values = np.array(values)  # a copy, since PyTorch warns of arrays that are read-only
        floats, kind = values.dtype.kind == "f", str(values.dtype)
    if not floats:
        raise ValueError(f"{names} of type {kind}; {may_be}.")
    if isinstance(values, Tensor):
        return values
    return torch.from_numpy(values.astype(values.dtype.newbyteorder("="), copy=False))


def _finite(values: Tensor, one: str) -> Tensor:
    lowest, highest = _extremes(values)
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        wrong = lowest if not np.isfinite(lowest) else highest
        raise ValueError(f"{one} is {wrong:g}; it must be a finite number.")
    return values


def _extremes(values: Tensor) -> tuple[float, float]:
    """The lowest and the highest number, both NaN where one is; 0 and 0 of none."""
    if not values.numel():
        return 0.0, 0.0
    lowest, highest = torch.aminmax(values)
    return lowest.item(), highest.item()
