"""Every activation against closed forms in NumPy and SciPy, finite differences and quadrature."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.helpers.activations import (
    CLOSED_FORMS,
    every,
)
from vae_explorer.activations import ACTIVATIONS, get_activation, sample
from vae_explorer.version import ROOT

# --- Finding and drawing ---


@every
def test_an_entry_is_found_by_its_name(name):
    assert get_activation(name) is ACTIVATIONS[name]


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [
        ("rellu", "relu"),
        ("ReLU", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("Average pooling", "average_pooling"),
        ("squared-relu", "squared_relu"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_and_with_all(unknown, nearest):
    with pytest.raises(ValueError) as error:
        get_activation(unknown)
    names = ", ".join(ACTIVATIONS)
    assert str(error.value) == (
        f"There is no activation {unknown!r}; did you mean {nearest!r}? It may be {names}."
    )


@pytest.mark.parametrize("unknown", ["", "zzzz", 3, None, [3], "r" * 100_000])
def test_nonsense_is_answered_in_one_short_sentence_without_a_guess(unknown):
    with pytest.raises(ValueError, match="There is no activation") as error:
        get_activation(unknown)
    assert "It may be linear, exponential" in str(error.value)
    assert "did you mean" not in str(error.value)
    assert len(str(error.value)) < 400


@every
def test_sample_draws_the_function_with_its_initial_parameters(name):
    x = np.linspace(-5, 5, 1001)
    x.flags.writeable = False
    values = sample(name, x)
    initial = ACTIVATIONS[name].parameters
    assert values.dtype == np.float32 and values.shape == x.shape
    # Average pooling is drawn as what it does to equal neighbours: nothing.
    expected = x if name == "average_pooling" else CLOSED_FORMS[name](x, **initial)
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (2, 1, 4)])
def test_sample_keeps_any_shape(shape):
    for name in ("tanh", "average_pooling", "prelu", "adaptive_mixture"):
        assert sample(name, np.ones(shape)).shape == shape


def test_sample_leaves_its_input_alone():
    x = np.ones(3, dtype=np.float32)
    sample("linear", x)[:] = 7
    assert (x == 1).all()


def test_importing_the_registry_does_not_import_torch():
    code = (
        "import sys\n"
        "from vae_explorer.activations.registry import ACTIVATIONS, get_activation\n"
        "assert get_activation('relu').label == 'ReLU'\n"
        "assert len({a.formula for a in ACTIVATIONS.values()}) > 20\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    root = ROOT
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
