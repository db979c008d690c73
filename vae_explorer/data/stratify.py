"""Images chosen by their class, the same on every machine and with every version of NumPy."""

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


def matched(labels: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Positions of as many labels of each class as `others` has of it, in rising order.

    They are spread evenly over the class: its first images may be the easy ones. Of a class that
    has fewer, all are taken.
    """
    chosen = []
    for label, count in zip(*np.unique(others, return_counts=True)):
        members = np.flatnonzero(labels == label)
        steps = np.linspace(0, len(members) - 1, min(count, len(members)))
        chosen.append(members[steps.round().astype(int)])
    return np.sort(np.concatenate(chosen))


def held_out(labels: NDArray[np.uint8], share: float, most: int, seed: int) -> NDArray[np.intp]:
    """Positions of about `share` of the labels of each class, in rising order.

    Of all together at most about `most`. A class of two or more gives one at least and keeps one;
    a class of one gives none.
    """
    random = np.random.RandomState(seed)
    share = min(share, most / len(labels))
    drawn = []
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        count = min(max(1, round(share * len(members))), len(members) - 1)
        drawn.append(members[:count])
    return np.sort(np.concatenate(drawn))
