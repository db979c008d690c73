"""The buttons that steer a run."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import streamlit as st

from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.saving import zipped
from vae_explorer.ui.shared import session
from vae_explorer.ui.shared.pages import page
from vae_explorer.ui.shared.plain import plain
from vae_explorer.ui.shared.sidebar import LIVE

_LOOK_SECONDS = 2.0  # between two looks at whether a run that is at rest can still be saved


def apply_live_settings(job: Job, experiment: Experiment) -> None:
    """Hands settings that need no new run to this one, when they have changed."""
    told = st.session_state.get("told", {})
    if told.get("run") is not job:
        told = {"run": job} | {name: getattr(job.experiment, name) for name in LIVE}
    changes = {n: getattr(experiment, n) for n in LIVE if getattr(experiment, n) != told[n]}
    if changes:
        job.change(**changes)
    st.session_state.told = told | changes


def buttons(
    page: str,
    job: Job | None,
    experiment: Experiment,
    verb: str,
    judging: Judging | None = None,
    problem: str | None = None,
) -> None:
    """Train (or another verb), pause or resume; step; stop; reset. Each acts at once.

    To be drawn inside a row, to which a page may add its own. A `problem` with the settings keeps a
    run from starting: see `refusal`.
    """
    if job is None or job.has_ended:
        label = verb if job is None else f"{verb} anew"
        _start_buttons(page, experiment, label, judging, problem)
    else:
        _steering_buttons(job)
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        key="reset",
        disabled=job is None,
        on_click=session.discard_job,
        args=(page,),
        help="Forgets the run and its pictures.",
    )


def refusal(problem: str | None) -> None:
    """Says below the buttons, which keep their places, why no run can start."""
    if problem is not None:
        st.markdown(f":red[:material/error: {plain(problem)}]")


def save_button(job: Job) -> None:
    st.download_button(
        "Save",
        data=partial(zipped, job),
        file_name="vae-run.zip",
        mime="application/zip",
        icon=":material/download:",
        key="save",
        on_click="ignore",
        help="The run as it is now: configuration, curves and weights.",
    )


def explore_link(job: Job | None) -> None:
    """Leads to the canvas with the run's VAEs, once there are any: while it goes on, and after."""
    if job is None or job.snapshot is None or not job.can_be_told:
        return
    st.page_link(
        page("explore"),
        label="Explore these",
        icon=":material/travel_explore:",
        query_params={"run": job.name},
        help="Their latent planes under your pointer; while they train, with their newest weights.",
    )


def saving(job: Job) -> None:
    """Says why the run was not saved; draws the page anew when its process has gone.

    To be drawn below the buttons. It looks again by itself: nothing else tells a page at rest.
    """
    can_be_told = job.can_be_told
    every = _LOOK_SECONDS if can_be_told else None
    st.fragment(_saving, run_every=every)(job, can_be_told)


def _saving(job: Job, could_be_told: bool) -> None:
    if job.save_refused is not None:
        st.warning(
            f"It was not saved. {plain(job.save_refused)}", icon=":material/file_download_off:"
        )
    if could_be_told and not job.can_be_told:
        st.rerun()


def changes(job: Job, experiment: Experiment, live: Collection[str] = ()) -> None:
    """Says which settings wait for the next run; those in `live` never do."""
    changed = [
        setting.metadata["label"]
        for name, setting in SETTINGS.items()
        if name not in live and getattr(job.experiment, name) != getattr(experiment, name)
    ]
    if changed:
        st.caption(f"For the next run: {', '.join(changed).lower()}")


def _start_buttons(
    page: str, experiment: Experiment, label: str, judging: Judging | None, problem: str | None
) -> None:
    st.button(
        label,
        icon=":material/play_arrow:",
        key="train",
        type="primary",
        disabled=problem is not None,
        on_click=session.start_job,
        args=(page, experiment, judging),
    )
    st.button(
        "Step",
        icon=":material/skip_next:",
        key="first_step",
        disabled=problem is not None,
        on_click=session.start_job,
        args=(page, experiment, judging, False),
        help="Draws the initial weights and waits; every further step is one mini-batch.",
    )
    st.button("Stop", icon=":material/stop:", key="no_stop", disabled=True)


def _steering_buttons(job: Job) -> None:
    if job.state == "paused":
        st.button(
            "Resume",
            icon=":material/play_arrow:",
            key="resume",
            type="primary",
            on_click=session.tell,
            args=(job, job.resume),
        )
    else:
        st.button("Pause", icon=":material/pause:", key="pause", type="primary", on_click=job.pause)
    st.button(
        "Step",
        icon=":material/skip_next:",
        key="step",
        disabled=job.state == "starting",
        on_click=session.tell,
        args=(job, job.step),
        help="Trains on one mini-batch, then pauses.",
    )
    st.button(
        "Stop",
        icon=":material/stop:",
        key="stop",
        on_click=session.tell,
        args=(job, job.stop),
        help="Ends the run where it is; what it has learned stays.",
    )
