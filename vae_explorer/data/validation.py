"""Images to choose by: some of those for training, kept aside from it."""

from __future__ import annotations

import dataclasses

import numpy as np

from vae_explorer.data.dataset import DataError, Dataset, Split
from vae_explorer.data.stratify import held_out

_SHARE = 0.2
_MOST = 2000  # images: as many tell learning rates apart by far less than seeds do


def with_validation(dataset: Dataset) -> Dataset:
    """The same set with validation images in the place of the test images.

    They are a fifth of the training images of each class, at most some 2,000 in all, always the
    same; the others are left to train on. No test image is in it, so that nothing that it chooses
    can have seen one. DataError where fewer than two can be kept aside.
    """
    train = dataset.train
    chosen = held_out(train.labels, _SHARE, _MOST, seed=0)
    if len(chosen) < 2:
        raise DataError(
            "To tune or to sweep keeps a fifth of the training images of each class aside; of "
            f"these {len(train.labels):,} that is fewer than two. Give it two of each of two "
            "classes or eight of one at least, or do neither."
        )
    rest = np.setdiff1d(np.arange(len(train.labels)), chosen)
    return dataclasses.replace(
        dataset,
        train=Split(train.images[rest], train.labels[rest]),
        test=Split(train.images[chosen], train.labels[chosen]),
        origin=f"{dataset.origin} To choose by, {len(chosen):,} for training are kept aside.",
    )
