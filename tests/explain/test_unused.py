"""What is said where activations are raced that no unit has, and where all arms are equal."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.figures.report.test_report import text_of
from tests.helpers.races import plain, race_of
from tests.helpers.saved_races import saved_race
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.unused import unused
from vae_explorer.figures.report.page import report_html
from vae_explorer.saved.race_json import from_json, to_csv, to_json
from vae_explorer.terminal.tables import standings

SAME = "Without hidden layers no activation is used: all 3 activations give the same VAE."


@pytest.fixture(scope="module")
def none():
    return saved_race(activations=("relu", "tanh", "gelu"), hidden=()).race


def test_without_hidden_layers_every_activation_gives_the_same_vae(none):
    values = none.values("test_loss")
    assert np.isfinite(values).all()
    np.testing.assert_array_equal(values, values[:1].repeat(3, 0))


def test_every_surface_says_first_that_no_activation_is_used(none):
    assert explain(Standings(none, "relu"))[0].sentence == SAME
    found = recommend(Standings(none, "relu"))
    assert found.sentence.startswith(SAME) and found.arms == ()
    assert text_of(report_html(none, "relu")).index(SAME) < 300
    assert standings(none, "relu").startswith(SAME)
    assert from_json(to_json(none, "relu")).arms == none.arms


def test_no_activation_is_said_to_differ_or_to_do_anything(none):
    assert claims(Standings(none)) == ()
    for finding in explain(Standings(none, "relu"))[1:]:
        assert finding.rule not in ("leading", "difference", "trade", "gap", "bound_order")
    for seeds in (1, 2):
        losses = {"relu": 30.0, "gelu": 10.0, "tanh": 20.0}
        race = plain(losses, seeds=seeds, settings={"hidden": ()})
        said = [finding.sentence for finding in explain(Standings(race, "relu"))]
        assert said == [SAME]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, ""),
        ({"activations": ("relu",), "hidden": ()}, "Without hidden layers no activation is used."),
        ({"hidden": ()}, SAME),
        (
            {"hidden": (), "sweep": "beta"},
            "Without hidden layers no activation is used: those that differ by activation alone "
            "are the same VAE.",
        ),
        (
            {"hidden": (), "decoder_hidden": (8,), "decoder_activations": ("relu", "tanh")},
            "Without hidden layers in the encoder its activation is not used: pairs that differ by "
            "it alone are the same VAE.",
        ),
        (
            {"hidden": (8,), "decoder_hidden": ()},
            "Without hidden layers in the decoder its activation is not used.",
        ),
    ],
)
def test_what_no_unit_has_is_named(settings, sentence):
    assert unused(Experiment(**{"activations": ("relu", "tanh", "gelu"), **settings})) == sentence


def test_of_pairs_the_side_without_hidden_layers_is_not_spoken_of():
    experiment = Experiment(
        dataset="digits",
        activations=("relu", "tanh"),
        decoder_activations=("relu", "gelu"),
        hidden=(),
        decoder_hidden=(8,),
        seeds=5,
    )
    losses = {a.key: 20.0 if a.key.endswith(">gelu") else 30.0 for a in arms_of(experiment)}
    sentences = [f.sentence for f in explain(Standings(race_of(experiment, losses), "relu"))]
    assert any("GELU is clearly the best activation of the decoder" in each for each in sentences)
    assert not any("activation of the encoder" in each for each in sentences)


def _random_race(rng: np.random.Generator):
    """A small race with what real ones rarely have: equal, lost and missing numbers."""
    names = ["relu", "tanh", "gelu", "linear", "prelu", "exponential", "adaptive_mixture"]
    seeds = int(rng.integers(1, 4))
    sweep = str(rng.choice(["none", "none", "beta", "latent"]))
    settings = {"sweep": sweep, "sweep_values": [2, 3][: rng.integers(1, 3)]}
    if sweep == "none":
        settings = {}
        if rng.random() < 0.3:
            settings["decoder_activations"] = rng.choice(names, 2, replace=False).tolist()
    experiment = Experiment(
        dataset="digits",
        activations=rng.choice(names, rng.integers(1, 5 if not settings else 3), False).tolist(),
        hidden=[(16,), ()][int(rng.random() < 0.2)],
        seeds=seeds,
        epochs=4,
        **settings,
    )
    arms = arms_of(experiment)
    level = float(rng.choice([0.0, -3.0, 30.0]))
    losses = {arm.key: level + float(rng.choice([0, 0, 5])) for arm in arms}
    lost = float(rng.choice([0.0, 0.3, 1.0]))
    diverged = {a.key: {s: 1 for s in range(seeds) if rng.random() < lost} for a in arms}
    if rng.random() < 0.3:
        diverged[arms[0].key] = {}  # it may be the only one that is left
    epochs = {}
    if sweep == "latent" and rng.random() < 0.5:
        epochs = {arm.key: [4.0, 1.5][arm.value != arms[0].value] for arm in arms}
    race = race_of(experiment, losses, diverged=diverged, epochs=epochs)
    equal, missing = rng.random() < 0.5, float(rng.choice([0.0, 0.1]))
    members = []
    for member in race.members:
        if equal:
            result = dataclasses.replace(
                member.result, test_loss=level, test_reconstruction=level - 1.0, test_kl=1.0
            )
            member = dataclasses.replace(member, result=result, train_loss=level, bound=level)
        if rng.random() < missing:
            result = dataclasses.replace(member.result, test_loss=None, test_kl=None)
            member = dataclasses.replace(
                member, result=result, train_loss=None, bound=None, layers=(), gradients={}
            )
        members.append(member)
    return dataclasses.replace(race, members=tuple(members))


@pytest.mark.parametrize("seed", range(80))
def test_of_any_small_race_something_can_be_said(seed):
    rng = np.random.default_rng(seed)
    race = _random_race(rng)
    reference = str(rng.choice([arm.key for arm in race.arms]))
    found = [*explain(Standings(race, reference)), *claims(Standings(race))]
    advice = recommend(Standings(race, reference))
    for sentence in [f.sentence for f in found] + [advice.sentence, advice.reason, advice.doubt]:
        assert "nan" not in sentence.split() and sentence.endswith(".")
    assert from_json(to_json(race, reference)).arms == race.arms
    assert to_csv(race).count("\n") == len(race.members) + 1
    assert standings(race, reference)
    assert "</html>" in report_html(race, reference)
