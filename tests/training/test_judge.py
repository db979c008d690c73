"""What a race is judged by, against the same numbers taken another way."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from tests.helpers.saved_races import recorded
from vae_explorer.data.stratify import matched
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.model.bound import importance_bound, losses, settles
from vae_explorer.results.race import QUANTITIES
from vae_explorer.results.scene import scene_at
from vae_explorer.saved.catalogue import load_members, read_catalogue
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
    return trainer, recording, judge(trainer, Judging(draws=16))


def test_losses_are_those_of_the_curves_at_the_end_but_for_their_one_draw(judged):
    trainer, recording, race = judged
    scene = scene_at(EXPERIMENT, recording.history)
    for member, loss in zip(race.members, scene.newest("loss").ravel()):
        if member.counts:
            assert abs(member.loss - loss) < 5 * 4 * member.draw_error + 1e-3  # of one draw
    kl = trainer.trainers[0].evaluate().kl[[0, 1, 4, 5]]  # of which no draw is taken
    np.testing.assert_allclose(kl, race.values("kl")[[0, 2]].ravel(), rtol=1e-5)


def test_the_exponential_diverged_and_has_no_value(judged):
    _, recording, race = judged
    assert race.diverged().tolist() == [0, 2, 0]
    assert scene_at(EXPERIMENT, recording.history).diverged.tolist() == [0, 2, 0]
    for name in QUANTITIES:
        assert np.isnan(race.values(name)[1]).all()


def many_draws(population, pixels, count=50):
    """(count, K) means over the images of what one draw of z gives."""
    found = []
    for seed in range(count):
        noise = torch.randn(6, len(pixels), 2, generator=torch.Generator().manual_seed(seed))
        reconstruction, kl, _ = population.losses(torch.from_numpy(pixels), noise)
        found.append((reconstruction + kl).mean(1).numpy())
    return np.array(found)


def test_the_training_loss_is_over_as_many_training_images_of_each_class(judged, few_digits):
    trainer, _, race = judged
    labels, others = few_digits.train.labels, few_digits.test.labels
    counts, wanted = np.bincount(labels), np.bincount(others)
    rows = matched(labels, others)
    assert np.bincount(labels[rows]).tolist() == np.minimum(counts, wanted).tolist()
    assert race.train_images == len(rows) == 55  # some classes have fewer for training
    means = many_draws(
        trainer.trainers[0].population, few_digits.pixels(few_digits.train.images)[rows]
    )
    for member in (0, 1, 4, 5):
        spread = means[:, member].std()
        found = race.members[member].train_loss
        assert abs(found - means[:, member].mean()) < 2 * spread + 1e-3
        assert race.members[member].gap == race.members[member].result.test_loss - found


def test_both_bounds_are_over_all_test_images_and_the_same_draws(judged, few_digits):
    trainer, _, race = judged
    assert (race.loss_draws, race.bound_samples, race.bound_images) == (16, 16, 60)
    population = trainer.trainers[0].population
    pixels = few_digits.pixels(few_digits.test.images)
    bounds = importance_bound(population, pixels, 16, EXPERIMENT.seed)
    means = many_draws(population, pixels)
    for row in (0, 1, 4, 5):
        member = race.members[row]
        assert member.bound == pytest.approx(-bounds[row].mean(), rel=1e-6)
        assert member.bound_error == pytest.approx(bounds[row].std(ddof=1) / np.sqrt(60), rel=1e-6)
        spread = means[:, row].std(ddof=1)
        error = spread * np.sqrt(1 / 16 + 1 / 50)
        assert abs(member.loss - means[:, row].mean()) < 4 * error + 1e-3
        assert 0.4 * spread - 1e-6 < member.draw_error * 4 < 2.5 * spread + 1e-6
        assert member.looseness == member.loss - member.bound > -1e-5


def test_a_loss_that_single_draws_decide_does_not_settle(digits):
    """The pretrained exponential's, whose mean over 2,000 draws is 6e10; of no other VAE."""
    catalogue = read_catalogue()
    for latent in (2, 20):
        names = tuple(catalogue.activations("digits", latent))
        population = load_members(catalogue, "digits", latent, names)
        found = losses(population, digits.pixels(digits.test.images), 16)
        unsettled = [name for name, fine in zip(names, settles(found.by_draw)) if not fine]
        assert unsettled == (["exponential"] if latent == 2 else unsettled)


def test_what_settles_is_told_from_a_heavy_tail():
    draw = np.random.default_rng(0)
    normal = 25 + draw.normal(0, 0.1, (200, 32))
    assert settles(normal).all()
    spiked = normal.copy()
    spiked[:, 3] += 10
    assert not settles(spiked).any()
    # One draw of a chi-squared loss, as of a single image with a single latent.
    assert settles(25 + draw.chisquare(1, (200, 32))).mean() > 0.97
    assert settles(np.full((1, 32), 25.0)).all()  # z decides nothing
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        settles(np.where(draw.random((4, 32)) < 0.1, np.inf, 25.0))  # it has no mean anyway


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
    race = judge(trainer, Judging(draws=16))
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
    judging = Judging(draws=16)
    for until, whole in [
        (steps // 2, [True, False, False]),
        (steps * 3 // 2, [True, False, False]),
        (steps * 3, [True, True, True]),
    ]:
        while trainer.step_number < until:
            trainer.step()
        assert judge(trainer, judging).whole().tolist() == whole


@pytest.mark.parametrize("draws", [0, 15, 10**9])
def test_what_cannot_be_measured_is_answered(draws):
    with pytest.raises(ConfigError, match=rf"^draws is {draws}; it must be a whole number from 16"):
        Judging(draws=draws)
