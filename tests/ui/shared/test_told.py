"""What a late browser tells of what is no longer on the page: nothing comes of it, and no error."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.helpers.session import State
from vae_explorer.ui.compare import clock, files
from vae_explorer.ui.explore import page, presenter, state
from vae_explorer.ui.explore.talk import Talk
from vae_explorer.ui.shared import recall, session, sidebar
from vae_explorer.ui.shared import told as module
from vae_explorer.ui.shared.told import told


@pytest.fixture
def held(monkeypatch) -> State:
    """What the session holds: nothing of any widget or component."""
    held = State(view="a view", view_id="1", talk=Talk("A talk"))
    for each in (clock, files, page, presenter, state, recall, session, sidebar, module):
        monkeypatch.setattr(each, "st", SimpleNamespace(session_state=held))
    return held


def refuse() -> None:
    raise AssertionError("Nothing was taken.")


LATE = {
    "a key of the talk": presenter._step,
    "a row of the talk": lambda: presenter._act("show", 0),
    "the canvas": page._take_from_canvas,
    "the tab's run": lambda: recall._take_up("train", "train.recall"),
    "the slider": lambda: clock._moved([0.0, 1.0], told(clock._SLIDER, "moved")),
    "a file": lambda: files._take("compare.opened.file.0", "opened", refuse),
    "a preset": lambda: sidebar._take_preset(sidebar.TRAIN),
}


@pytest.mark.parametrize("what", LATE)
def test_what_is_told_too_late_changes_nothing(held, what):
    before = dict(held)
    LATE[what]()
    held.pop("canvas_told", None)  # that the canvas told nothing
    assert held == before


def test_what_is_told_in_time_is_heard(held):
    held["keys"] = {"step": 1}
    assert told("keys", "step") == 1
    assert told("keys", "other") is None
    assert told("none", "step") is None
