"""What can be taken away of a race, judged or not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from tests.helpers.saved_races import saved_race
from vae_explorer.ui.compare import files
from vae_explorer.ui.compare.state import Held
from vae_explorer.ui.compare.view import RaceView


@pytest.fixture(scope="module")
def saved():
    return saved_race()


@pytest.fixture
def offered(monkeypatch):
    """The labels of the buttons that may be pressed, for a race and its job."""
    screen = MagicMock()
    monkeypatch.setattr(files, "st", screen)
    monkeypatch.setattr(files, "state", MagicMock())

    def offered(saved, race, **job) -> list[str]:
        screen.reset_mock()
        job = SimpleNamespace(**job)
        files.downloads(replace(saved, race=race), job)
        if screen.popover.call_args.kwargs["disabled"]:
            return []
        buttons = screen.download_button.call_args_list
        return [call.args[0] for call in buttons if not call.kwargs.get("disabled")]

    return offered


def test_all_of_a_judged_race_is_offered(offered, saved):
    labels = offered(saved, saved.race, has_ended=True, can_be_told=True)
    assert labels[:4] == ["Report", "CSV", "JSON", "Race as zip"]


def test_runs_of_a_race_that_could_not_be_judged_are_offered(offered, saved):
    labels = offered(saved, None, has_ended=True, can_be_told=True)
    assert labels[0] == "Runs as zip"
    assert all(label.endswith("as GIF") for label in labels[1:])


def test_what_only_the_process_can_save_goes_with_it(offered, saved):
    labels = offered(saved, saved.race, has_ended=True, can_be_told=False)
    assert "Race as zip" not in labels and "CSV" in labels
    assert "Runs as zip" not in offered(saved, None, has_ended=True, can_be_told=False)


def test_a_report_that_cannot_be_made_is_a_page_that_says_so(monkeypatch, saved):
    """And takes no zip with it."""

    def fail(*_):
        raise ValueError("<it> broke")

    monkeypatch.setattr(files, "race_report", fail)
    given = []
    monkeypatch.setattr(files, "zipped_race", lambda *parts: given.append(parts))
    held = Held(RaceView())
    page = files._report(saved, held)
    assert "could not be made: ValueError(&#x27;&lt;it&gt; broke&#x27;)" in page
    files._zip(saved, "job", held)
    assert given == [("job", saved, "relu", page)]


def test_nothing_is_offered_of_a_race_that_goes_on(offered, saved):
    assert offered(saved, None, has_ended=False, can_be_told=True) == []
