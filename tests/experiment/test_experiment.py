"""The configuration: every way there and back, and every way in which it can be wrong."""

from __future__ import annotations

import dataclasses
import json
import math
import string
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.experiments import (
    NAMES,
    NUMBERS,
    WHOLE,
    bounds,
    experiments,
    junk,
)
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.experiment.experiment import SETTINGS, Experiment, parse
from vae_explorer.experiment.settings import ConfigError


def assert_is_sentence(text):
    assert text[0].isprintable()
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 700


# --- There and back ---


@given(experiments())
def test_an_experiment_comes_back_from_json(experiment):
    text = json.dumps(experiment.to_dict(), allow_nan=False)
    assert Experiment.from_dict(json.loads(text)) == experiment


@given(experiments())
def test_an_experiment_comes_back_from_a_url(experiment):
    query = experiment.to_query()
    assert all(isinstance(text, str) for text in query.values())
    assert Experiment.from_query(query) == (experiment, [])


@given(experiments())
def test_a_url_says_only_what_differs_from_the_default(experiment):
    default = Experiment()
    expected = {name for name in NAMES if getattr(experiment, name) != getattr(default, name)}
    assert set(experiment.to_query()) == expected


@given(experiments())
def test_values_have_one_canonical_type_so_equal_experiments_are_equal(experiment):
    for name in NAMES:
        value, default = getattr(experiment, name), SETTINGS[name].default
        if value is not None and default is not None:
            assert type(value) is type(default)
    assert hash(experiment) == hash(Experiment.from_dict(experiment.to_dict()))


def test_what_is_alone_too_much_beside_the_defaults_still_comes_back_from_a_url():
    # With the default's three activations these layers would have too many weights.
    wide = Experiment(activations=("relu",), hidden=(2048,) * 6)
    assert Experiment.from_query(wide.to_query()) == (wide, [])


def test_settings_that_are_too_much_together_give_the_default_and_say_why():
    query = {"hidden": "1024,1024", "seeds": "20", "epochs": "0"}
    experiment, (refused, together) = Experiment.from_query(query)
    assert experiment == Experiment()
    assert refused.startswith("epochs is 0;")
    assert "weights together" in together


def test_the_default_has_an_empty_url():
    assert Experiment().to_query() == {}
    assert Experiment.from_query({}) == (Experiment(), [])


def test_every_setting_is_in_the_dictionary_and_has_a_label_and_a_sentence():
    assert list(Experiment().to_dict()) == NAMES
    for setting in SETTINGS.values():
        assert setting.metadata["label"]
        assert_is_sentence(setting.metadata["help"])


def test_replace_checks_again_and_leaves_the_original_alone():
    experiment = Experiment(dataset="digits")
    assert experiment.replace(beta=2, hidden=[3]).beta == 2.0
    assert experiment == Experiment(dataset="digits")
    with pytest.raises(ConfigError, match="beta is -1"):
        experiment.replace(beta=-1)


def test_an_experiment_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Experiment().beta = 2.0


# --- What comes from anywhere ---


queries = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=8),
    st.text(max_size=60)
    | st.text(alphabet=string.digits + ",.-+e_ ", max_size=40)
    | st.lists(st.sampled_from([*ACTIVATIONS, "same", "", "0", "7", "2048"]), max_size=9).map(
        ",".join
    )
    | st.sampled_from(["nan", "inf", "-inf", "1e999", "9" * 5000, "True", "None", "[1]", "٣", "²"]),
    max_size=8,
)


@given(queries)
@settings(max_examples=300)
def test_no_url_is_an_error_and_whatever_is_ignored_is_said(query):
    experiment, notices = Experiment.from_query(query)
    assert isinstance(experiment, Experiment)
    for notice in notices:
        assert_is_sentence(notice)
    refused = {notice.replace(":", " ").split()[0] for notice in notices}
    if refused <= set(query):  # what was not refused is as it would be by itself
        kept = {name: text for name, text in query.items() if name not in refused}
        assert Experiment.from_query(kept) == (experiment, [])
    else:  # together they were too much
        assert experiment == Experiment()


@given(st.sampled_from(NAMES), junk)
@settings(max_examples=300)
def test_a_value_is_taken_or_answered_in_a_sentence_that_names_the_setting(name, value):
    try:
        taken = getattr(Experiment(**{name: value}), name)
    except ConfigError as error:
        said = str(error)
        assert_is_sentence(said)
        assert said.startswith((name, "The ", "On a batch "))
    else:
        assert taken == (tuple(value) if isinstance(value, list) else value)


@given(junk)
def test_a_dictionary_of_anything_is_answered(value):
    try:
        Experiment.from_dict(value)
    except ConfigError as error:
        assert_is_sentence(str(error))
    else:
        assert isinstance(value, dict)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epoch": 3}, "There is no setting 'epoch'; the settings are dataset, image_set"),
        ({1: 2, "epoch": 3}, "There is no setting 1; the settings are"),
        ({"x" * 99: 3}, "There is no setting '" + "x" * 39 + "…;"),
        (None, "An experiment is None; it must be settings by name."),
        ([1], "An experiment is [1]; it must be settings by name."),
    ],
)
def test_a_dictionary_with_other_names_is_answered_with_the_right_ones(values, message):
    with pytest.raises(ConfigError) as error:
        Experiment.from_dict(values)
    assert str(error.value).startswith(message)


# --- Messages: the setting, the value, what it may be ---


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs is 0; it must be a whole number from 1 to 10,000."),
        ({"epochs": 1.5}, "epochs is 1.5; it must be a whole number from 1 to 10,000."),
        ({"epochs": True}, "epochs is True; it must be a whole number from 1 to 10,000."),
        ({"beta": math.nan}, "beta is nan; it must be a number from 0 to 1000."),
        ({"beta": "1"}, "beta is '1'; it must be a number from 0 to 1000."),
        ({"latent": None}, "latent is None; it must be a whole number from 1 to 128."),
        (
            {"seed": 10**5000},
            "seed is a number of thousands of digits; it must be a whole number from 0 to "
            "2,147,483,647.",
        ),
        ({"output": "poisson"}, "output is 'poisson'; it may be bernoulli, gaussian."),
        ({"dataset": ["mnist"]}, f"dataset is ['mnist']; it may be {', '.join(DATASETS)}."),
        ({"hidden": 64}, "hidden is 64; it must be a list of whole numbers from 1 to 2,048."),
        ({"hidden": [64, 0]}, "hidden is 0; it must be a list of whole numbers from 1 to 2,048."),
        (
            {"hidden": [[64]]},
            "hidden is [64]; it must be a list of whole numbers from 1 to 2,048.",
        ),
        ({"hidden": [1] * 7}, "hidden has 7 entries; it may have at most 6."),
        ({"hidden": None}, "hidden is None; it must be a list of whole numbers from 1 to 2,048."),
        ({"activations": "relu"}, "activations is 'relu'; it must be a list of activation names."),
        ({"activations": [3]}, "activations is [3]; it must be a list of activation names."),
        (
            {"activations": {"relu"}},
            "activations is {'relu'}; it must be a list of activation names.",
        ),
        ({"activations": []}, "activations is empty; choose at least one activation."),
        ({"decoder_activations": ()}, "decoder_activations is empty; choose at least one"),
        (
            {"activations": ["relu", "tan"]},
            "activations: There is no activation 'tan'; did you mean 'tanh'? It may be linear,",
        ),
    ],
)
def test_a_message_names_the_setting_the_value_and_what_it_may_be(change, message):
    with pytest.raises(ConfigError) as error:
        Experiment(**change)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("name", NUMBERS)
def test_bounds_are_allowed_and_what_lies_beyond_them_is_not(name):
    low, high = bounds(name)
    for value in (low, high):
        light = {"dataset": "digits", "hidden": (2,), "batch_size": 1, "activations": ("relu",)}
        assert getattr(Experiment(**{**light, name: value}), name) == value
    beyond = (-1, 1) if name in WHOLE else (-1e-9, 1e-3 * high)
    for value in (low + beyond[0], high + beyond[1], -math.inf, math.inf, math.nan, 10**400):
        with pytest.raises(ConfigError, match=name):
            Experiment(**{name: value})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden", "", ()),
        ("hidden", "64,32", (64, 32)),
        ("decoder_hidden", "same", None),
        ("decoder_hidden", "", ()),
        ("decoder_activations", "same", None),
        ("activations", "relu,,tanh", ("relu", "tanh")),
        ("epochs", "7", 7),
        ("beta", "1e-1", 0.1),
        ("output", "gaussian", "gaussian"),
    ],
)
def test_texts_mean_what_they_look_like(name, text, value):
    assert parse(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("epochs", "1.5"), ("epochs", ""), ("beta", "much"), ("hidden", "same")]
)
def test_texts_that_mean_nothing_are_shown_whole(name, text):
    with pytest.raises(ConfigError, match=f"^{name} is '{text}'; it must be "):
        parse(name, text)


def test_numbers_of_numpy_and_fractions_are_numbers():
    experiment = Experiment(
        hidden=np.array([8, 4]), epochs=np.int64(3), beta=np.float32(0.5), dropout=Fraction(1, 4)
    )
    assert (experiment.hidden, experiment.epochs) == ((8, 4), 3)
    assert (experiment.beta, experiment.dropout) == (0.5, 0.25)
    json.dumps(experiment.to_dict())
