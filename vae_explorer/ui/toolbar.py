"""The buttons that steer a run."""

from __future__ import annotations

import streamlit as st

from vae_explorer.config import SETTINGS, Experiment
from vae_explorer.runs import Run
from vae_explorer.ui import session
from vae_explorer.ui.controls import LIVE


def apply_live_settings(run: Run, experiment: Experiment) -> None:
    """Hands changed settings that need no new run to the run."""
    told = st.session_state.setdefault("told", {})
    if told.get("run") is not run:
        told = {"run": run, **{name: getattr(run.experiment, name) for name in LIVE}}
        st.session_state.told = told
    changes = {n: getattr(experiment, n) for n in LIVE if getattr(experiment, n) != told[n]}
    if changes:
        run.change(**changes)
        told.update(changes)


def buttons(run: Run | None, experiment: Experiment | None) -> None:
    """Train, pause or resume; step; stop; reset. Each takes effect before the page is redrawn."""
    state = run.state if run else "idle"
    ended = state in ("idle", "finished", "stopped", "failed")
    startable = experiment is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if state in ("starting", "running"):
            st.button("Pause", icon=":material/pause:", on_click=run.pause, key="pause", type="primary")
        elif state == "paused":
            st.button(
                "Resume", icon=":material/play_arrow:", on_click=run.resume, key="resume",
                type="primary",
            )
        else:
            st.button(
                "Train" if state == "idle" else "Train anew",
                icon=":material/play_arrow:",
                on_click=session.start_run,
                args=(experiment,),
                disabled=not startable,
                key="train",
                type="primary",
            )
        if ended:
            st.button(
                "Step", icon=":material/skip_next:", key="first_step", disabled=not startable,
                help="Draws the initial weights and waits: every further step is one mini-batch.",
                on_click=session.start_run, args=(experiment, False),
            )
        else:
            st.button(
                "Step", icon=":material/skip_next:", key="step", on_click=run.step,
                disabled=state == "starting", help="Trains on one mini-batch, then pauses.",
            )
        st.button(
            "Stop", icon=":material/stop:", key="stop", disabled=ended,
            on_click=run.stop if run else None, help="Ends the run; what it learned stays.",
        )
        st.button(
            "Reset", icon=":material/restart_alt:", key="reset", disabled=run is None,
            on_click=session.discard_run, help="Forgets the run and its pictures.",
        )
        if run is not None and experiment is not None:
            changed = _changed(run.experiment, experiment)
            if changed:
                st.caption(f"For the next run: {', '.join(changed).lower()}")


def _changed(run: Experiment, wanted: Experiment) -> list[str]:
    """Labels of the settings in which a new run would differ, save those that change live."""
    return [
        setting.metadata["label"]
        for name, setting in SETTINGS.items()
        if name not in LIVE and getattr(run, name) != getattr(wanted, name)
    ]
