"""What the entries claim of their functions: ranges, gains, names and words."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re

import numpy as np
import pytest
from scipy import integrate

from tests.helpers.activations import (
    CLOSED_FORMS,
    KINKS,
    evaluate,
    every,
)
from vae_explorer.activations import ACTIVATIONS, FAMILIES, sample

ARTICLE = [
    "linear",
    "exponential",
    "tanh",
    "sigmoid",
    "relu",
    "leaky_relu",
    "prelu",
    "average_pooling",
    "dropout",
]


# --- What the entries claim ---


@every
def test_the_range_is_respected_and_approached(name):
    """Open ends, such as those of tanh, are reached through rounding: equality is allowed."""
    decades = np.geomspace(1e-4, 1e4, 4001)
    x = np.concatenate([-decades, np.linspace(-10, 10, 20001), decades])
    with np.errstate(over="ignore"):
        values = sample(name, x)
    low, high = ACTIVATIONS[name].range
    assert low < high
    assert values.min() < -50 if low == -math.inf else abs(values.min() - low) < 2e-4
    assert values.max() > 50 if high == math.inf else abs(values.max() - high) < 2e-4
    assert values.min() >= low - 1e-6
    assert values.max() <= high + 1e-6


@pytest.mark.parametrize("name", [name for name, a in ACTIVATIONS.items() if a.elementwise])
def test_the_gain_undoes_the_second_moment_of_the_function(name):
    parameters = ACTIVATIONS[name].parameters

    def integrand(z):
        return CLOSED_FORMS[name](z, **parameters) ** 2 * math.exp(-z * z / 2)

    pieces = [-12.0, -6.0, *KINKS, 12.0]
    moment = sum(
        integrate.quad(integrand, left, right, epsabs=1e-12)[0]
        for left, right in itertools.pairwise(pieces)
    ) / math.sqrt(2 * math.pi)
    assert ACTIVATIONS[name].gain == pytest.approx(1 / math.sqrt(moment), rel=2e-6)


def test_the_gain_of_average_pooling_is_that_of_a_mean_of_three_normals():
    weights = evaluate("average_pooling", np.eye(9)[None], {})[0]  # (unit in, unit out)
    second_moments = (weights**2).sum(axis=0)  # of outputs, for independent N(0, 1) inputs
    gain = ACTIVATIONS["average_pooling"].gain
    np.testing.assert_allclose(second_moments[1:-1], 1 / gain**2, rtol=1e-6)
    np.testing.assert_allclose(second_moments[[0, -1]], 1 / 2)


def test_the_nine_of_the_article_come_first_in_its_order():
    assert list(ACTIVATIONS)[:9] == ARTICLE
    assert [name for name, entry in ACTIVATIONS.items() if entry.article] == ARTICLE


def test_names_and_labels_are_unique_and_names_fit_into_a_url():
    assert len({entry.label.lower() for entry in ACTIVATIONS.values()}) == len(ACTIVATIONS)
    for name, entry in ACTIVATIONS.items():
        assert entry.name == name
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)


@every
def test_the_formula_is_latex_with_every_bracket_closed(name):
    formula = ACTIVATIONS[name].formula
    assert "x" in formula and "$" not in formula and len(formula) < 80
    depth = 0
    for character in formula:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert formula.count("(") == formula.count(")")
    assert formula.count(r"\left") == formula.count(r"\right")


@every
def test_the_words_are_one_sentence_a_dated_source_and_a_known_family(name):
    entry = ACTIVATIONS[name]
    assert entry.intuition[0].isupper() and entry.intuition.endswith(".")
    assert not re.search(r"[.!?]\s", entry.intuition)
    assert len(entry.intuition) <= 120
    assert re.search(r", (19|20)\d\d\b", entry.source)
    assert entry.family in FAMILIES


def test_every_family_has_a_member():
    assert {entry.family for entry in ACTIVATIONS.values()} == set(FAMILIES)


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        ACTIVATIONS["mine"] = ACTIVATIONS["relu"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        ACTIVATIONS["relu"].gain = 1.0
    assert len(set(ACTIVATIONS.values())) == len(ACTIVATIONS)  # entries hash
