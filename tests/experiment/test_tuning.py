"""What is tried for each arm before a race, and the race with what each chose."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.helpers.experiments import experiments
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.command import command_line
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.settings import ConfigError

TUNED = Experiment(
    dataset="digits",
    activations=("relu", "tanh"),
    hidden=(8,),
    seed=5,
    seeds=4,
    tune="learning_rate",
    tune_values=(0.1, 0.01, 0.1),
)


def test_every_arm_tries_every_rate_from_seeds_that_do_not_race():
    (trial,) = TUNED.trials
    assert [(m.encoder_activation, m.learning_rate, m.seed) for m in trial.members] == [
        (name, rate, seed)
        for name in ("relu", "tanh")
        for rate in (0.01, 0.1)
        for seed in (9, 10, 11)
    ]
    assert {m.seed for m in TUNED.members}.isdisjoint(m.seed for m in trial.members)
    assert Experiment().trials == () == trial.trials


@pytest.mark.parametrize(
    ("sweep", "values", "read"),
    [
        ("beta", (0.5, 2), lambda e: e.beta),
        ("depth", (1, 2), lambda e: len(e.hidden)),
        ("latent", (2, 3), lambda e: e.latent),
    ],
)
def test_with_a_sweep_each_value_has_trials_of_its_own(sweep, values, read):
    race = TUNED.replace(sweep=sweep, sweep_values=values)
    assert [read(trial) for trial in race.trials] == list(values)
    assert all(len(trial.members) == 2 * 2 * 3 for trial in race.trials)
    # A rate each: every member learns with its arm's, whatever shape it is in.
    arms = arms_of(race)
    rates = [0.1 * (place + 1) for place in range(len(arms))]
    tuned = race.tuned_to((rate, "gain") for rate in rates)
    for arm, rate in zip(arms_of(tuned), rates):
        assert {tuned.members[row].learning_rate for row in arm.rows} == {rate}
    shapes = [member for shape in tuned.shapes for member in shape.members]
    if sweep != "beta":
        assert tuple(shapes) == tuned.members
    for places, value in zip(tuned.arms_by_value, tuned.swept_values):
        assert [arms[place].value for place in places] == [value] * 2
        own = tuned.with_value(value)
        assert own.learning_rates == tuple(rates[place] for place in places)
    assert tuned.trials == race.trials


def test_an_arm_of_which_no_trial_came_through_has_the_rate_that_all_would_share():
    tuned = TUNED.replace(learning_rate=0.002).tuned_to((None, (0.1, "gain")))
    assert tuned.learning_rates == (0.002, 0.1)


@given(experiments())
def test_arms_are_those_of_their_values(experiment):
    arms = arms_of(experiment)
    places = [place for each in experiment.arms_by_value for place in each]
    assert sorted(places) == list(range(len(arms)))
    for value, each in zip(experiment.swept_values or (None,), experiment.arms_by_value):
        assert {arms[place].value for place in each} == {value}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sweep": "learning_rate"}, "The learning rate is swept, so that it cannot be tuned"),
        (
            {"tune": "none", "learning_rates": (0.1,)},
            "The learning_rates of their own are 1, for 2 that race",
        ),
        ({"seed": 2**31 - 5}, "The learning rates cannot be tried: The last of 3 seeds"),
        ({"hidden": (1024, 1024), "seeds": 1, "tune_values": [0.01 * k for k in range(1, 12)]}, ""),
        ({"tune": "beta"}, "tune is 'beta'; it may be none, learning_rate"),
        ({"tune_values": (0.0,)}, "tune_values is 0.0; it must be a list of numbers from 1e-07"),
    ],
)
def test_what_cannot_be_tuned_is_refused_before_anything_trains(changes, words):
    with pytest.raises(ConfigError) as refused:
        TUNED.replace(**changes)
    assert str(refused.value).startswith(words)
    if not words:
        assert "cannot be tried: The 66 VAEs would have" in str(refused.value)


def test_the_command_of_a_tuned_race_tunes_again():
    tuned = TUNED.tuned_to(((0.1, "gain"), (0.01, "gain")))
    assert command_line(tuned) == command_line(TUNED)
    assert "--tune learning_rate --tune-values 0.1 0.01 0.1" in command_line(tuned)
    own = tuned.replace(tune="none", tune_values=())
    assert "--learning-rates 0.1 0.01" in command_line(own)


def test_initial_weights_are_tuned_where_that_is_asked():
    race = TUNED.replace(tune="learning_rate_and_init", sweep="latent", sweep_values=(2, 3))
    assert [(trial.latent, trial.init) for trial in race.trials] == [
        *((2, "gain"), (2, "pytorch")),
        *((3, "gain"), (3, "pytorch")),
    ]
    chosen = [(0.01, "gain"), (0.1, "pytorch"), None, (0.1, "gain")]
    tuned = race.tuned_to(chosen)
    assert tuned.learning_rates == (0.01, 0.1, race.learning_rate, 0.1)
    assert tuned.inits == ("gain", "pytorch", "gain", "gain")
    for arm, rate, init in zip(arms_of(tuned), tuned.learning_rates, tuned.inits):
        members = [tuned.members[row] for row in arm.rows]
        assert {(each.learning_rate, each.init) for each in members} == {(rate, init)}
    assert [shape.inits for shape in tuned.shapes] == [("gain", "pytorch"), ("gain", "gain")]
    assert TUNED.tuned_to([(0.1, "gain")] * 2).inits is None
    assert "--tune learning_rate_and_init" in command_line(tuned)
    assert "--inits" not in command_line(tuned)


def test_initial_weights_of_their_own_are_one_an_arm():
    race = TUNED.replace(tune="none", tune_values=(), inits=("pytorch", "gain"))
    assert [member.init for member in race.members] == ["pytorch"] * 4 + ["gain"] * 4
    assert Experiment.from_query(race.to_query()) == (race, [])
    with pytest.raises(ConfigError, match="The inits of their own are 1, for 2 that race"):
        race.replace(inits=("gain",))
    with pytest.raises(ConfigError, match="there are no initial weights 'he'; it may be gain or"):
        race.replace(inits=("he", "gain"))
