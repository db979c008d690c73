"""Images in memory, and the error that says why they are not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.sets import DatasetInfo


class DataError(Exception):
    """Images cannot be had; the message is one sentence for the user: what, where, and why."""


@dataclass(frozen=True, eq=False)
class Split:
    """Images with their labels, read-only, so that every run can share one copy."""

    images: NDArray[np.uint8]
    """(N, D), row-major pixels of each image, C-contiguous."""
    labels: NDArray[np.uint8]
    """(N,)"""

    def __post_init__(self) -> None:
        self.images.setflags(write=False)
        self.labels.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A set of images, split for training and testing."""

    info: DatasetInfo
    train: Split
    test: Split
    image_set: str
    """The entry of `IMAGE_SETS` that was asked for."""
    origin: str
    """One sentence: where these images came from."""

    def pixels(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Brightness from 0 to 1 of images of this set; any shape, kept."""
        return np.divide(images, np.float32(self.info.levels), dtype=np.float32)
