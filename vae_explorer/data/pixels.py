"""Pixels as zeros and ones, drawn with their grey as the probability of a one.

Stochastic binarisation as in Burda, Grosse and Salakhutdinov (2016), "Importance Weighted
Autoencoders", section 5.1: training images are drawn anew whenever they are seen. Images that a
loss is measured on are drawn once, always the same, so that losses can be compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data import Dataset, Split

_ROWS = 2000  # images that are drawn at once: their uniform numbers take 13 MB at 784 pixels


def drawn_once(images: NDArray[np.uint8], levels: int) -> NDArray[np.uint8]:
    """Zeros and ones of 8-bit images (N, D), whose white is `levels`; the same at every call.

    NumPy's RandomState never changes its numbers, and a script of "show me the code" draws the same
    with it.
    """
    stream = np.random.RandomState(0)
    drawn = np.empty_like(images)
    for start in range(0, len(images), _ROWS):
        grey = images[start : start + _ROWS] / np.float32(levels)
        np.less(stream.random_sample(grey.shape), grey, out=drawn[start : start + _ROWS])
    return drawn


def measured_images(dataset: Dataset, split: Split, pixels: str) -> NDArray[np.float32]:
    """(N, D) in [0, 1]: a split's images as losses are measured on them, with the setting `pixels`.

    To measure on a part of them, take it from these: a draw belongs to an image's place.
    """
    if pixels == "binarised":
        return drawn_once(split.images, dataset.info.levels).astype(np.float32)
    return dataset.pixels(split.images)


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Images in [0, 1] as uint8; what is not a number is black."""
    return np.rint(np.nan_to_num(images, nan=0) * 255).astype(np.uint8)
