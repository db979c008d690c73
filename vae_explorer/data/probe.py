"""The probe images: the same few test images, watched through every run on a set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data import Dataset

_PROBED = 500  # enough to see a latent space, few enough to draw once a second


class Probe:
    """Test images chosen by the set alone, so that runs and activations show the same.

    Attributes
    ----------
    pixels : (P, D) float32 in [0, 1]; labels : (P,) uint8
        The first of each class in turn, twice, then the others as they come. A class that has
        fewer images is passed over.
    shown : int
        How many of the first ones are drawn as pictures: at least 2, of at least 2 test images.
    default_path : (int, int)
        The two that interpolations join until others are chosen.
    """

    def __init__(self, dataset: Dataset):
        labels = dataset.test.labels
        order = np.random.default_rng(0).permutation(len(labels))
        classes = range(len(dataset.info.class_names))
        by_class = [order[labels[order] == k] for k in classes]
        shown = np.concatenate([some[turn : turn + 1] for turn in range(2) for some in by_class])
        rest = order[~np.isin(order, shown)]
        chosen = np.concatenate([shown, rest])[:_PROBED]
        self.images = dataset.test.images[chosen]  # (P, D) uint8
        self.labels = labels[chosen]
        self.pixels = dataset.pixels(self.images)
        self.shown = len(shown)
        self.default_path = (1, 0)


def image_names(labels: NDArray[np.uint8], class_names: Sequence[str]) -> list[str]:
    """A name for each of some images with `labels` (N,), and no two alike.

    The first of a class has its name, the next are ``7 (another)``, ``7 (number 3)`` and so on.
    """
    seen: dict[int, int] = {}
    names = []
    for label in labels.tolist():
        seen[label] = seen.get(label, 0) + 1
        which = {1: "", 2: " (another)"}.get(seen[label], f" (number {seen[label]})")
        names.append(class_names[label] + which)
    return names
