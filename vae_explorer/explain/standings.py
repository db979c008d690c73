"""A race with its statistics, each worked out once, and the finding that a rule makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vae_explorer.experiment.arms import Arm
from vae_explorer.explain.statistics import Difference, Interval, differences, interval, leaders
from vae_explorer.explain.unused import all_alike
from vae_explorer.results.race import QUANTITIES, MemberJudgement, Race


@dataclass(frozen=True)
class Finding:
    """A sentence that a rule made from the numbers of a race."""

    rule: str
    arms: tuple[str, ...]  # keys of those that it speaks of
    sentence: str
    weight: float  # more is more important


class Facts:
    """A race, held against the arm with the key `reference`."""

    def __init__(self, race: Race, reference: str):
        self.race = race
        self.arms = race.arms
        self.reference = race.row(reference)
        self.diverged = race.diverged()  # (A,) seeds
        self.epochs = race.epochs()  # (A,)
        self._values: dict[str, np.ndarray] = {}
        self._differences: dict[str, tuple[Difference | None, ...]] = {}

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

    @cached_property
    def whole(self) -> list[int]:
        """The arms that can be compared."""
        return np.flatnonzero(self.race.whole()).tolist()

    @property
    def noun(self) -> str:
        """What the arms are, in the plural."""
        if self.race.experiment.sweep != "none":
            return "settings"
        return "pairs" if self.race.experiment.decoder_activations else "activations"

    def values(self, quantity: str) -> np.ndarray:
        """(A, S), NaN where there is none."""
        if quantity not in self._values:
            self._values[quantity] = self.race.values(quantity)
        return self._values[quantity]

    def interval(self, quantity: str, arm: int) -> Interval:
        return interval(self.values(quantity)[arm])

    def clear(self, quantity: str, arm: int) -> Difference | None:
        """The arm minus the reference, if they clearly differ and both are whole."""
        if QUANTITIES[quantity].shared or not {arm, self.reference} <= set(self.whole):
            return None
        if quantity not in self._differences:
            found = differences(self.race.compared(quantity), self.reference)
            self._differences[quantity] = found
        difference = self._differences[quantity][arm]
        return difference if difference is not None and difference.clear else None

    @cached_property
    def leaders(self) -> tuple[int, ...]:
        """Arms that may have the lowest negative ELBO, lowest mean first; whole ones alone."""
        if self.one_seed:
            return ()
        return self.leaders_by("test_loss")

    def leaders_by(self, quantity: str) -> tuple[int, ...]:
        return leaders(self.race.compared(quantity), QUANTITIES[quantity].better, self.reference)

    def others(self) -> list[int]:
        """All arms but the reference."""
        return [arm for arm in range(len(self.arms)) if arm != self.reference]

    def keys(self, *arms: int) -> tuple[str, ...]:
        return tuple(self.arms[arm].key for arm in arms)

    def labels(self, *arms: int) -> list[str]:
        return [self.arms[arm].label for arm in arms]

    @property
    def furthest(self) -> float:
        """Epochs of the arms that learned longest: fewer than planned where the race was stopped
        before its first shape came to its end."""
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
