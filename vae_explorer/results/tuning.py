"""What came of tuning: the loss of every trial, and so what each arm chose.

Trials are of arms with learning rates and kinds of initial weights, each from several seeds, on
validation images. A is arms, I kinds of initial weights, R rates, S seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vae_explorer.results.arrays import ReadOnly


@dataclass(frozen=True, eq=False)
class Tuning(ReadOnly):
    """The trials of a race, of which some may not have ended yet."""

    rates: tuple[float, ...]  # that were tried, rising
    inits: tuple[str, ...]  # likewise; one where they are not tuned
    losses: np.ndarray  # (A, I, R, S) negative ELBO on the validation images, in nats; NaN: none
    images: int  # for validation
    train_images: int  # that the trials learned from
    seconds: float  # of their training and judging

    @cached_property
    def means(self) -> np.ndarray:
        """(A, I, R) over seeds; NaN where one diverged: those that are left are the lucky ones."""
        return self.losses.mean(3)

    @cached_property
    def choices(self) -> tuple[tuple[int, int] | None, ...]:
        """For each arm which initial weights and which rate it takes; None where none came through.

        The lowest rate whose mean is within a standard error of the best, with the same initial
        weights: the one standard error rule of Breiman et al. (1984), "Classification and
        Regression Trees", section 3.4.3. What is no worse by the luck of the seeds and goes astray
        less often is taken. The error is that of all arms at their best together.
        """
        best = [_lowest(means) for means in self.means]
        error = self._error([(arm, *each) for arm, each in enumerate(best) if each is not None])
        return tuple(
            None if each is None else (each[0], _first(means[each[0]], means[each] + error))
            for each, means in zip(best, self.means)
        )

    def _error(self, places: Sequence[tuple[int, int, int]]) -> float:
        """The standard error of a mean over seeds, from the spread in all of some trials."""
        seeds = self.losses.shape[3]
        if seeds < 2 or not places:
            return 0.0
        variance = np.mean([self.losses[place].var(ddof=1) for place in places])
        return float(np.sqrt(variance / seeds))

    @property
    def chosen(self) -> tuple[tuple[float, str] | None, ...]:
        """The rates and initial weights themselves."""
        return tuple(
            None if each is None else (self.rates[each[1]], self.inits[each[0]])
            for each in self.choices
        )

    @property
    def trials(self) -> int:
        """VAEs that were trained."""
        return int(self.losses.size)


def _lowest(values: np.ndarray) -> tuple[int, int] | None:
    """Where the lowest finite one of values (I, R) is."""
    if not np.isfinite(values).any():
        return None
    init, rate = np.unravel_index(int(np.nanargmin(values)), values.shape)
    return int(init), int(rate)


def _first(values: np.ndarray, most: float) -> int:
    """Where the first of values (R,) is that is no more than `most`."""
    return int(np.flatnonzero(values <= most)[0])
