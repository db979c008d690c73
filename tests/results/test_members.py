"""The numbers of a table, from snapshots made by hand."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.members import last_evaluation, member_results
from vae_explorer.results.snapshot import Curves, Freeze

EXPERIMENT = Experiment(activations=["relu", "tanh"])
FREEZE = Freeze(1, 5, "encoder 1", "Its loss was no longer finite at step 5, first in encoder 1.")


def snapshot(test_reconstruction, test_kl, **changes):
    """All that results are made of, after 2 epochs of 50 images in 4 seconds."""
    losses = np.float32([test_reconstruction, test_kl])
    points = losses.shape[1]
    curves = Curves(
        step=np.arange(1, points + 1),
        epoch=np.arange(1, points + 1, dtype=np.float32),
        train_reconstruction=np.full_like(losses[0], 7),
        train_kl=np.full_like(losses[0], 7),
        test_reconstruction=losses[0],
        test_kl=losses[1],
    )
    known = {
        "epoch": 2.0,
        "seconds": 4.0,
        "wall_seconds": 6.5,
        "active_latents": np.int32([2, 1]),
        "frozen": (),
    }
    return SimpleNamespace(curves=curves, **(known | changes))


def test_the_last_evaluation_counts():
    nan = float("nan")
    seen = snapshot([[9, 9], [80, 90], [nan, nan]], [[9, 9], [5, 6], [nan, nan]])
    first, second = member_results(EXPERIMENT, seen, 50)
    assert first.recipe == EXPERIMENT.members[0]
    assert (first.test_loss, first.test_reconstruction, first.test_kl) == (85, 80, 5)
    assert (second.test_loss, second.test_reconstruction, second.test_kl) == (96, 90, 6)
    assert (first.active_latents, second.active_latents) == (2, 1)
    assert (first.seconds, first.seconds_with_evaluation) == (4, 6.5)
    assert first.images_per_second == 25
    assert first.frozen is None


def test_an_evaluation_of_now_goes_before():
    now = Evaluation(np.float32([1, 2]), np.float32([1, 2]), np.int32([0, 1]))
    results = member_results(EXPERIMENT, snapshot([[9, 9]], [[9, 9]]), 50, now)
    assert [result.test_loss for result in results] == [2, 4]
    assert [result.active_latents for result in results] == [0, 1]


def test_a_row_of_one_diverged_member_is_an_evaluation():
    seen = snapshot([[np.nan, 90]], [[np.inf, 6]], frozen=(FREEZE,))
    first, second = member_results(EXPERIMENT, seen, 50)
    assert (first.test_loss, first.test_reconstruction, first.test_kl) == (None, None, None)
    assert second.test_loss == 96
    assert (first.frozen, second.frozen) == (None, FREEZE)


def test_numbers_have_the_digits_of_a_float32():
    (first, _) = member_results(EXPERIMENT, snapshot([[103.21, 1]], [[0.1, 1]]), 50)
    assert (str(first.test_reconstruction), str(first.test_kl)) == ("103.21", "0.1")
    assert type(first.test_kl) is float
    assert type(first.active_latents) is int


def test_before_any_evaluation_there_is_none():
    seen = snapshot(np.empty((0, 2)), np.empty((0, 2)), epoch=0.0, seconds=0.0)
    assert np.isnan(last_evaluation(seen).loss).all()
    first = member_results(EXPERIMENT, seen, 50)[0]
    assert first.test_loss is None
    assert first.images_per_second == 0


def test_results_cannot_be_changed():
    first = member_results(EXPERIMENT, snapshot([[1, 1]], [[1, 1]]), 50)[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.test_loss = 0.0
