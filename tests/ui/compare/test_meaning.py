"""What the Compare page says beside its leaderboard of a race that has been judged."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.helpers.races import plain
from vae_explorer.ui.compare import meaning
from vae_explorer.ui.shared.plain import plain as plain_text


@pytest.fixture
def drawn(monkeypatch):
    """The texts that the page draws, in their order."""
    texts: list[str] = []
    monkeypatch.setattr(meaning.st, "session_state", {})
    monkeypatch.setattr(meaning.st, "caption", texts.append)
    monkeypatch.setattr(meaning.st, "markdown", texts.append)
    monkeypatch.setattr(meaning.state, "reference_key", lambda shown: "relu")
    return texts


def shown(race):
    return SimpleNamespace(race=race, experiment=race.experiment)


def test_how_far_a_stopped_race_got_is_said_before_what_it_means(drawn):
    meaning.advice(shown(plain({"relu": 30.0, "gelu": 28.0}, epochs=7.5)), at_end=True)
    assert drawn[0].endswith(plain_text("The race was stopped at epoch 7.5 of 30."))
    advised = "For Digits (8×8) with these settings, at learning rate 0.005, shared by all, "
    assert drawn[1].startswith(f"**{plain_text(advised + 'take GELU.')}**")


def test_of_one_that_came_to_its_end_it_is_not(drawn):
    meaning.advice(shown(plain({"relu": 30.0, "gelu": 28.0})), at_end=True)
    assert len(drawn) == 1 and "stopped" not in drawn[0]


def test_that_no_activation_is_used_comes_first(drawn):
    race = plain({"relu": 30.0, "gelu": 30.0}, settings={"hidden": ()})
    meaning.advice(shown(race), at_end=True)
    assert drawn[0].startswith("**Without hidden layers no activation is used")
