"""A race at one place, arm by arm, where populations differ in shape."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers import saved_races
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.scene import film, scene_at

SWEPT = Experiment(
    dataset="digits",
    activations=("relu", "exponential"),
    hidden=(8,),
    seeds=2,
    epochs=3,
    batch_size=65,
    learning_rate=0.5,
    schedule="constant",
    sweep="depth",
    sweep_values=(1, 2),
)


@pytest.fixture(scope="module")
def recorded(few_digits):
    race, record = saved_races.recorded(SWEPT, few_digits)
    return race, record.history


def test_lines_are_each_arms_seeds(recorded):
    race, history = recorded
    scene = scene_at(SWEPT, history)
    assert [arm.key for arm in scene.arms] == ["relu@1", "exponential@1", "relu@2", "exponential@2"]
    for arm, (epoch, values) in zip(scene.arms, scene.lines("kl")):
        trainer = race.trainers[0 if arm.value == 1 else 1]
        columns = [0, 1] if arm.activation_key == "relu" else [2, 3]
        curves = trainer.curves()
        np.testing.assert_array_equal(epoch, curves.epoch)
        np.testing.assert_array_equal(values, curves.test_kl[:, columns].T)


def test_members_that_stopped_are_counted_through_all_populations(recorded):
    race, history = recorded
    scene = scene_at(SWEPT, history)
    expected = {
        4 * number + member for number, each in enumerate(race.trainers) for member in each.frozen
    }
    assert expected
    assert {freeze.member for freeze in scene.frozen} == expected
    for arm, count in zip(scene.arms, scene.diverged):
        assert count == len(expected & set(arm.rows))


def test_panels_show_the_first_seed(recorded):
    race, history = recorded
    panels = scene_at(SWEPT, history).panels()
    assert [panel.arm.key for panel in panels] == [arm.key for arm in scene_at(SWEPT, history).arms]
    for panel in panels:
        trainer = race.trainers[panel.snapshot.shape]
        mean, _ = trainer.population.encode(trainer.probe.pixels)
        shown = panel.snapshot.latent_mean[panel.row]
        np.testing.assert_array_equal(shown, mean[panel.number].numpy())
        assert trainer.population.members[panel.number] == panel.member
        frames = film(panel, history)
        assert [frame.step for frame in frames] == sorted({frame.step for frame in frames})
        assert frames[-1].step == panel.snapshot.step
    assert [p.arm.key for p in scene_at(SWEPT, history).panels(("relu@2",))] == ["relu@2"]


def test_before_a_population_has_begun_it_has_nothing(recorded):
    _, history = recorded
    scene = scene_at(SWEPT, history, 0)
    assert [len(epoch) for epoch, _ in scene.lines("loss")] == [0] * 4
    assert np.isnan(scene.newest("loss")).all()
    assert {panel.snapshot.shape for panel in scene.panels()} == {0}
