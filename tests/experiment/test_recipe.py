"""A setting that takes several values in one experiment, and the arms that it makes."""

from __future__ import annotations

import numpy as np
import pytest

from vae_explorer.experiment.arms import arms_of, by_arm
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.training.trainer import Trainer


def test_a_swept_setting_of_the_recipe_makes_members_of_one_population():
    experiment = Experiment(
        activations=["relu", "tanh"], seeds=2, sweep="beta", sweep_values=[4, 1, 4]
    )
    assert experiment.shapes == (experiment,)
    assert [(m.encoder_activation, m.beta, m.seed) for m in experiment.members] == [
        (name, beta, seed) for name in ("relu", "tanh") for beta in (4.0, 1.0) for seed in (0, 1)
    ]


@pytest.mark.parametrize(
    ("sweep", "values", "expected"),
    [
        ("latent", [2, 8], [((50, 30), (40,), 2), ((50, 30), (40,), 8)]),
        ("width", [7], [((7, 7), (7,), 3)]),
        ("depth", [0, 3], [((), (), 3), ((50,) * 3, (40,) * 3, 3)]),
    ],
)
def test_a_swept_shape_makes_a_population_a_value(sweep, values, expected):
    experiment = Experiment(
        hidden=(50, 30), decoder_hidden=(40,), latent=3, sweep=sweep, sweep_values=values
    )
    found = [(e.hidden, e.decoder_widths, e.latent) for e in experiment.shapes]
    assert found == expected
    assert all(e.sweep == "none" for e in experiment.shapes)
    assert len(experiment.members) == 3 * len(values)


@pytest.mark.parametrize("sweep", SWEEPS)
def test_every_sweep_has_values_of_its_own(sweep):
    experiment = Experiment(sweep=sweep)
    assert experiment.swept_values == SWEEPS[sweep].values
    assert len(experiment.members) == 3 * len(SWEEPS[sweep].values)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sweep": "depth", "sweep_values": [1.5]}, "cannot take 1.5: a depth is a whole number"),
        ({"sweep": "depth", "sweep_values": [7]}, "cannot take 7: hidden has 7 entries"),
        ({"sweep": "width", "hidden": []}, "hidden is empty"),
        ({"sweep": "latent", "sweep_values": [500]}, "latent is 500.0; it must be a whole number"),
        ({"sweep": "dropout", "sweep_values": [1]}, "dropout is 1.0; it must be a number from 0"),
    ],
)
def test_a_value_that_cannot_be_swept_is_answered_in_a_sentence(settings, message):
    with pytest.raises(ConfigError, match=f"^The sweep of .*{message}") as caught:
        Experiment(**settings)
    assert str(caught.value).endswith(".")


# --- Arms ---


def test_arms_hold_the_members_of_one_recipe_seed_by_seed():
    experiment = Experiment(activations=["relu", "tanh"], seeds=3, seed=5)
    arms = arms_of(experiment)
    assert [(arm.key, arm.label, arm.value) for arm in arms] == [
        ("relu", "ReLU", None),
        ("tanh", "Tanh", None),
    ]
    seeds = np.array([member.seed for member in experiment.members])
    assert by_arm(arms, seeds).tolist() == [[5, 6, 7]] * 2


@pytest.mark.parametrize("sweep", SWEEPS)
def test_the_arms_of_a_sweep_are_recipes_by_values(sweep):
    experiment = Experiment(
        activations=["relu"], decoder_activations=["relu", "tanh"], seeds=2, sweep=sweep
    )
    values = experiment.swept_values
    arms = arms_of(experiment)
    assert {(arm.activation_key, arm.value) for arm in arms} == {
        (key, value) for key in ("relu", "relu>tanh") for value in values
    }
    assert len({arm.key for arm in arms}) == len(arms) == 2 * len(values)
    members = experiment.members
    for arm in arms:
        assert [members[row].seed for row in arm.rows] == [0, 1]
        assert {members[row].activation_key for row in arm.rows} == {arm.activation_key}
        assert arm.label.endswith(f"{SWEEPS[sweep].label} {arm.value:g}")
    assert sorted(row for arm in arms for row in arm.rows) == list(range(len(members)))


def test_values_that_are_written_alike_are_two_arms():
    values = (0.1234567, 0.12345671)
    arms = arms_of(Experiment(activations=["relu"], sweep="beta", sweep_values=values))
    assert [arm.key for arm in arms] == ["relu@0.1234567", "relu@0.12345671"]
    assert arms[1].label == "ReLU, beta 0.12345671"


@pytest.mark.parametrize("sweep", ["learning_rate", "beta", "dropout"])
def test_a_member_of_a_sweep_learns_as_it_does_alone(few_digits, sweep):
    common = {"dataset": "digits", "activations": ["tanh"], "hidden": [16], "epochs": 5}
    experiment = Experiment(**common, sweep=sweep)
    together = list(Trainer(experiment, few_digits))[-1].curves
    for row, value in enumerate(experiment.swept_values):
        alone = list(Trainer(Experiment(**common, **{sweep: value}), few_digits))[-1].curves
        np.testing.assert_allclose(together.test_loss[:, row], alone.test_loss[:, 0], rtol=1e-4)


def test_the_values_of_a_sweep_make_a_difference(few_digits):
    experiment = Experiment(
        dataset="digits", activations=["tanh"], hidden=[16], epochs=5, sweep="learning_rate"
    )
    losses = list(Trainer(experiment, few_digits))[-1].curves.test_loss[-1]
    assert len(set(losses.round(1))) == len(experiment.swept_values)


def test_a_sweep_of_shapes_is_no_single_population(few_digits):
    with pytest.raises(ValueError, match="each of its `shapes` is one"):
        Trainer(Experiment(dataset="digits", sweep="latent"), few_digits)
