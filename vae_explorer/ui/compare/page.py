"""The Compare page, from the side bar down."""

from __future__ import annotations

import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.explain.statistics import LEAST_SEEDS
from vae_explorer.explain.verdicts import few, power
from vae_explorer.explain.words import epochs_of, images_of
from vae_explorer.jobs.job import Job
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.scene import scene_at
from vae_explorer.ui.compare import clock, files, meaning, state, tuning
from vae_explorer.ui.compare.pictures import side_by_side
from vae_explorer.ui.compare.shown import PAGE, shown_job, shown_race
from vae_explorer.ui.compare.standings import standings
from vae_explorer.ui.shared import preview, session, sidebar, steady, toolbar
from vae_explorer.ui.shared.address import leads
from vae_explorer.ui.shared.live_figure import load_plotly
from vae_explorer.ui.shared.recall import recall_job
from vae_explorer.ui.shared.status import REFRESH_SECONDS, status
from vae_explorer.ui.shared.words import explained

_SENTENCE = (
    "Which activation, and is it luck? Thin: one VAE a seed; thick: their mean, with its "
    "95 % interval."
)
_LAST_JOB = "compare.last_run"
# As tall at the end, when a line is left, as with the bar above the race: nothing below moves.
_STEADY = "<style>.st-key-compare_status { min-height: 2.6rem; }</style>"


def page() -> None:
    """Draws the whole page."""
    address_leads = leads(PAGE)
    experiment, problem = sidebar.sidebar(sidebar.COMPARE, address_leads)
    job = session.current_job(PAGE)
    state.current(experiment, address_leads)
    state.keep(experiment)
    _see_new_job(job)
    seen = _look(job)  # before anything is drawn: what changes from here on is drawn again
    st.markdown(
        f"##### {_SENTENCE}", help=explained("race", "seed", "thick", "interval", "clearly")
    )
    shown = shown_race()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        toolbar.buttons(PAGE, job, experiment, "Race", Judging(), problem)
        files.buttons()
        files.downloads(shown, shown_job())
        toolbar.explore_link(job)
    toolbar.refusal(problem)
    session.show_notices()
    if job is not None:
        toolbar.saving(job)
    if job is None and shown is None:
        _before(experiment)
    else:
        _view(job, experiment, seen)
    load_plotly()
    recall_job(PAGE)


def _see_new_job(job: Job | None) -> None:
    """A race that was just started is what its starter wants to see, from its beginning.

    One that a reload brings back comes when it is free: what was opened by then stays.
    """
    if job is st.session_state.get(_LAST_JOB):
        return
    st.session_state[_LAST_JOB] = job
    if job is not None and session.has_started(PAGE):
        files.close("opened")
    if st.session_state.get("compare.opened") is None:
        clock.forget()


def _before(experiment: Experiment) -> None:
    if experiment.seeds < LEAST_SEEDS:
        st.info(
            f"{few(experiment.seeds).capitalize()} an activation: an example, not a result. Choose "
            f"{LEAST_SEEDS} or more to learn what is luck.",
            icon=":material/casino:",
        )
    elif line := power(experiment):
        st.caption(f":material/straighten: {line}")
    preview.view(experiment, "Race")


def _look(job: Job | None) -> tuple[bool, bool, str]:
    """What buttons and timer depend on: an animation, whether new may come, and the job's state."""
    live = job is not None and job.is_live
    return clock.is_playing(), live, "" if job is None else job.state


def _view(job: Job | None, experiment: Experiment, seen: tuple[bool, bool, str]) -> None:
    """Draws the race, again and again while something new may come or an animation plays."""
    playing, live, _ = seen
    every = clock.PLAY_SECONDS if playing else REFRESH_SECONDS
    st.fragment(_draw, run_every=every if playing or live else None)(job, experiment, seen)


def _draw(job: Job | None, experiment: Experiment, seen: tuple[bool, bool, str]) -> None:
    shown = shown_race()
    with st.container(key="compare_status", gap="xsmall"):
        st.html(_STEADY)
        if shown is not None and shown_job() is None:
            _opened(shown)
        elif job is not None:
            status(job, freezes=False)  # the curves and the leaderboard say which diverged
            toolbar.changes(job, experiment)
        steady.end(3)
    if shown is None:
        if job is not None and job.tuning is not None:
            tuning.view(job.tuning, job.experiment, ended=False)
        elif job is not None and job.state != "failed":
            st.skeleton(height=460)
    else:
        _race(shown)
    if _look(job) != seen:
        st.rerun()  # buttons and the timer are outside this fragment


def _opened(shown: RaceRecord) -> None:
    """Which race this is: the side bar and the buttons are those of another."""
    race, experiment = shown.race, shown.experiment
    images = DATASETS[experiment.dataset].label if race is None else images_of(race)
    where = race and race.environment
    made = f", made {where.made[:10]}" if where else ""
    st.caption(
        f":material/folder_open: A saved race{made}: {images}, "
        f"{len(shown.arms)} × {experiment.seeds} VAEs, {race and epochs_of(race)}. "
        "*Saved races* closes it."
    )


def _race(shown: RaceRecord) -> None:
    preview.no_activation(shown.experiment)
    index = clock.place(shown)
    at_end = index in (-1, len(shown.history) - 1)
    scene = scene_at(shown.experiment, shown.history, index)
    standings(shown, scene, at_end)
    meaning.findings(shown, at_end)
    side_by_side(shown, scene, index)
