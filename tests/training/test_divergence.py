"""A member that diverges: frozen where it was last finite, while the others never notice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vae_explorer.saved.run import read_record, save_run
from vae_explorer.training.trainer import Trainer

LOSSES = ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl")
EXPLODING = {  # at this rate the exponential diverges after a few steps, and no other does
    "hidden": (16, 16),
    "latent": 4,
    "batch_size": 64,
    "learning_rate": 0.03,
    "schedule": "constant",
    "epochs": 2,
}


def weights_of(trainer, member):
    """By name, without the rows that a member's activation leaves unused."""
    values = trainer.population.parameters.values
    return {name: value[member] for name, value in values.items()}


@pytest.mark.usefixtures("double")
def test_a_member_that_diverges_is_frozen_and_the_others_never_notice(digits, quick, train):
    race = train(quick(activations=("relu", "exponential", "tanh"), **EXPLODING), digits)
    calm = train(quick(activations=("relu", "tanh"), **EXPLODING), digits)
    assert list(race.frozen) == [1]
    for ours, theirs in ((0, 0), (2, 1)):
        for name in LOSSES:
            expected = getattr(calm.curves(), name)[:, theirs]
            np.testing.assert_allclose(getattr(race.curves(), name)[:, ours], expected, rtol=1e-6)
        for name, value in weights_of(calm, theirs).items():
            torch.testing.assert_close(weights_of(race, ours)[name], value, rtol=1e-7, atol=1e-9)


@pytest.mark.usefixtures("double")
def test_a_frozen_member_stands_where_its_loss_was_last_finite(spy, digits, quick, train):
    recipe = quick(activations=("exponential", "relu"), **EXPLODING)
    race = train(recipe, digits)
    (freeze,) = race.frozen.values()
    assert freeze.member == 0
    assert freeze.step > 1
    # The step before the one that was not finite led there, so that one was undone as well.
    before = train(recipe, digits, steps=freeze.step - 1)
    for name, value in weights_of(before, 0).items():
        torch.testing.assert_close(weights_of(race, 0)[name], value, rtol=1e-6, atol=1e-8)
    calls = spy(before, "backward")
    before.step()
    assert all(part[0].isfinite() for part in calls[0][1])
    before.step()
    assert not all(part[0].isfinite() for part in calls[1][1])


def test_a_frozen_member_is_reported_with_step_layer_and_reason(digits, quick):
    trainer = Trainer(quick(activations=("exponential", "relu"), **EXPLODING), digits)
    while not trainer.frozen:
        assert trainer.snapshot().frozen == ()
        trainer.step()
    step = trainer.step_number - 1  # the one that was not finite
    still = {name: value.clone() for name, value in weights_of(trainer, 0).items()}
    while not trainer.finished:
        trainer.step()
    snapshot = trainer.snapshot()
    (freeze,) = snapshot.frozen
    assert (freeze.member, freeze.step) == (0, step)
    assert freeze.layer in snapshot.gradient_layers
    assert f"no longer finite at step {step}, first in {freeze.layer}." in freeze.reason
    for name, value in weights_of(trainer, 0).items():
        assert torch.equal(value, still[name])
        assert value.isfinite().all()
    assert np.isfinite(snapshot.curves.test_loss[-1, 1])
    assert not snapshot.gradient_norms[0].any()


def test_a_member_that_never_was_finite_keeps_its_initial_weights(few_digits, quick):
    recipe = quick(activations=("exponential", "relu"))
    trainer = Trainer(recipe, few_digits)
    trainer.population.parameters.values["encoder.0.bias"][0] = 1000.0
    start = weights_of(Trainer(recipe, few_digits), 0)
    while not trainer.finished:
        trainer.step()
    assert trainer.frozen[0].step == 0
    assert trainer.frozen[0].layer == "encoder 1"
    for name, value in weights_of(trainer, 0).items():
        if name != "encoder.0.bias":
            assert torch.equal(value, start[name])
    assert np.isfinite(trainer.curves().test_loss[:, 1]).all()


def test_a_run_ends_when_no_member_is_left(quick, few_digits, tmp_path):
    recipe = quick(activations=("exponential",), seeds=2, learning_rate=10.0, schedule="constant")
    trainer = Trainer(recipe, few_digits)
    *_, last = trainer
    assert len(last.frozen) == 2
    assert last.finished
    assert last.step < last.steps
    record = read_record(save_run(tmp_path / "run", trainer))
    assert record.info.finished
    assert [result.frozen for result in record.results] == sorted(
        last.frozen, key=lambda freeze: freeze.member
    )
