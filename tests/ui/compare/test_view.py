"""The view of the Compare page: there and back through a URL, whatever a stranger puts there."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.ui.compare.view import RaceView

OTHER = RaceView(
    reference="relu>tanh@0.5",
    judged="bound",
    chart="grid",
    pictures="values",
    aligned=False,
    way="spherical",
    histogram="pre_activation",
)


def test_a_view_goes_through_a_url_and_back():
    assert RaceView().to_query() == {}
    assert set(OTHER.to_query()) == {each.name for each in dataclasses.fields(RaceView)}
    assert RaceView.from_query(OTHER.to_query()) == (OTHER, [])


def test_no_name_is_one_of_the_experiment_beside_it():
    assert not {each.name for each in dataclasses.fields(RaceView)} & set(SETTINGS)


@pytest.mark.parametrize(
    "settings",
    [
        {"activations": ("relu", "leaky_relu")},
        {"activations": ("relu",), "decoder_activations": ("adaptive_mixture", "tanh")},
        {"sweep": "learning_rate", "sweep_values": (1e-5, 0.1)},
        {"sweep": "beta", "sweep_values": (0.1234567891, 50)},
    ],
)
def test_the_key_of_any_arm_may_be_the_reference(settings):
    for arm in arms_of(Experiment(dataset="digits", **settings)):
        assert RaceView(reference=arm.key).reference == arm.key


@pytest.mark.parametrize(
    "query",
    [
        {"reference": "<script>alert(1)</script>"},
        {"reference": "relu" * 1000},
        {"reference": ""},
        {"judged": "luck"},
        {"pictures": "../../etc/passwd"},
        {"aligned": "yes\n"},
    ],
)
def test_what_it_may_not_be_is_ignored_with_a_sentence(query):
    view, notices = RaceView.from_query(query)
    assert view == RaceView()
    assert len(notices) == 1
    assert notices[0].endswith(".")
    assert len(notices[0]) < 300


@given(st.dictionaries(st.sampled_from([f.name for f in dataclasses.fields(RaceView)]), st.text()))
def test_any_text_at_all_is_a_view_or_a_notice(query):
    view, notices = RaceView.from_query(query)
    assert len(notices) <= len(query)
    assert RaceView.from_query(view.to_query()) == (view, [])


def test_a_value_that_it_may_not_have_is_an_error():
    with pytest.raises(ConfigError, match="aligned is 'no'; it may be True or False"):
        RaceView().replace(aligned="no")


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("no", False)])
def test_what_is_true_or_false_is_yes_or_no_in_an_address(text, value):
    assert RaceView.from_query({"aligned": text}) == (RaceView(aligned=value), [])
    assert RaceView(aligned=False).to_query() == {"aligned": "no"}
    _, (notice,) = RaceView.from_query({"aligned": "maybe"})
    assert notice == "aligned is 'maybe'; it may be yes or no."
