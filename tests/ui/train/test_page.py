"""What the Train page offers of a run."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from vae_explorer.ui.train import page

DRAWN = ("st", "sidebar", "leads", "keep_in_address", "live", "load_plotly", "recall_job")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_run_whose_process_has_gone_is_not_offered_to_be_saved(monkeypatch, is_there):
    for name in (*DRAWN, "session", "toolbar"):
        monkeypatch.setattr(page, name, MagicMock())
    page.sidebar.sidebar.return_value = (MagicMock(), None)
    job = SimpleNamespace(state="finished", snapshot="a snapshot", can_be_told=is_there)
    page.session.current_job.return_value = job
    page.page()
    assert page.toolbar.save_button.called is is_there
    assert page.live.view.called  # what it has shown stays
