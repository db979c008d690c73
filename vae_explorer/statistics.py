"""Differences between arms of a race, seed by seed, with their uncertainty.

(interfaces; see the docstrings)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95  # of every interval
ALPHA = 0.05  # chance at most of any false statement among all of one kind


@dataclass(frozen=True)
class Interval:
    """A mean over seeds with the t interval of it; low and high are NaN from fewer than two."""

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Difference:
    """An arm minus the reference, over the seeds in which both have a value."""

    mean: float
    low: float
    high: float
    pairs: int
    p_value: float  # of the paired t test; NaN from fewer than two pairs
    adjusted: float  # after Holm's correction for all comparisons with this reference
    clear: bool  # adjusted below ALPHA


def interval(values: np.ndarray) -> Interval:
    """Of (S,) values; what is not finite is left out."""
    raise NotImplementedError


def intervals(values: np.ndarray) -> np.ndarray:
    """(3, A, ...) mean, low and high over the seeds of (A, S, ...), for curves."""
    raise NotImplementedError


def differences(values: np.ndarray, reference: int) -> tuple[Difference | None, ...]:
    """Of (A, S) values, each arm minus the reference; None for the reference itself."""
    raise NotImplementedError


def leaders(values: np.ndarray, better: int) -> tuple[int, ...]:
    """Arms that no other is clearly better than, best mean first; one alone is the winner."""
    raise NotImplementedError
