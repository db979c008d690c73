"""What a race is judged by, against the same numbers taken another way."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.helpers.saved_races import recorded
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.model.bound import importance_bound
from vae_explorer.results.race import QUANTITIES
from vae_explorer.results.scene import scene_at
from vae_explorer.training.judge import judge
from vae_explorer.training.race import RaceTrainer

EXPERIMENT = Experiment(
    dataset="digits",
    activations=("relu", "exponential", "tanh"),
    hidden=(12, 8),
    seeds=2,
    epochs=6,
    batch_size=32,
    learning_rate=0.5,
    schedule="constant",
)


@pytest.fixture(scope="module")
def judged(few_digits):
    trainer, recording = recorded(EXPERIMENT, few_digits)
    return trainer, recording, judge(trainer, Judging(bound_samples=20, bound_images=40))


def test_losses_are_those_of_the_curves_at_the_end(judged):
    trainer, recording, race = judged
    curves = trainer.trainers[0].curves()
    losses = [m.result.test_loss for m in race.members]
    expected = [float(x) if np.isfinite(x) else None for x in curves.test_loss[-1]]
    assert losses == pytest.approx(expected, abs=2e-4)
    scene = scene_at(EXPERIMENT, recording.history)
    np.testing.assert_allclose(scene.newest("loss"), race.values("test_loss"), atol=2e-4)


def test_the_exponential_diverged_and_has_no_value(judged):
    _, recording, race = judged
    assert race.diverged().tolist() == [0, 2, 0]
    assert scene_at(EXPERIMENT, recording.history).diverged.tolist() == [0, 2, 0]
    for name in QUANTITIES:
        assert np.isnan(race.values(name)[1]).all()


def test_the_training_loss_is_over_training_images(judged, few_digits):
    trainer, _, race = judged
    assert race.train_images == 60
    population = trainer.trainers[0].population
    pixels = few_digits.pixels(few_digits.train.images)
    rows = np.linspace(0, len(pixels) - 1, 60).round().astype(int)
    draws = [  # many draws of z: the mean of what one draw gives
        population.losses(
            torch.from_numpy(pixels[rows]),
            torch.randn(6, 60, 2, generator=torch.Generator().manual_seed(seed)),
        )
        for seed in range(50)
    ]
    means = torch.stack([(r + k).mean(1) for r, k, _ in draws])
    for member in (0, 1, 4, 5):
        spread = float(means[:, member].std())
        found = race.members[member].train_loss
        assert abs(found - float(means[:, member].mean())) < 5 * spread + 1e-3
        assert race.members[member].gap == race.members[member].result.test_loss - found


def test_the_bound_is_over_test_images_spread_over_the_set(judged, few_digits):
    trainer, _, race = judged
    assert (race.bound_samples, race.bound_images) == (20, 40)
    pixels = few_digits.pixels(few_digits.test.images)
    rows = np.linspace(0, 59, 40).round().astype(int)
    values = importance_bound(trainer.trainers[0].population, pixels[rows], 20, EXPERIMENT.seed)
    for member in (0, 4):
        assert race.members[member].bound == pytest.approx(-values[member].mean(), rel=1e-6)
        error = values[member].std(ddof=1) / np.sqrt(40)
        assert race.members[member].bound_error == pytest.approx(error, rel=1e-6)


def test_layers_and_gradients_are_named_from_input_to_output(judged):
    _, _, race = judged
    member = race.members[0]
    assert [layer.name for layer in member.layers] == [
        "encoder 1",
        "encoder 2",
        "decoder 1",
        "decoder 2",
    ]
    assert list(member.gradients) == [
        "encoder 1",
        "encoder 2",
        "heads",
        "decoder 1",
        "decoder 2",
        "output",
    ]
    assert member.smallest_gradient == min(member.gradients.values())
    assert member.dead == max(layer.dead for layer in member.layers)


def test_what_never_began_when_a_race_was_stopped_has_no_number(few_digits):
    experiment = EXPERIMENT.replace(
        activations=["tanh"], learning_rate=1e-3, sweep="latent", sweep_values=[1, 2, 3]
    )
    trainer = RaceTrainer(experiment, few_digits)
    first, second, _ = trainer.trainers
    for _ in range(first.steps + second.steps // 2):
        trainer.step()
    race = judge(trainer, Judging(bound_samples=2, bound_images=10))
    for name in QUANTITIES:
        measured = np.isfinite(race.values(name))
        assert measured[:2].all() and not measured[2].any()
    assert all(m.result.test_loss is m.train_loss is m.bound is None for m in race.members[4:])
    assert race.epochs().tolist() == [6.0, second.epoch, 0.0]
    assert race.stops() == (None, second.epoch, 0.0)
    assert 0 < second.epoch < 6


def test_only_what_learned_as_long_as_the_others_can_be_compared(few_digits):
    experiment = EXPERIMENT.replace(
        activations=["tanh"], learning_rate=1e-3, sweep="latent", sweep_values=[1, 2, 3]
    )
    trainer = RaceTrainer(experiment, few_digits)
    steps = trainer.trainers[0].steps
    judging = Judging(bound_samples=2, bound_images=10)
    for until, whole in [
        (steps // 2, [True, False, False]),
        (steps * 3 // 2, [True, False, False]),
        (steps * 3, [True, True, True]),
    ]:
        while trainer.step_number < until:
            trainer.step()
        assert judge(trainer, judging).whole().tolist() == whole


@pytest.mark.parametrize("settings", [{"bound_samples": 0}, {"bound_images": 10**9}])
def test_what_cannot_be_measured_is_answered(settings):
    with pytest.raises(ConfigError, match=r"^bound_\w+ is \d+; it must be a whole number"):
        Judging(**settings)
