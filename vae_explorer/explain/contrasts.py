"""What else is tested of a race but its pairs of arms: trends of a sweep, and the sides of a grid.

Each is a sum of the arms' means by weights that add up to 0, so that it belongs to the same family
of statements as the pairs: see `statistics.Family`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from vae_explorer.experiment.arms import Arm
from vae_explorer.experiment.experiment import Experiment

SIDES = {"encoder": 0, "decoder": -1}  # of a grid: which name of an arm's activation key


def activation_groups(arms: tuple[Arm, ...]) -> dict[str, list[int]]:
    """The arms of each activation or pair, in the order of their swept values."""
    groups: dict[str, list[int]] = {}
    for row, arm in enumerate(arms):
        groups.setdefault(arm.activation_key, []).append(row)
    return {
        key: sorted(rows, key=lambda row: arms[row].value or 0.0) for key, rows in groups.items()
    }


def trend_contrasts(arms: tuple[Arm, ...], whole: Sequence[int]) -> dict[str, np.ndarray]:
    """Activation key to weights (A,): the slope over its swept values, from each to the next.

    That of the least-squares line through the means at 0, 1, 2, …; of groups that are whole.
    """
    found = {}
    for key, rows in activation_groups(arms).items():
        if len(rows) > 1 and set(rows) <= set(whole):
            places = np.arange(len(rows)) - (len(rows) - 1) / 2
            found[key] = np.zeros(len(arms))
            found[key][rows] = places / (places @ places)
    return found


def side_contrasts(
    arms: tuple[Arm, ...], whole: Sequence[int], side: str
) -> dict[tuple[str, str], np.ndarray]:
    """Two activations of one of SIDES to weights (A,): one less the other, over all else.

    An activation of which any arm cannot be compared is left out: its mean would be over others
    than the rest.
    """
    means = {
        name: np.isin(np.arange(len(arms)), rows) / len(rows)
        for name, rows in side_groups(arms, side).items()
        if set(rows) <= set(whole)
    }
    return {(one, other): means[one] - means[other] for one, other in combinations(means, 2)}


def side_groups(arms: tuple[Arm, ...], side: str) -> dict[str, list[int]]:
    """The arms of each activation of one of SIDES."""
    groups: dict[str, list[int]] = {}
    for row, arm in enumerate(arms):
        groups.setdefault(arm.activation_key.split(">")[SIDES[side]], []).append(row)
    return groups


def contrasts_of(
    experiment: Experiment, arms: tuple[Arm, ...], whole: Sequence[int]
) -> tuple[np.ndarray, ...]:
    """All of them that are looked at in a race of such an experiment."""
    found: list[np.ndarray] = []
    if experiment.sweep != "none":
        found += trend_contrasts(arms, whole).values()
    if experiment.decoder_activations:
        for side in SIDES:
            found += side_contrasts(arms, whole, side).values()
    return tuple(found)
