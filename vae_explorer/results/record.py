"""What there is of a race: what it showed, the images it showed, and its numbers once it is judged.

The same while it trains, after it, and when it is opened again: only its weights are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from vae_explorer.experiment.arms import Arm, arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.race import Race
from vae_explorer.results.tuning import Tuning


@dataclass(frozen=True, eq=False)
class RaceRecord:
    """All of a race but its weights; `race` is None until it is judged."""

    experiment: Experiment
    history: History
    probe: ProbeImages
    race: Race | None = None
    tuning: Tuning | None = None  # of a tuned race, whether it is judged or not

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        return arms_of(self.experiment)

    @property
    def judged(self) -> Race:
        """Its numbers. ValueError where there are none yet."""
        if self.race is None:
            raise ValueError("The race is not judged yet.")
        return self.race
