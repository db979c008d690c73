"""What changes while the Compare page is drawn is not missed: there may be nothing after it."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from vae_explorer.ui.compare import page

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
    for name in (*DRAWN, "toolbar", "load_plotly", "recall_job", "side_by_side"):
        monkeypatch.setattr(page, name, MagicMock())
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
