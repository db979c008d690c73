"""A balanced draw, the same on every machine and with every version of NumPy."""

import numpy as np
from numpy.typing import NDArray


def draw_per_class(labels: NDArray[np.uint8], per_class: int, seed: int) -> NDArray[np.intp]:
    """Positions of `per_class` labels of each class that occurs, in rising order.

    Raises
    ------
    ValueError
        A class has fewer than `per_class` labels.
    """
    # RandomState's stream is frozen for ever (NEP 19); that of a Generator is not.
    random = np.random.RandomState(seed)
    drawn = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < per_class:
            raise ValueError(f"Class {label} has {len(members)} images; {per_class} are needed.")
        drawn.append(random.permutation(members)[:per_class])
    return np.sort(np.concatenate(drawn))
