"""Differences between the arms of a race, with what may be concluded from them.

A seed is the same initial weights, batches and noise for every arm, so seeds are blocks. Interval
and verdict of a difference come from one procedure: a difference is clear where its interval leaves
0 out, and all intervals of a `Family` hold at once. The procedure is that of Games and Howell
(1976), "Pairwise Multiple Comparison Procedures with Unequal N's and/or Variances", on seeds as
blocks, with Sidak's correction in place of the studentised range, and with variances that arms
share: see `_spreads`. `benchmarks/verdicts.py` has how often it is wrong, and how much it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

LEVEL = 0.95  # of the interval of a mean
MAIN_ALPHA = 0.04  # of ALPHA, what the negative ELBO has; other quantities share the rest
LEAST_SEEDS = 3  # by fewer nothing is told apart: two hardly show how much seeds differ
ALPHA = 0.05  # the chance, at most, of any false statement of a clear difference on a page

_UNEVEN = 0.005  # chance of an arm to be called so where all have one spread
_OF_RACES = 0.8  # in which a difference of `found_difference` is found
_OWN = 0.7  # of an arm's own variance that counts where it is more than what all share
_SMALLEST = 1e-6  # of the largest value: a spread below it is the rounding of float32


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
    """An arm minus another. The interval is one of a family's, which all hold at once."""

    p_value: float  # of this difference alone; 1 where nothing is tested
    adjusted: float  # for all that the page says, to be held against ALPHA

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


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


class Family:
    """All differences between arms by one quantity.

    Parameters
    ----------
    values : (A, S) array
        An arm a row, a seed a column. An arm without a number for some seed is not compared: the
        seeds that are left are the lucky ones.
    alpha : float, optional
        The chance, at most, that any of its statements is false.
    contrasts : sequence of (A,) arrays, optional
        Other sums of the arms' means that are tested, by the weight of each arm; they add up to 0.
    whole_numbers : bool, optional
        Whether the values are counts or shares of counts, of which seeds may all have the same.
    cautious : bool, optional
        Whether the spread of an arm is known no better than its own seeds tell it. What arms share
        is not to be relied on where `alpha` is small: an arm that is uneven, and by chance does not
        look so, is then most of what is found.
    """

    def __init__(
        self,
        values: np.ndarray,
        alpha: float = ALPHA,
        contrasts: Sequence[np.ndarray] = (),
        whole_numbers: bool = False,
        cautious: bool = False,
    ):
        self._values = np.asarray(values, dtype=float)
        self._alpha = alpha
        self._contrasts = contrasts
        self._whole_numbers = whole_numbers
        self._cautious = cautious
        finite = np.isfinite(self._values).all(1)
        self._rows = np.flatnonzero(finite & (self._values.shape[1] >= LEAST_SEEDS))
        self.compared: tuple[int, ...] = tuple(self._rows.tolist())  # arms

    @cached_property
    def comparisons(self) -> int:
        """How many differences it is corrected for."""
        pairs = len(self.compared) * (len(self.compared) - 1) // 2
        return pairs + sum(map(self._tests, self._contrasts))

    def _tests(self, weights: np.ndarray) -> bool:
        """Whether all arms that a contrast weighs are compared."""
        return set(np.flatnonzero(weights)) <= set(self.compared)

    def difference(self, one: int, other: int) -> Difference:
        """An arm minus another, both of them compared."""
        weights = np.zeros(len(self._values))
        weights[one] += 1
        weights[other] -= 1
        return self.contrast(weights)

    def contrast(self, weights: np.ndarray) -> Difference:
        """A sum of the arms' means, as a difference is: by `weights` (A,), which add up to 0."""
        from scipy import special

        seeds = self._values.shape[1]
        weights = weights[self._rows]
        mean = float(weights @ self._values[self._rows].mean(1))
        variance, freedom, _ = self._spreads
        error, degrees = self._error(np.square(weights) * variance / seeds, freedom)
        p_value = float(2 * special.stdtr(degrees, -abs(mean) / error)) if error else 1.0
        half = float(self._half(error, degrees))
        return Difference(mean, mean - half, mean + half, seeds, p_value, self._adjusted(p_value))

    def _error(self, parts: np.ndarray, freedom: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Standard errors of sums of means, and their degrees of freedom.

        Of variances (..., n) that have so many degrees of freedom each: Welch (1947) and
        Satterthwaite (1946). What arms share is known no better by two of them.
        """
        total = parts.sum(-1)
        squares = (np.square(parts) / freedom).sum(-1)
        degrees = np.square(total) / np.where(squares > 0, squares, 1.0)
        degrees = np.clip(degrees, 1.0, None if self._cautious else self._spreads[1].max())
        return np.sqrt(total), degrees

    def _half(self, error: np.ndarray, degrees: np.ndarray) -> np.ndarray:
        """Half the widths of intervals that hold at once."""
        from scipy import special

        each = -np.expm1(np.log1p(-self._alpha) / self.comparisons)
        return error * -special.stdtrit(degrees, each / 2)

    def _adjusted(self, p_value: float) -> float:
        """For all of the family (Sidak 1967), and as much more as `alpha` is below ALPHA."""
        if p_value == 1:
            return 1.0
        of_family = -np.expm1(self.comparisons * np.log1p(-p_value))
        return float(min(1.0, of_family * ALPHA / self._alpha))

    # --- Arms that may be the best ---

    def leaders(self, better: int, group: Sequence[int] | None = None) -> tuple[int, ...]:
        """The arms, of a group or of all, that no other of them is clearly better than.

        `better` is 1 where more is, −1 where less is. Best mean first; one alone is the winner:
        multiple comparisons with the best, of Hsu (1996), by all pairs.
        """
        means = self._values.mean(1)
        places = {arm: place for place, arm in enumerate(self.compared)}
        arms = [arm for arm in (self.compared if group is None else group) if arm in places]
        rows = [places[arm] for arm in arms]
        gaps = better * self._clear_gaps[np.ix_(rows, rows)]
        left = [arm for arm, beside in zip(arms, gaps) if (beside >= 0).all()]
        return tuple(sorted(left, key=lambda arm: -better * means[arm]))

    def worse_by_error(self, better: int) -> np.ndarray:
        """(A,) mean of each arm, made worse by a standard error. NaN of what is not compared.

        By it an arm is chosen: one of a larger spread has to be better by that, or it is chosen for
        its luck. Over simulated races what is so chosen of the even leaders is nearer to the best
        than the best mean is, and far nearer than the least upper limit of the distance to the best
        (Hsu 1996), which hardly depends on an arm's own spread (benchmarks/README.md).
        """
        found = np.full(len(self._values), np.nan)
        if len(self._rows) > 1:
            error = np.sqrt(self._spreads[0] / self._values.shape[1])
            found[self._rows] = self._values[self._rows].mean(1) - better * error
        return found

    def largest(self) -> tuple[int, int] | None:
        """Of the pairs that clearly differ the one that does most, the larger mean first."""
        gaps = self._clear_gaps
        if not gaps.any():
            return None
        one, other = np.unravel_index(gaps.argmax(), gaps.shape)
        return self.compared[one], self.compared[other]

    @cached_property
    def _clear_gaps(self) -> np.ndarray:
        """(A, A) of the compared arms: the mean of one less another's, 0 where it is not clear."""
        means = self._values[self._rows].mean(1)
        gaps = means[:, None] - means
        if len(means) < 2:
            return np.zeros_like(gaps)
        variance, freedom, _ = self._spreads
        parts, degrees = (
            np.stack(np.broadcast_arrays(each[:, None], each), axis=-1)  # (A, A, 2)
            for each in (variance / self._values.shape[1], freedom)
        )
        half = self._half(*self._error(parts, degrees))
        return np.where(np.abs(gaps) > half, gaps, 0.0)

    @cached_property
    def uneven(self) -> frozenset[int]:
        """Arms whose seeds differ far more than those of the others."""
        if len(self.compared) < 2:
            return frozenset()
        return frozenset(self._rows[self._spreads[2]].tolist())

    # --- How much seeds differ ---

    @cached_property
    def _spreads(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = (_own_spreads if self._cautious else _spreads)(self._values[self._rows])
        variance, freedom, uneven = found
        return np.maximum(variance, self._least_variance), freedom, uneven

    @property
    def _least_variance(self) -> float:
        """Seeds that say the same do not say it for certain.

        Of whole numbers that of a seed which may as well have said the next; else of a rounding.
        """
        values = self._values[self._rows]
        rounding = _SMALLEST * np.abs(values).max()
        if not self._whole_numbers:
            return float(np.square(rounding))
        steps = np.diff(np.unique(values))
        steps = steps[steps > rounding]  # 3 of 30 units are as many as 2 of 20
        return float(np.square(steps.min() / 2)) if len(steps) else 0.0


def _spreads(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A,) variance of each arm over seeds, its degrees of freedom, and whether it is uneven.

    Of (A, S), with what a seed does to all arms taken out (Grubbs 1948, "On Estimating Precision of
    Measuring Instruments"). Arms share the mean of their variances, which few seeds tell apart; one
    whose own is larger has `_OWN` of it. An arm is uneven if its own is so large that it is none of
    them: such an arm has its own, and no part in what the others share.
    """
    seeds = values.shape[1]
    own, shared, even = _told_apart(values)
    large = even & (_OWN * own > shared)
    variance = np.where(large, _OWN * own, np.where(even, shared, np.maximum(own, shared)))
    freedom = np.where(even & ~large, (even.sum() - 1) * (seeds - 1), seeds - 1)
    return variance, freedom, ~even


def _own_spreads(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `_spreads`: of each arm its own variance, at least what the even ones have on average."""
    own, shared, even = _told_apart(values)
    return np.maximum(own, shared), np.full(len(values), values.shape[1] - 1), ~even


def _told_apart(values: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """(A,) own variances of (A, S), the mean of those that are even, and which these are."""
    from scipy import special

    arms, seeds = values.shape
    even = np.ones(arms, dtype=bool)
    limit = special.chdtri(seeds - 1, _UNEVEN) / special.chdtri(seeds - 1, 0.5)
    own, shared = _variances(values, even)
    for _ in range(2):
        found = own <= limit * np.median(own)
        even = found if found.sum() > 2 else np.ones(arms, dtype=bool)
        own, shared = _variances(values, even)
    return own, shared, even


def _variances(values: np.ndarray, even: np.ndarray) -> tuple[np.ndarray, float]:
    """(A,) own variances of (A, S), never below 0, and the mean of those that are even."""
    count = int(even.sum())
    centred = values - values.mean(1, keepdims=True)
    rest = centred - centred[even].mean(0)
    squares = np.square(rest).sum(1) / (values.shape[1] - 1)
    shared = squares[even].sum() / (count - 1)
    own = squares - shared / count
    if count > 2:
        own = np.where(even, own * count / (count - 2), own)
    else:  # of two arms only the difference is known
        own = np.where(even, shared, own)
    return np.maximum(own, 0.0), float(shared)


def found_difference(arms: int, seeds: int) -> float:
    """How far two arms have to differ to be told apart in four of five races.

    In standard deviations of a seed, of arms that differ by chance alike. Half of the interval of a
    pair, and as much more as the luck of four of five races takes away. NaN where there are too few
    seeds, or nothing to compare.
    """
    from scipy import special

    if arms < 2 or seeds < LEAST_SEEDS:
        return np.nan
    freedom = (arms - 1) * (seeds - 1)
    each = -np.expm1(np.log1p(-MAIN_ALPHA) / (arms * (arms - 1) / 2))
    reach = special.stdtrit(freedom, 1 - each / 2) + special.stdtrit(freedom, _OF_RACES)
    # An arm whose spread is large by chance has its own; with few seeds that takes more away.
    return float(reach * np.sqrt(2 / seeds) * (1 + 1 / seeds))


def paired_share(values: np.ndarray) -> float:
    """How much of the variance of a difference of two arms' seeds pairing takes out, at most 1.

    Of (A, S), over all pairs of arms with a number for each seed; below 0 where seeds do the
    contrary to different arms. NaN where there are too few of either.
    """
    known = values[np.isfinite(values).all(1)]
    if len(known) < 2 or known.shape[1] < LEAST_SEEDS:
        return np.nan
    covariance = np.cov(known)
    own = (len(known) - 1) * np.trace(covariance)
    between = covariance.sum() - np.trace(covariance)
    return float(between / own) if own > 0 else np.nan
