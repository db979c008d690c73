"""Differences between the arms of a race, seed by seed, with their uncertainty.

Seeds are paired across arms: the same seed is the same initial weights, batches and noise, so what
is compared is an arm's difference to another within each seed (paired t tests). Many
comparisons are corrected by Holm's method (1979, "A simple sequentially rejective multiple test
procedure"), which keeps the chance of any false statement at `ALPHA` or below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

LEVEL = 0.95  # of every interval
ALPHA = 0.05  # the chance, at most, of any false statement among all of one kind


@dataclass(frozen=True)
class Interval:
    """A mean over seeds and its t interval; `low` and `high` are NaN from fewer than two seeds."""

    mean: float
    low: float
    high: float
    count: int  # of the seeds that have a value

    @property
    def half(self) -> float:
        """Half its width: the number behind a ±."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Difference(Interval):
    """An arm minus the reference, over the seeds in which both have a value."""

    p_value: float  # of the paired t test; 1 from fewer than two pairs, or if nothing differs
    adjusted: float  # after Holm's correction for all comparisons with this reference

    @property
    def clear(self) -> bool:
        return self.adjusted < ALPHA


def interval(values: np.ndarray) -> Interval:
    """Of values (S,); what is not finite is left out. A mean of nothing is NaN."""
    mean, low, high = intervals(np.asarray(values, dtype=float)[None])[:, 0]
    return Interval(float(mean), float(low), float(high), int(np.isfinite(values).sum()))


def intervals(values: np.ndarray) -> np.ndarray:
    """(3, A, ...): mean, low and high over the seeds of (A, S, ...), at every point of curves."""
    from scipy import special

    finite = np.isfinite(values)
    count = finite.sum(1)
    some = np.maximum(count, 1)
    mean = np.where(count > 0, np.where(finite, values, 0.0).sum(1) / some, np.nan)
    squares = np.where(finite, np.square(values - mean[:, None]), 0.0).sum(1)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1))
    reach = special.stdtrit(np.maximum(count - 1, 1), (1 + LEVEL) / 2)
    half = np.where(count > 1, reach * deviation / np.sqrt(some), np.nan)
    return np.stack([mean, mean - half, mean + half])


def compare(values: np.ndarray, pairs: Sequence[tuple[int, int]]) -> tuple[Difference, ...]:
    """Of values (A, S), one arm minus another for each pair, corrected for all that are compared.

    Pairs with fewer than two seeds in which both have a value are not: nothing is tested of them,
    so nothing that is said of others needs a correction for them.
    """
    gaps = [values[one] - values[other] for one, other in pairs]
    found = [interval(gap) for gap in gaps]
    p_values = np.array([_p_value(gap) for gap in gaps])
    tested = np.array([each.count > 1 for each in found], dtype=bool)
    adjusted = np.ones(len(pairs))
    adjusted[tested] = holm(p_values[tested])
    return tuple(
        Difference(each.mean, each.low, each.high, each.count, float(p), float(corrected))
        for each, p, corrected in zip(found, p_values, adjusted)
    )


def differences(values: np.ndarray, reference: int) -> tuple[Difference | None, ...]:
    """Of values (A, S), each arm minus the arm `reference`; None for the reference itself."""
    others = [arm for arm in range(len(values)) if arm != reference]
    made = dict(zip(others, compare(values, [(arm, reference) for arm in others])))
    return tuple(made.get(arm) for arm in range(len(values)))


def leaders(values: np.ndarray, better: int, reference: int | None = None) -> tuple[int, ...]:
    """The arms of (A, S) that may be the best, best mean first; one alone is the winner.

    `better` is 1 where more is, −1 where less is. Out are arms that another is clearly better than,
    after Holm's correction for every pair of arms: among arms that do not differ, one is left alone
    with a chance of at most `ALPHA`. Out as well are arms that have no value for some seed, as one
    that diverged, save where all arms have such seeds. From one seed nothing follows: all are in.

    With a `reference`, the clear ones of `differences` count too. They are fewer comparisons, so
    they may find what is not clear among all pairs, and nobody is told both.
    """
    return leaders_within(values, better, [range(len(values))], reference)[0]


def leaders_within(
    values: np.ndarray,
    better: int,
    groups: Sequence[Sequence[int]],
    reference: int | None = None,
) -> tuple[tuple[int, ...], ...]:
    """The leaders of each group of the arms of (A, S), as `leaders` has them; no arm is in two.

    The correction is for every pair in any of the groups: that one winner or more is false has a
    chance of at most `ALPHA`, however many groups there are.
    """
    standing = [_standing(values, group) for group in groups]
    pairs = [pair for arms in standing for pair in combinations(arms, 2)]
    compared = dict(zip(pairs, compare(values, pairs)))
    if reference is not None:
        known = enumerate(differences(values, reference))
        near = next((arms for arms in standing if reference in arms), ())
        against = {(arm, reference): each for arm, each in known if each and arm in near}
    else:
        against = {}
    beaten = set()
    for (one, other), difference in [*compared.items(), *against.items()]:
        if difference.clear:
            beaten.add(other if better * difference.mean > 0 else one)
    means = {arm: better * np.nanmean(values[arm]) for arms in standing for arm in arms}
    return tuple(
        tuple(sorted((a for a in arms if a not in beaten), key=means.__getitem__, reverse=True))
        for arms in standing
    )


def _standing(values: np.ndarray, arms: Sequence[int]) -> list[int]:
    """Those with a value for every seed; where none has, those with any."""
    finite = np.isfinite(values)
    return [a for a in arms if finite[a].all()] or [a for a in arms if finite[a].any()]


def holm(p_values: Sequence[float] | np.ndarray) -> list[float]:
    """Adjusted p values: the smallest times their count, the next times one less, never falling."""
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(order), 0, -1)
    adjusted = np.maximum.accumulate(np.asarray(p_values, dtype=float)[order] * factors)
    back = np.empty(len(order))
    back[order] = np.minimum(adjusted, 1.0)
    return back.tolist()


def _p_value(differences: np.ndarray) -> float:
    """Of the two-sided t test that differences (S,) have mean 0; 1 where nothing can be said."""
    from scipy import special

    finite = differences[np.isfinite(differences)]
    if len(finite) < 2 or not finite.any():
        return 1.0
    error = finite.std(ddof=1) / np.sqrt(len(finite))
    if error == 0:
        return 0.0
    return float(2 * special.stdtr(len(finite) - 1, -abs(finite.mean() / error)))
