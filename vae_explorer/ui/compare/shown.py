"""The race that the page shows: the one that trains, or a saved one that was opened."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from vae_explorer.jobs.job import Job
from vae_explorer.results.record import RaceRecord
from vae_explorer.ui.shared.session import current_job

PAGE = "compare"


def shown_race() -> RaceRecord | None:
    """The saved race that was opened last, or else the page's run once it has something to show."""
    opened: RaceRecord | None = st.session_state.get("compare.opened")
    if opened is not None:
        return opened
    job = current_job(PAGE)
    if job is None or job.record is None or not job.record.history:
        return None
    # As it is now: the job goes on adding to its own.
    return replace(job.record, history=job.record.history.copy())


def shown_job() -> Job | None:
    """The training process of the race that is shown, if it is no saved one."""
    return None if st.session_state.get("compare.opened") is not None else current_job(PAGE)


def overlay_race() -> RaceRecord | None:
    """The saved race that is laid over the one that is shown."""
    return st.session_state.get("compare.overlay")
