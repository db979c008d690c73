"""How the arms of a race stand by one quantity: differences, leaders, order and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vae_explorer.experiment.arms import Arm
from vae_explorer.explain.statistics import (
    ALPHA,
    LEAST_SEEDS,
    MAIN_ALPHA,
    Difference,
    Family,
    Interval,
    interval,
)
from vae_explorer.explain.verdicts import Verdict, verdict
from vae_explorer.results.race import QUANTITIES, short, whole
from vae_explorer.results.scene import Scene

# Quantities that there are at any time of a race, and what its curves call them.
ON_CURVES = {"test_loss": "loss", "reconstruction": "reconstruction", "kl": "kl"}


@dataclass(frozen=True, eq=False)
class Standing:
    """The arms by one quantity, held against one of them.

    Only arms that are `whole` are compared: of those that lost seeds the ones that are left are the
    lucky ones, and what learned for fewer epochs than the rest would lose for that alone.
    """

    arms: tuple[Arm, ...]
    values: np.ndarray  # (A, S), an arm a row, a seed a column; NaN where there is none
    reference: int  # which arm
    better: int  # 1: more is, −1: less is, 0: neither
    whole: tuple[int, ...]  # arms
    diverged: Sequence[int] | np.ndarray  # (A,) how many seeds of each did
    unsettled: Sequence[int] | np.ndarray  # (A,) seeds of each with no negative ELBO that settles
    short: Sequence[float | None]  # (A,) epochs of those that learned for fewer than the rest
    alpha: float = ALPHA  # the chance, at most, that any statement on this quantity is false
    contrasts: Sequence[np.ndarray] = ()  # other sums of means that are tested, (A,) weights
    whole_numbers: bool = False  # counts, or shares of counts
    shared: bool = False  # measured once for all, so that seeds are no repeats of it
    ended: bool = True  # before, nothing is tested, and nobody leads

    def times(self, factor: float) -> Standing:
        """The same in another unit."""
        return replace(self, values=self.values * factor)

    @property
    def seeds(self) -> int:
        return int(self.values.shape[1])

    @cached_property
    def compared(self) -> np.ndarray:
        """(A, S) values of the arms that are compared; NaN of the others."""
        rows = np.isin(np.arange(len(self.arms)), self.whole)
        return np.where(rows[:, None], self.values, np.nan)

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """Mean of each arm over the seeds that it has; one measurement has no interval."""
        found = tuple(interval(each) for each in self.values)
        return tuple(_once(each) for each in found) if self.shared else found

    @cached_property
    def family(self) -> Family:
        """All differences between the arms that are compared."""
        return Family(
            self.compared,
            self.alpha,
            self.contrasts,
            self.whole_numbers,
            cautious=self.alpha < MAIN_ALPHA,
        )

    def difference(self, one: int, other: int) -> Difference:
        """An arm minus another; of what is not compared their mean difference alone."""
        if not self.tested or not {one, other} <= set(self.family.compared):
            count = 1 if self.shared else None
            return _untested(self.values[one] - self.values[other], count)
        return self.family.difference(one, other)

    @cached_property
    def differences(self) -> tuple[Difference | None, ...]:
        """Each arm minus the reference, None for itself."""
        return tuple(
            None if arm == self.reference else self.difference(arm, self.reference)
            for arm in range(len(self.arms))
        )

    @property
    def comparisons(self) -> int:
        """How many differences the correction is for."""
        return self.family.comparisons if self.tested else 0

    @property
    def tested(self) -> bool:
        """Whether differences can be tested at all."""
        return self.ended and not self.shared

    def comparable(self, arm: int) -> bool:
        """Whether the arm may be compared with the reference."""
        return {arm, self.reference} <= set(self.family.compared)

    def clear(self, arm: int) -> Difference | None:
        """The arm minus the reference, if they clearly differ."""
        found = self.differences[arm]
        return found if found is not None and found.clear else None

    @cached_property
    def leaders(self) -> tuple[int, ...]:
        """Arms that may be the best, the best mean first; nobody leads by one seed or two."""
        return self.family.leaders(self.better) if self.ranked and self.ended else ()

    def leaders_in(self, group: Sequence[int]) -> tuple[int, ...]:
        """As `leaders`, of a group of arms."""
        return self.family.leaders(self.better, group) if self.ranked and self.ended else ()

    @property
    def ranked(self) -> bool:
        """Whether arms can be told by it which is better."""
        return self.seeds >= LEAST_SEEDS and not self.shared and self.better != 0

    @cached_property
    def order(self) -> tuple[int, ...]:
        """All arms: whole ones, then those that lost seeds or epochs, last what has no number.

        Among each the best mean is first, or the largest where none is better. From one seed or two
        nothing follows, so that they stay as they were chosen.
        """
        whole, several = set(self.whole), self.seeds >= LEAST_SEEDS

        def place(arm: int) -> tuple[bool, bool, float]:
            mean = self.intervals[arm].mean
            if np.isnan(mean):
                return True, bool(self.diverged[arm]), 0.0
            return False, arm not in whole, -(self.better or 1) * mean if several else 0.0

        return tuple(sorted(range(len(self.arms)), key=place))

    @cached_property
    def ranks(self) -> tuple[int | None, ...]:
        """The place of each arm, counted from 1; None of what is in no order."""
        found: list[int | None] = [None] * len(self.arms)
        for place, arm in enumerate(self.order, start=1):
            if self.ranked and arm in self.whole and np.isfinite(self.intervals[arm].mean):
                found[arm] = place
        return tuple(found)

    def verdict(self, arm: int) -> Verdict:
        """What is said of the arm beside the reference."""
        return verdict(
            self.differences[arm],
            self.better,
            self.seeds,
            int(self.diverged[arm]),
            int(self.diverged[self.reference]),
            self.short[arm],
            self.short[self.reference],
            int(self.unsettled[arm]),
            int(self.unsettled[self.reference]),
            comparable=self.comparable(arm),
            shared=self.shared,
            ended=self.ended,
            uneven=self.tested and not self.family.uneven.isdisjoint((arm, self.reference)),
        )


def _once(found: Interval) -> Interval:
    return Interval(found.mean, np.nan, np.nan, min(found.count, 1))


def _untested(gaps: np.ndarray, most: int | None) -> Difference:
    """The mean of differences (S,), of which `most` count, with nothing concluded from it."""
    finite = gaps[np.isfinite(gaps)]
    count = len(finite) if most is None else min(len(finite), most)
    mean = float(finite.mean()) if count else np.nan
    return Difference(mean, np.nan, np.nan, count, 1.0, 1.0)


def standing_in(scene: Scene, quantity: str, reference: int) -> Standing:
    """How the arms stand at one time of a race, by one of `ON_CURVES`, with no verdict on it.

    What was looked at many times on the way would seem clear at some time by luck alone; and a
    point of a curve has one draw of z.
    """
    loss = scene.newest("loss")
    return Standing(
        arms=scene.arms,
        values=scene.newest(ON_CURVES[quantity]),
        reference=reference,
        better=QUANTITIES[quantity].better,
        whole=tuple(np.flatnonzero(whole(loss, scene.epochs)).tolist()),
        diverged=scene.diverged,
        unsettled=np.zeros(len(scene.arms), dtype=int),
        short=short(loss, scene.epochs),
        ended=False,
    )


def alpha_of(quantity: str) -> float:
    """The chance, at most, that any statement on one of QUANTITIES is false."""
    if quantity == "test_loss":
        return MAIN_ALPHA
    return (ALPHA - MAIN_ALPHA) / (sum(not each.shared for each in QUANTITIES.values()) - 1)
