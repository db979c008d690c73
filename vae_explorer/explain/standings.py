"""How the arms of a race stand: the one reading of its numbers that all surfaces share.

Which differences may be stated, who leads, in which order the arms are named and in which words is
decided here, for sentences, tables, files and charts alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vae_explorer.experiment.arms import Arm
from vae_explorer.explain.statistics import Difference, Interval, differences, interval, leaders
from vae_explorer.explain.unused import all_alike
from vae_explorer.explain.verdicts import Verdict, verdict
from vae_explorer.results.race import QUANTITIES, MemberJudgement, Race, short, whole
from vae_explorer.results.scene import Scene

# Quantities that there are at any time of a race, and what its curves call them.
ON_CURVES = {"test_loss": "loss", "reconstruction": "reconstruction", "kl": "kl"}


@dataclass(frozen=True)
class Finding:
    """A sentence that a rule made from the numbers of a race."""

    rule: str
    arms: tuple[str, ...]  # keys of those that it speaks of
    sentence: str
    weight: float  # more is more important


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
    shared: bool = False  # measured once for all, so that seeds are no repeats of it

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
    def differences(self) -> tuple[Difference | None, ...]:
        """Each arm minus the reference, None for itself, corrected for all that are compared.

        Of what is not compared none is clear.
        """
        left = differences(self.values, self.reference)
        if self.shared:
            return tuple(each and _untested(each) for each in left)
        made = differences(self.compared, self.reference)
        return tuple(
            pair[0] if self.comparable(arm) else pair[1] and replace(pair[1], adjusted=1.0)
            for arm, pair in enumerate(zip(made, left))
        )

    @property
    def comparisons(self) -> int:
        """How many differences the correction is for."""
        if self.shared:
            return 0
        return sum(
            each is not None and self.comparable(arm) and each.count > 1
            for arm, each in enumerate(self.differences)
        )

    def comparable(self, arm: int) -> bool:
        """Whether the arm may be compared with the reference."""
        return {arm, self.reference} <= set(self.whole)

    def clear(self, arm: int) -> Difference | None:
        """The arm minus the reference, if they clearly differ."""
        found = self.differences[arm]
        return found if found is not None and found.clear else None

    @cached_property
    def leaders(self) -> tuple[int, ...]:
        """Arms that may be the best, the best mean first; nobody leads by one seed."""
        if self.seeds < 2 or self.shared or not self.better:
            return ()
        return leaders(self.compared, self.better, self.reference)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """All arms: whole ones, then those that lost seeds or epochs, last what has no number.

        Among each the best mean is first, or the largest where none is better. From one seed
        nothing follows, so that they stay as they were chosen.
        """
        whole = set(self.whole)

        def place(arm: int) -> tuple[bool, bool, float]:
            mean = self.intervals[arm].mean
            if np.isnan(mean):
                return True, bool(self.diverged[arm]), 0.0
            return False, arm not in whole, -(self.better or 1) * mean if self.seeds > 1 else 0.0

        return tuple(sorted(range(len(self.arms)), key=place))

    @cached_property
    def ranks(self) -> tuple[int | None, ...]:
        """The place of each arm, counted from 1; None of what is in no order."""
        ordered = self.better and not self.shared and self.seeds > 1
        found: list[int | None] = [None] * len(self.arms)
        for place, arm in enumerate(self.order, start=1):
            if ordered and arm in self.whole and np.isfinite(self.intervals[arm].mean):
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
        )


def _once(found: Interval) -> Interval:
    return Interval(found.mean, np.nan, np.nan, min(found.count, 1))


def _untested(found: Difference) -> Difference:
    return Difference(found.mean, np.nan, np.nan, min(found.count, 1), 1.0, 1.0)


def standing_in(scene: Scene, quantity: str, reference: int) -> Standing:
    """How the arms stand at one time of a race, by one of `ON_CURVES`."""
    loss = scene.newest("loss")
    return Standing(
        arms=scene.arms,
        values=scene.newest(ON_CURVES[quantity]),
        reference=reference,
        better=QUANTITIES[quantity].better,
        whole=tuple(np.flatnonzero(whole(loss, scene.epochs)).tolist()),
        diverged=scene.diverged,
        unsettled=np.zeros(len(scene.arms), dtype=int),  # a curve's point has one draw
        short=short(loss, scene.epochs),
    )


class Standings:
    """A race held against the arm with the key `reference`, by every quantity.

    `reference` is the first arm's by default; ValueError if no arm has the key.
    """

    def __init__(self, race: Race, reference: str | None = None):
        self.race = race
        self.arms = race.arms
        self.reference = 0 if reference is None else race.row(reference)
        self.diverged = race.diverged()  # (A,) seeds
        self.unsettled = race.unsettled()  # (A,) seeds
        self.epochs = race.epochs()  # (A,)
        self.short = race.short()  # (A,)
        self.whole = tuple(np.flatnonzero(race.whole()).tolist())  # arms
        self._found: dict[str, Standing] = {}

    def of(self, quantity: str) -> Standing:
        """By one of `QUANTITIES`, in what it is measured in; worked out once."""
        if quantity not in self._found:
            about = QUANTITIES[quantity]
            self._found[quantity] = Standing(
                arms=self.arms,
                values=self.race.values(quantity),
                reference=self.reference,
                better=about.better,
                whole=self.whole,
                diverged=self.diverged,
                unsettled=self.unsettled,
                short=self.short,
                shared=about.shared,
            )
        return self._found[quantity]

    # --- What sentences need ---

    @property
    def seeds(self) -> int:
        return self.race.experiment.seeds

    @property
    def one_seed(self) -> bool:
        return self.seeds < 2

    @cached_property
    def alike(self) -> bool:
        """Whether all arms are the same VAE by several names."""
        return all_alike(self.race.experiment, self.arms)

    @property
    def ended(self) -> str:
        """What arms that are compared did, and the others did not."""
        return "came to the end and settled" if self.unsettled.any() else "came to the end"

    @property
    def noun(self) -> str:
        """What the arms are, in the plural."""
        if self.race.experiment.sweep != "none":
            return "settings"
        return "pairs" if self.race.experiment.decoder_activations else "activations"

    def values(self, quantity: str) -> np.ndarray:
        """(A, S), NaN where there is none."""
        return self.of(quantity).values

    def interval(self, quantity: str, arm: int) -> Interval:
        return self.of(quantity).intervals[arm]

    def clear(self, quantity: str, arm: int) -> Difference | None:
        """The arm minus the reference, if they clearly differ."""
        return self.of(quantity).clear(arm)

    @property
    def leaders(self) -> tuple[int, ...]:
        """Arms that may have the lowest negative ELBO, lowest mean first."""
        return self.of("test_loss").leaders

    def others(self) -> list[int]:
        """All arms but the reference."""
        return [arm for arm in range(len(self.arms)) if arm != self.reference]

    def keys(self, *arms: int) -> tuple[str, ...]:
        return tuple(self.arms[arm].key for arm in arms)

    def labels(self, *arms: int) -> list[str]:
        return [self.arms[arm].label for arm in arms]

    @property
    def furthest(self) -> float:
        """Epochs of the arms that learned longest; fewer than planned if all were stopped."""
        return float(self.epochs.max())

    def finished(self, arm: int) -> list[MemberJudgement]:
        """The arm's members whose numbers are results."""
        members = [self.race.members[row] for row in self.arms[arm].rows]
        return [member for member in members if member.counts]

    def latent(self, arm: int) -> int:
        """Latent size of the arm's VAEs."""
        experiment = self.race.experiment
        value = self.arms[arm].value
        return experiment.latent if experiment.sweep != "latent" else int(value or 0)

    def over(self, count: int) -> str:
        """ "5 seeds", or what is left of them."""
        if count == self.seeds:
            return f"{count} seed{'s' * (count > 1)}"
        return f"{count} of {self.seeds} seeds"

    def means_over(self, arm: int) -> str:
        """What a mean over the arm's seeds is, in brackets."""
        count = len(self.finished(arm))
        return "(one seed)" if self.one_seed else f"(mean of {self.over(count)})"


def activation_groups(arms: tuple[Arm, ...]) -> dict[str, list[int]]:
    """The arms of each activation or pair, in the order of their swept values."""
    groups: dict[str, list[int]] = {}
    for row, arm in enumerate(arms):
        groups.setdefault(arm.activation_key, []).append(row)
    return {
        key: sorted(rows, key=lambda row: arms[row].value or 0.0) for key, rows in groups.items()
    }
