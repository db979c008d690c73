"""The Compare page, from the side bar down."""

from __future__ import annotations

import streamlit as st

from vae_explorer.config import Experiment
from vae_explorer.judgement import Judging
from vae_explorer.runs import Run
from vae_explorer.scene import scene_at
from vae_explorer.ui import before, controls, session, toolbar
from vae_explorer.ui.compare import clock, files, meaning
from vae_explorer.ui.compare.pictures import side_by_side
from vae_explorer.ui.compare.shown import PAGE, ShownRace, shown_race
from vae_explorer.ui.compare.standings import standings
from vae_explorer.ui.figure import load_plotly
from vae_explorer.ui.status import status

_SENTENCE = (
    "Which activation, and is it luck? Thin: one VAE a seed; thick: their mean, with its "
    "95 % interval."
)
_REFRESH_SECONDS = 0.8


def page() -> None:
    """Draws the whole page."""
    experiment = controls.sidebar(controls.COMPARE)
    run = session.current_run(PAGE)
    if experiment is not None:
        # One setting at least: an address without any opens the first preset.
        query = experiment.to_query() or {"dataset": experiment.dataset}
        controls.keep_in_address(query)
    st.markdown(f"##### {_SENTENCE}")
    opened = shown_race()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        toolbar.buttons(PAGE, run, experiment, "Race", Judging())
        files.buttons(opened)
        if run is not None and experiment is not None:
            toolbar.changes(run, experiment)
    session.show_notices()
    if run is None and opened is None:
        if experiment is not None:
            _before(experiment)
    else:
        _view(run)
    load_plotly()


def _before(experiment: Experiment) -> None:
    if experiment.seeds == 1:
        st.info(
            "One seed shows an example, not a result: choose three or more to learn what is luck.",
            icon=":material/casino:",
        )
    before.view(experiment, "Race")


def _view(run: Run | None) -> None:
    """Draws the race, again and again while something new may come or an animation plays."""
    changing = _changing(run)
    every = clock.PLAY_SECONDS if clock.is_playing() else _REFRESH_SECONDS
    state = "" if run is None else run.state
    st.fragment(_draw, run_every=every if any(changing) else None)(run, changing, state)


def _changing(run: Run | None) -> tuple[bool, bool]:
    return clock.is_playing(), run is not None and run.is_live


def _draw(run: Run | None, changing: tuple[bool, bool], state: str) -> None:
    shown = shown_race()
    if run is not None and (shown is None or shown.run is not None):
        status(run)
    if shown is None:
        if run is not None and run.state != "failed":
            st.skeleton(height=460)
    else:
        _race(shown)
    if changing != _changing(run) or (run is not None and state != run.state):
        st.rerun()  # buttons and the timer depend on it, and are outside this fragment


def _race(shown: ShownRace) -> None:
    index = clock.place(shown)
    at_end = index in (-1, len(shown.history) - 1)
    scene = scene_at(shown.experiment, shown.history, index)
    standings(shown, scene, at_end)
    meaning.findings(shown)
    side_by_side(shown, scene, index)
    if not shown.is_live:
        files.downloads(shown, index)
