"""What a widget of the Compare page tells of the view, and what it must not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from vae_explorer.ui.compare import state
from vae_explorer.ui.compare.view import RaceView

ON_CURVES, ALL = ("test_loss", "kl"), ("test_loss", "kl", "bound")


@pytest.fixture(autouse=True)
def session(monkeypatch) -> dict:
    """A session whose view is by the bound."""
    session = {"compare.view": state.Held(RaceView(judged="bound"))}
    monkeypatch.setattr(state, "st", SimpleNamespace(session_state=session))
    monkeypatch.setattr(state, "keep_in_address", lambda query: None)
    return session


def sends(session: dict, widget: dict, value: str | None) -> None:
    """A browser sends what that widget shows."""
    session[widget["key"]] = value
    widget["on_change"](*widget["args"])


def test_a_choice_by_hand_is_the_view(session):
    sends(session, state.widget("judged", options=ALL), "kl")
    assert state.held().view.judged == "kl"
    sends(session, state.widget("judged", options=ALL), "bound")
    assert state.held().view.judged == "bound"


def test_what_is_shown_for_want_of_the_choice_is_no_choice(session):
    shown = state.widget("judged", options=ON_CURVES)
    assert session[shown["key"]] == "test_loss"
    sends(session, shown, "test_loss")
    assert state.held().view.judged == "bound"
    sends(session, shown, "kl")
    assert state.held().view.judged == "kl"


def test_a_widget_that_was_replaced_chooses_nothing(session):
    before = state.widget("judged", options=ON_CURVES)
    now = state.widget("judged", options=ALL)
    assert before["key"] != now["key"] and session[now["key"]] == "bound"
    for value in ("test_loss", "kl", None):
        sends(session, before, value)
    assert state.held().view.judged == "bound"
    assert state.widget("judged", options=ALL)["key"] == now["key"]


def test_a_widget_that_holds_nothing_yet_chooses_nothing(session):
    sends(session, state.widget("judged", options=ALL), None)
    assert state.held().view.judged == "bound"
