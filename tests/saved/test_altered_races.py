"""Races whose files a stranger has altered: refused in a sentence, or all that is drawn works."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from tests.helpers.altering import altered_arrays, altered_values, history_of, parts_of
from tests.helpers.drawing import draw_all
from tests.helpers.saved_races import saved_race
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.history import from_bytes, to_bytes
from vae_explorer.saved.race_json import from_json, to_json

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers without end


@pytest.fixture(scope="module")
def history(saved):
    """The arrays of the file, and its other values."""
    return parts_of(to_bytes(saved.history, saved.probe))


def read(saved, arrays, values) -> RaceRecord | None:
    """The race with another history, or None where that was refused in half a sentence."""
    try:
        history, probe = from_bytes(history_of(arrays, values), saved.experiment)
        return replace(saved, history=history, probe=probe)
    except ValueError as error:
        assert 0 < len(str(error)) < 400
        assert "\n" not in str(error)
        return None


# --- Whatever is altered ---


@pytest.mark.parametrize("seed", range(40))
def test_altered_arrays_are_refused_or_drawn(saved, history, seed):
    arrays, values = history
    altered, what = altered_arrays(arrays, Random(seed))
    print(what)
    again = read(saved, altered, values)
    if again:
        draw_all(again)


@pytest.mark.parametrize("seed", range(60))
def test_altered_values_are_refused_or_drawn(saved, history, seed):
    arrays, values = history
    altered, what = altered_values(values, Random(seed))
    print(what)
    again = read(saved, arrays, altered)
    if again:
        draw_all(again)


@pytest.mark.parametrize("seed", range(40))
def test_altered_numbers_are_refused_or_drawn(saved, seed):
    values = json.loads(to_json(saved.race, "relu"))
    counts = ("loss_draws", "bound_samples", "bound_images", "train_images")
    parts = ("experiment", "environment", "members", *counts)
    altered, what = altered_values({name: values[name] for name in parts}, Random(seed))
    print(what)
    try:
        race = from_json(json.dumps({**values, **altered}))
    except ValueError as error:
        assert 0 < len(str(error)) < 400
        return
    if race.experiment.members == saved.race.experiment.members:
        draw_all(replace(saved, race=race))


# --- What was accepted once, and broke a picture ---


def at(*path):
    """Sets what lies at a path of the values."""

    def change(arrays, values, new):
        for key in path[:-1]:
            values = values[key]
        values[path[-1]] = new

    return change


def array(name, make):
    def change(arrays, values, new):
        arrays[name] = make(arrays[name], new)

    return change


def of_many(array, count):
    return np.zeros((array.shape[0], count, *array.shape[2:]), array.dtype)


def filled(array, value):
    return np.full_like(array, value)


SNAPSHOT = ("snapshots", 1)
REFUSED = {
    "steps of text": (at("steps"), "text"),
    "steps of a text": (at("steps", 0), "text"),
    "no steps": (at("steps", 0), 0),
    "steps that are true": (at("steps", 0), True),
    "steps without end": (at("steps", 0), 10**19),
    "another number of steps": (at(*SNAPSHOT, "steps"), 10**6),
    "a step beyond them": (at(*SNAPSHOT, "step"), 10**6),
    "an epoch without end": (at(*SNAPSHOT, "epoch"), 10**19),
    "epochs of text": (at(*SNAPSHOT, "epochs"), "text"),
    "a shape before the first": (at(*SNAPSHOT, "population"), -1),
    "a speed of text": (at(*SNAPSHOT, "images_per_second"), "text"),
    "a learning rate without end": (at(*SNAPSHOT, "learning_rate"), 1e300),
    "a path to nowhere": (at(*SNAPSHOT, "path_images"), [0, 10**6]),
    "nobody pictured": (at(*SNAPSHOT, "pictured"), []),
    "one pictured twice": (at(*SNAPSHOT, "pictured"), [0, 0]),
    "a layer name of a megabyte": (at(*SNAPSHOT, "layers", 0, "name"), "x" * 2**20),
    "layers of one name": (at(*SNAPSHOT, "layers", 0, "name"), "decoder 1"),
    "another order of gradients": (at(*SNAPSHOT, "gradient_layers"), ["a", "b", "c", "d"]),
    "no images": (array("snapshots.1.samples", of_many), 0),
    "images of 16 MB": (array("snapshots.1.manifold", of_many), 125_000),
    "fewer images than before": (array("snapshots.1.path_linear", of_many), 3),
    "counts below nothing": (array("snapshots.1.layers.0.output", filled), -1),
    "more than all units": (array("snapshots.1.layers.0.dead", filled), 2),
    "active latents without end": (array("snapshots.1.active_latents", filled), 10**6),
    "curves beyond the end": (array("curves.0.step", filled), 10**9),
    "epochs that are none": (array("curves.0.epoch", filled), np.nan),
}


@pytest.mark.parametrize(("change", "new"), REFUSED.values(), ids=REFUSED)
def test_what_no_race_holds_is_refused(saved, history, change, new):
    arrays, values = dict(history[0]), json.loads(json.dumps(history[1]))
    change(arrays, values, new)
    assert read(saved, arrays, values) is None


@pytest.mark.parametrize("count", [1_000_001, 8_000_000])
def test_more_values_than_a_race_has_are_not_parsed(saved, history, monkeypatch, count):
    arrays, values = history
    data = history_of(arrays, {**values, "more": [[]] * (count // 2)})
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("parsed"))
    with pytest.raises(ValueError, match=r"values, more than 1,000,000|bytes, more than"):
        from_bytes(data, saved.race.experiment)


# --- What training writes ---


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e19, 1e38, -3e38])
@pytest.mark.parametrize("name", ["latent_mean", "latent_log_variance", "gradient_norms"])
def test_numbers_of_a_member_that_diverged_are_drawn(saved, history, name, value):
    arrays, values = history
    altered = {
        key: np.full_like(array, value) if key.endswith(name) else array
        for key, array in arrays.items()
    }
    again = read(saved, altered, values)
    assert again is not None
    draw_all(again)


def test_a_race_in_which_members_diverged_comes_back_and_is_drawn():
    saved = saved_race(activations=("exponential", "relu"), learning_rate=10.0, epochs=8, latent=3)
    assert saved.race.diverged().any()
    history, probe = from_bytes(to_bytes(saved.history, saved.probe), saved.race.experiment)
    assert history.places == saved.history.places
    assert [s.frozen for s in history.at(-1)] == [s.frozen for s in saved.history.at(-1)]
    draw_all(
        replace(saved, race=from_json(to_json(saved.race, "relu")), history=history, probe=probe)
    )
