"""What changes while the Compare page is drawn is not missed: there may be nothing after it."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from streamlit.testing.v1 import AppTest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.jobs.job import Job
from vae_explorer.ui.compare import page
from vae_explorer.ui.shared import session

DRAWN = ("sidebar", "state", "files", "preview", "standings", "meaning", "scene_at", "status")
STEPS = ("toolbar.buttons", "files.downloads", "session.show_notices", "status")


class Rerun(Exception):
    """What Streamlit's own rerun raises."""


@pytest.fixture
def job(monkeypatch):
    """A race that is being judged, on a page that draws nothing."""
    job = SimpleNamespace(state="judging", is_live=True)
    screen = MagicMock()
    screen.fragment = lambda draw, run_every: draw
    screen.rerun.side_effect = Rerun
    screen.session_state = {page._LAST_JOB: job}
    monkeypatch.setattr(page, "st", screen)
    for name in (*DRAWN, "toolbar", "leads", "load_plotly", "recall_job", "side_by_side"):
        monkeypatch.setattr(page, name, MagicMock())
    page.sidebar.sidebar.return_value = (MagicMock(), None)
    shown = SimpleNamespace(experiment=None, history=[])
    monkeypatch.setattr(page, "shown_race", lambda: shown)
    monkeypatch.setattr(page, "shown_job", lambda: job)
    session = MagicMock()
    session.current_job.return_value = job
    monkeypatch.setattr(page, "session", session)
    clock = MagicMock()
    clock.is_playing.return_value = False
    monkeypatch.setattr(page, "clock", clock)
    return job


@pytest.mark.parametrize("step", STEPS)
def test_a_race_that_is_judged_while_the_page_is_drawn_is_drawn_again(job, step):
    def judged(*_, **__):
        job.state, job.is_live = "finished", False

    drawing = page
    for name in step.split("."):
        drawing = getattr(drawing, name)
    drawing.side_effect = judged
    with pytest.raises(Rerun):
        page.page()


def test_what_has_not_changed_is_drawn_once(job):
    page.page()
    job.state, job.is_live = "finished", False
    page.page()


def see_the_job():
    """A run of the page, as far as it is about races that were opened."""
    import streamlit as st

    from vae_explorer.ui.compare.page import PAGE, _see_new_job
    from vae_explorer.ui.shared import session

    if (token := st.session_state.pop("free", None)) is not None:
        session.take_up_job(PAGE, token)
    if (experiment := st.session_state.pop("start", None)) is not None:
        session.start_job(PAGE, experiment, running=False)
    if st.session_state.pop("reset", False):
        session.discard_job(PAGE)
    _see_new_job(session.current_job(PAGE))


RACE = Experiment(dataset="digits", activations=("relu", "tanh"), hidden=(8,), seeds=2)


@pytest.fixture
def opened(monkeypatch) -> AppTest:
    """The page with a saved race that was opened, and gone back in, before its own is there."""
    monkeypatch.setattr(session, "_presence", lambda: lambda: False)
    app = AppTest.from_function(see_the_job, default_timeout=60)
    app.session_state["compare.opened"] = "a race"
    app.session_state["compare.opened.turn"] = 0
    app.run()
    app.session_state["compare.time_shown"] = 3.0
    return app


def test_a_reload_brings_back_a_race_behind_the_one_that_was_opened_meanwhile(opened):
    job = Job(RACE, Judging(), owner_is_there=lambda: False, running=False)
    try:
        opened.session_state["free"] = job.token
        opened.run()
        assert not opened.exception
        assert opened.session_state["compare.run"] is job
        assert opened.session_state["compare.opened"] == "a race"
        assert opened.session_state["compare.time_shown"] == 3.0
        opened.session_state["reset"] = True  # of the one behind
        opened.run()
        assert opened.session_state["compare.opened"] == "a race"
        assert opened.session_state["compare.time_shown"] == 3.0
    finally:
        job.close()


def test_a_race_that_is_started_is_shown_from_its_beginning(opened):
    opened.session_state["start"] = RACE
    opened.run()
    try:
        assert not opened.exception
        assert "compare.opened" not in opened.session_state
        assert "compare.time_shown" not in opened.session_state
    finally:
        opened.session_state["compare.run"].close()
