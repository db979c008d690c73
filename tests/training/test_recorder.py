"""The curves of a run: what a row is a mean of, and how many there are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from vae_explorer.data import Split
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.training.recorder import Recorder
from vae_explorer.training.trainer import Trainer


def test_a_row_is_the_mean_over_the_images_since_the_row_before(spy, few_digits, quick):
    trainer = Trainer(quick(activations=("relu", "tanh")), few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    parts = np.array([[part.numpy() for part in result] for _, result in calls])  # (6, 2, 2)
    expected = [np.average(epoch, axis=0, weights=[50, 50, 30]) for epoch in (parts[:3], parts[3:])]
    curves = trainer.curves()
    np.testing.assert_allclose(curves.train_reconstruction, [row[0] for row in expected], rtol=1e-6)
    np.testing.assert_allclose(curves.train_kl, [row[1] for row in expected], rtol=1e-6)
    np.testing.assert_array_equal(curves.step, [3, 6])
    np.testing.assert_array_equal(curves.epoch, [1, 2])
    np.testing.assert_array_equal(curves.train_loss, curves.train_reconstruction + curves.train_kl)


def test_long_epochs_have_ten_rows_and_test_losses_at_their_end(spy, digits, quick):
    recipe = quick(activations=("relu",), batch_size=14, epochs=2)  # 103 steps an epoch
    trainer = Trainer(recipe, digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    curves = trainer.curves()
    assert len(curves.step) == 20
    measured = ~np.isnan(curves.test_loss[:, 0])
    assert np.flatnonzero(measured).tolist() == [9, 19]
    assert curves.step[measured].tolist() == [103, 206]
    losses = np.array([result[0].item() for _, result in calls])
    sizes = [14] * 102 + [9]
    start = 0
    for row, stop in enumerate(curves.step):
        mean = np.average(losses[start:stop], weights=(sizes * 2)[start:stop])
        assert curves.train_reconstruction[row, 0] == pytest.approx(mean, rel=1e-6)
        assert 10 <= stop - start <= 11
        start = stop


def test_a_run_of_many_epochs_keeps_at_most_a_thousand_rows(few_digits, quick, train):
    tiny = dataclasses.replace(
        few_digits, train=Split(few_digits.train.images[:20], few_digits.train.labels[:20])
    )
    trainer = train(quick(activations=("relu",), hidden=(2,), epochs=1003), tiny)
    curves = trainer.curves()
    assert 400 < len(curves.step) <= 1000
    assert curves.epoch[-1] == 1003
    assert not np.isnan(curves.test_loss).any()


@pytest.mark.parametrize("epochs", [1, 99, 100, 101, 999, 1000, 1001, 4321, 10_000])
@pytest.mark.parametrize("steps_per_epoch", [1, 9, 25])
def test_rows_are_few_even_and_end_with_the_run(epochs, steps_per_epoch):
    recorder = Recorder(1, steps_per_epoch, epochs)
    zero = torch.zeros(1)
    nothing = Evaluation(np.zeros(1), np.zeros(1), np.zeros(1, np.int32))
    for step in range(1, epochs * steps_per_epoch + 1):
        if epochs * steps_per_epoch < 20_000 or step % steps_per_epoch == 0:
            recorder.add(zero, zero, 1)
        recorder.write(step, lambda: nothing)
    curves = recorder.curves()
    assert 1 <= len(curves.step) <= 1000
    assert curves.step[-1] == epochs * steps_per_epoch
    gaps = np.diff(curves.step, prepend=0)
    assert gaps[:-1].max(initial=0) - gaps[:-1].min(initial=gaps[0]) <= 1
    assert gaps[-1] <= gaps[0] + 1


def test_images_trained_counts_the_small_batch_as_what_it_is(few_digits, quick):
    trainer = Trainer(quick(activations=("relu", "tanh")), few_digits)
    counted = [0]
    while not trainer.finished:
        trainer.step()
        counted.append(trainer.images_trained)
    assert counted == [0, 50, 100, 130, 180, 230, 260]


def test_the_negative_elbo_falls_far_below_where_it_starts(digits, quick):
    recipe = quick(activations=("relu", "tanh"), hidden=(64,), latent=4, epochs=25)
    trainer = Trainer(recipe, digits)
    before = trainer.evaluate().loss
    while not trainer.finished:
        trainer.step()
    after = trainer.curves().test_loss[-1]
    # Coding each pixel by its mean alone costs this much; a VAE that learns does better.
    test, mean = digits.test.images / 16, digits.train.images.mean(0) / 16
    p = mean.clip(1e-3, 1 - 1e-3)
    by_mean = -(test * np.log(p) + (1 - test) * np.log(1 - p)).sum(1).mean()
    assert (before > 40).all()
    assert (after < by_mean - 1).all()
