"""How full the bar is, over several shapes."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.tuning import Tuning
from vae_explorer.ui.shared import status

TWO = Experiment(
    dataset="digits", activations=("relu",), epochs=4, sweep="latent", sweep_values=(1, 2)
)
STEPS = (100, 100)


@pytest.mark.parametrize(
    ("shape", "step", "finished", "share"),
    [
        (0, 0, False, 0.0),
        (0, 50, False, 0.25),
        (0, 100, True, 0.5),
        (0, 30, True, 0.5),  # all of its VAEs diverged
        (1, 50, False, 0.75),
        (1, 100, True, 1.0),
    ],
)
def test_the_bar_is_as_full_as_the_race_is_far(monkeypatch, shape, step, finished, share):
    monkeypatch.setattr(status, "st", screen := MagicMock())
    snapshot = SimpleNamespace(
        **{"shape": shape, "step": step, "finished": finished, "epoch": step / 25, "epochs": 4},
        **{"images_per_second": 1000.0, "wall_seconds": 1.0, "precision": "float32"},
    )
    job = SimpleNamespace(
        **{"snapshot": snapshot, "ready": SimpleNamespace(steps=STEPS), "experiment": TWO},
        **{"state": "running", "has_ended": False, "notice": None, "error": None},
    )
    status.status(job, freezes=False)
    (shown,) = screen.progress.call_args.args
    assert shown == pytest.approx(share)


@pytest.mark.parametrize(
    ("state", "share", "words"),
    [
        ("running", 0.25, "Trying 2 learning rates with 12 VAEs · 30 s left, then the race"),
        ("running", 0.0, "Trying 2 learning rates with 12 VAEs"),
        ("paused", 0.5, "Trying 2 learning rates with 12 VAEs · paused"),
    ],
)
def test_how_far_a_tuning_is(monkeypatch, state, share, words):
    monkeypatch.setattr(status, "st", screen := MagicMock())
    tuning = Tuning((0.1, 0.2), ("gain",), np.full((2, 1, 2, 3), np.nan), 10, 40, 10.0)
    job = SimpleNamespace(
        **{"snapshot": None, "ready": None, "tuning": tuning, "tuned_share": share},
        **{"state": state, "has_ended": False, "notice": None, "error": None},
    )
    status.status(job, freezes=False)
    assert screen.progress.call_args.args == (share,)
    assert screen.progress.call_args.kwargs == {"text": words}
