"""What came of tuning, there and back, and what strangers may send in its place."""

from __future__ import annotations

import copy
import dataclasses
import json
from random import Random

import numpy as np
import pytest

from tests.helpers.altering import altered_values
from tests.helpers.races import race_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import explain
from vae_explorer.explain.standings import Standings
from vae_explorer.results.tuning import Tuning
from vae_explorer.saved.race_json import from_json, to_csv, to_json

ASKED = Experiment(
    dataset="digits",
    activations=("relu", "tanh"),
    seeds=2,
    tune="learning_rate",
    tune_values=(0.01, 0.1),
)
LOSSES = np.array(
    [[[[25.0, 26.0, 27.0], [24.0, np.nan, 24.0]]], [[[28.0, 27.0, 26.0], [22.0] * 3]]]
)


@pytest.fixture(scope="module")
def race():
    tuning = Tuning((0.01, 0.1), ("gain",), LOSSES, images=287, train_images=1150, seconds=12.5)
    race = race_of(ASKED.tuned_to(tuning.chosen), {"relu": 30.0, "tanh": 31.0})
    return dataclasses.replace(race, tuning=tuning)


@pytest.fixture(scope="module")
def values(race):
    return json.loads(to_json(race, "relu"))


def test_it_comes_back(race, values):
    found = from_json(json.dumps(values))
    np.testing.assert_array_equal(found.tuning.losses, LOSSES)
    for name in ("rates", "inits", "images", "train_images", "seconds", "chosen"):
        assert getattr(found.tuning, name) == getattr(race.tuning, name)
    assert found.experiment == race.experiment
    assert values["tuning"]["chosen"] == [[0.01, "gain"], [0.1, "gain"]]
    assert explain(Standings(found)) == explain(Standings(race))


def test_each_member_has_its_learning_rate_in_the_table(race):
    lines = [line.split(",") for line in to_csv(race).splitlines()]
    column = lines[0].index("learning_rate")
    assert [line[column] for line in lines[1:]] == ["0.01", "0.01", "0.1", "0.1"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("rates", [0.01, 0.2], "tried something else"),
        ("inits", ["pytorch"], "tried something else"),
        ("seconds", -1, "took a time below 0"),
        ("losses", [], "are not a number for each trial"),
        ("losses", [[[[1], [1]]], [[[1], [1, 2]]]], "are not a number for each trial"),
        ("losses", [[[[1e39], [1]]], [[[1], [1]]]], "a loss of 1e\\+39, which no float32"),
        ("losses", [[[[], []]], [[[], []]]], "has 0 seeds"),
        ("losses", [[[[1] * 21] * 2]] * 2, "has 21 seeds"),
        ("losses", [[[[25], [24]]], [[[28], [22]]]], "its arms have not what its tuning chose"),
    ],
)
def test_what_is_no_tuning_of_this_race_is_refused(values, name, value, words):
    altered = copy.deepcopy(values)
    altered["tuning"][name] = value
    with pytest.raises(ValueError, match=words):
        from_json(json.dumps(altered))


@pytest.mark.parametrize("tuning", [None, "left out"])
def test_a_tuned_race_without_its_tuning_is_refused(values, tuning):
    altered = {name: value for name, value in values.items() if name != "tuning"}
    if tuning is None:
        altered["tuning"] = None
    with pytest.raises(ValueError, match="do not say alike whether it was tuned"):
        from_json(json.dumps(altered))


def test_whatever_is_altered_is_refused_or_can_be_told_of(values):
    random = Random(0)
    kept = 0
    for _ in range(300):
        changed, what = altered_values(values["tuning"], random)
        try:
            race = from_json(json.dumps({**values, "tuning": changed}))
        except ValueError as error:
            assert str(error).startswith("The race cannot be read"), what
            continue
        kept += 1
        assert all(len(each.sentence) < 2000 for each in explain(Standings(race))), what
        assert json.loads(to_json(race, "relu"))
    assert 0 < kept < 300
