"""How the arms of a race stand: the one reading of its numbers that all surfaces share.

Which differences may be stated, who leads, in which order the arms are named and in which words is
decided here, for sentences, tables, files and charts alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vae_explorer.explain.contrasts import contrasts_of
from vae_explorer.explain.standing import Standing, alpha_of
from vae_explorer.explain.statistics import LEAST_SEEDS, MAIN_ALPHA, Difference, Family, Interval
from vae_explorer.explain.unused import all_alike
from vae_explorer.results.race import QUANTITIES, MemberJudgement, Race

MARGIN = 0.005  # of the loss: less is not worth a choice between two activations


@dataclass(frozen=True)
class Finding:
    """A sentence that a rule made from the numbers of a race."""

    rule: str
    arms: tuple[str, ...]  # keys of those that it speaks of
    sentence: str
    weight: float  # more is more important


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
        self._contrasts = contrasts_of(race.experiment, race.arms, self.whole)
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
                alpha=alpha_of(quantity),
                contrasts=self._contrasts,
                whole_numbers=about.whole_numbers,
                shared=about.shared,
            )
        return self._found[quantity]

    # --- What sentences need ---

    @property
    def seeds(self) -> int:
        return self.race.experiment.seeds

    @property
    def example(self) -> bool:
        """Whether so few seeds show no more than an example."""
        return self.seeds < LEAST_SEEDS

    @property
    def one_seed(self) -> bool:
        return self.seeds == 1

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

    @property
    def uneven(self) -> tuple[int, ...]:
        """Leaders whose seeds are too uneven to tell: that none is clearly better says little.

        None where all leaders are so.
        """
        found = tuple(a for a in self.leaders if a in self.of("test_loss").family.uneven)
        return found if len(found) < len(self.leaders) else ()

    @property
    def even_leaders(self) -> tuple[int, ...]:
        """The leaders but for those."""
        return tuple(arm for arm in self.leaders if arm not in self.uneven)

    @property
    def every(self) -> range:
        """All arms."""
        return range(len(self.arms))

    @cached_property
    def safest(self) -> tuple[int, ...]:
        """Even leaders to take, the safest first: others are within `margin` of it.

        By `Family.worse_by_error`, so that none is among them for a mean that its spread allows.
        """
        means = self.choosing
        finite = [arm for arm in self.even_leaders if np.isfinite(means[arm])]
        if len(finite) < 2:  # one alone has nothing to be held against
            return tuple(finite) or self.even_leaders
        known = sorted(finite, key=lambda arm: float(means[arm]))
        return tuple(arm for arm in known if means[arm] <= means[known[0]] + self.margin)

    @cached_property
    def choosing(self) -> np.ndarray:
        """(A,) what arms are chosen by, lower is better: means that an error is counted against.

        Where a setting is swept they are on validation images, so that what is said of the choice
        on test images is no number that chose it.
        """
        if not self.race.validation_images:
            return self.of("test_loss").family.worse_by_error(-1)
        rows = np.isin(self.every, self.whole)[:, None]
        values = np.where(rows, self.race.validation(), np.nan)
        return Family(values, MAIN_ALPHA).worse_by_error(-1)

    @property
    def margin(self) -> float:
        """Nats that are not worth a choice: a share `MARGIN` of the lowest mean loss."""
        return MARGIN * abs(self.interval("test_loss", self.leaders[0]).mean)

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
