"""What the page says of a run that was not saved, or can no longer be."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from vae_explorer.ui.shared import toolbar


@pytest.fixture
def screen(monkeypatch) -> MagicMock:
    screen = MagicMock()
    screen.fragment = lambda draw, run_every: draw
    monkeypatch.setattr(toolbar, "st", screen)
    return screen


def test_why_a_run_was_not_saved_is_said_until_it_is(screen):
    job = SimpleNamespace(can_be_told=True, save_refused="The disk is full.")
    toolbar.saving(job)
    assert screen.warning.call_args.args == (r"It was not saved. The disk is full\.",)
    screen.rerun.assert_not_called()
    job.save_refused = None
    screen.warning.reset_mock()
    toolbar.saving(job)
    screen.warning.assert_not_called()


def test_a_page_at_rest_is_drawn_anew_when_the_process_has_gone(screen):
    intervals = []
    screen.fragment = lambda draw, run_every: intervals.append(run_every) or draw
    job = SimpleNamespace(can_be_told=True, save_refused=None)
    toolbar.saving(job)
    job.can_be_told = False
    toolbar._saving(job, True)  # as the browser asks again
    screen.rerun.assert_called_once()
    toolbar.saving(job)
    assert intervals == [toolbar._LOOK_SECONDS, None]
    screen.rerun.assert_called_once()
