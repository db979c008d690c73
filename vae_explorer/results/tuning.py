"""What came of tuning: the loss of every trial, and so what each arm chose.

Trials are of arms with learning rates, each from several seeds, on validation images. A is arms, R
rates, S seeds.
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
    losses: np.ndarray  # (A, R, S) negative ELBO on the validation images, in nats; NaN: none
    images: int  # for validation
    train_images: int  # that the trials learned from
    seconds: float  # of their training and judging

    @cached_property
    def means(self) -> np.ndarray:
        """(A, R) over the seeds; NaN where one diverged: those that are left are the lucky ones."""
        return self.losses.mean(2)

    @cached_property
    def choices(self) -> tuple[int | None, ...]:
        """For each arm which rate is best; None where none came through.

        By the mean with a standard error counted against it: a rate at which some seeds go astray
        is not chosen for those that did not.
        """
        seeds = self.losses.shape[2]
        error = self.losses.std(2, ddof=1) / np.sqrt(seeds) if seeds > 1 else 0.0
        return tuple(
            int(np.nanargmin(found)) if np.isfinite(found).any() else None
            for found in self.means + error
        )

    @property
    def chosen(self) -> tuple[float | None, ...]:
        """The rates themselves."""
        return tuple(None if each is None else self.rates[each] for each in self.choices)

    @property
    def trials(self) -> int:
        """VAEs that were trained."""
        return int(self.losses.size)
