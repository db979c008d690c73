"""The race that the page shows: the one that trains, or a saved one that was opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from vae_explorer.experiment.arms import Arm, arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs.job import Job
from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.race import Race
from vae_explorer.results.record import SavedRace
from vae_explorer.ui.shared.session import current_job

PAGE = "compare"


@dataclass(frozen=True, eq=False)
class ShownRace:
    """One race, however it came to the page."""

    experiment: Experiment
    history: History
    probe: ProbeImages
    race: Race | None  # once it is judged
    job: Job | None  # the training process, if it is not a saved race

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        return arms_of(self.experiment)

    @property
    def is_unjudged(self) -> bool:
        """Whether it was trained and has ended, and its numbers could not be measured."""
        ended = self.job is not None and self.job.has_ended
        return ended and self.race is None and self.history.places[-1] > 0


def shown_race() -> ShownRace | None:
    """The saved race that was opened last, or else the page's run once it has something to show."""
    opened: SavedRace | None = st.session_state.get("compare.opened")
    if opened is not None:
        return ShownRace(opened.race.experiment, opened.history, opened.probe, opened.race, None)
    job = current_job(PAGE)
    if job is None or job.ready is None or not job.history:
        return None
    ready = job.ready
    return ShownRace(
        experiment=job.experiment,
        history=job.history.copy(),
        probe=ready.probe,
        race=job.race,
        job=job,
    )


def overlay_race() -> SavedRace | None:
    """The saved race that is laid over the one that is shown."""
    return st.session_state.get("compare.overlay")
