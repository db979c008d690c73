"""What came of tuning: the loss of every trial, and so what each arm chose.

Trials are of arms with learning rates and kinds of initial weights, each from several seeds, on
validation images. A is arms, I kinds of initial weights, R rates, S seeds.
"""

from __future__ import annotations

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
        """For each arm which initial weights and which rate are best; None where none came through.

        By the mean with a standard error counted against it: a rate at which some seeds go astray
        is not chosen for those that did not.
        """
        seeds = self.losses.shape[3]
        error = self.losses.std(3, ddof=1) / np.sqrt(seeds) if seeds > 1 else 0.0
        return tuple(map(_lowest, self.means + error))

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
