"""Every activation against closed forms in NumPy and SciPy, finite differences and quadrature."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy import integrate, special

from vae_explorer.activations import ACTIVATIONS, FAMILIES, get_activation, sample
from vae_explorer.version import ROOT

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
KINKS = [-3.0, -1.0, 0.0, 1.0, 3.0, 6.0]  # of any activation
WITH_PARAMETERS = [name for name, entry in ACTIVATIONS.items() if entry.parameters]

every = pytest.mark.parametrize("name", ACTIVATIONS)
learned = pytest.mark.parametrize("name", WITH_PARAMETERS)


# --- Closed forms, from the papers' equations ---


def rectified(x, negative):
    """x where it is positive, else `negative` of it, evaluated at no positive number."""
    return np.where(x > 0, x, negative(np.minimum(x, 0)))


def selu(x):
    """With the two constants derived from the fixed point (mean 0, variance 1) of the paper."""
    e1, e2, pi, e = special.erfc(1 / math.sqrt(2)), special.erfc(math.sqrt(2)), math.pi, math.e
    alpha = -math.sqrt(2 / pi) / (e1 * math.sqrt(e) - 1)
    variance = 2 * e2 * e**2 + pi * e1**2 * e - 2 * (2 + pi) * e1 * math.sqrt(e) + pi + 2
    scale = (1 - e1 * math.sqrt(e)) * math.sqrt(2 * pi / variance)
    return scale * rectified(x, lambda v: alpha * np.expm1(v))


def average_pooling(x):
    windows = [x[..., max(0, i - 1) : i + 2].mean(axis=-1) for i in range(x.shape[-1])]
    return np.stack(windows, axis=-1)


def adaptive_mixture(x, **gates):
    functions = {
        "tanh": np.tanh(x),
        "relu": np.maximum(x, 0),
        "silu": x * special.expit(x),
        "sine": np.sin(x),
        "linear": x,
    }
    logits = [gates[f"{key}_scale"] * x + gates[f"{key}_bias"] for key in functions]
    weights = special.softmax(np.stack(logits), axis=0)
    return sum(weight * value for weight, value in zip(weights, functions.values(), strict=True))


CLOSED_FORMS = {
    "linear": lambda x: x,
    "exponential": np.exp,
    "tanh": np.tanh,
    "sigmoid": special.expit,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: rectified(x, lambda v: 0.01 * v),
    "prelu": lambda x, slope: np.where(x > 0, x, slope * x),
    "average_pooling": average_pooling,
    "dropout": lambda x: x,
    "elu": lambda x: rectified(x, np.expm1),
    "selu": selu,
    "celu": lambda x: rectified(x, lambda v: 0.5 * np.expm1(v / 0.5)),
    "gelu": lambda x: x * special.ndtr(x),
    "silu": lambda x: x * special.expit(x),
    "swish": lambda x, beta: x * special.expit(beta * x),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hardtanh": lambda x: np.clip(x, -1, 1),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "relu6": lambda x: np.clip(x, 0, 6),
    "squared_relu": lambda x: np.where(x > 0, x * x, 0),
    "sine": np.sin,
    "snake": lambda x, frequency: x + np.sin(frequency * x) ** 2 / frequency,
    "gaussian": lambda x: np.exp(-(x**2)),
    "squareplus": lambda x: (x + np.sqrt(x**2 + 4)) / 2,
    "adaptive_mixture": adaptive_mixture,
}


def draw(name, shape, seed=0):
    """Inputs of `shape` (K, N, H), clear of every kink, and trained-looking parameters."""
    random = np.random.default_rng(seed)
    x = random.uniform(-7, 7, shape)
    for kink in KINKS:
        x = np.where(np.abs(x - kink) < 0.05, kink + 0.1, x)
    of_unit = (shape[0], 1, shape[2])
    initial = ACTIVATIONS[name].parameters
    return x, {key: value + random.normal(0, 0.7, of_unit) for key, value in initial.items()}


def evaluate(name, x, parameters, dtype=torch.float64):
    """The function at x, as an array."""
    tensors = {key: torch.tensor(value, dtype=dtype) for key, value in parameters.items()}
    return ACTIVATIONS[name].function(torch.tensor(x, dtype=dtype), **tensors).numpy()


# --- What the functions compute ---


def test_every_activation_has_a_closed_form_here():
    assert set(CLOSED_FORMS) == set(ACTIVATIONS)


@every
def test_values_equal_the_closed_form_whatever_the_parameters(name):
    x, parameters = draw(name, (3, 50, 7))
    expected = CLOSED_FORMS[name](x, **parameters)
    np.testing.assert_allclose(evaluate(name, x, parameters), expected, rtol=1e-7, atol=1e-9)
    single = evaluate(name, x, parameters, torch.float32)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=2e-5, atol=2e-6)


@every
@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 1), (2, 1, 2), (1, 4, 3)])
def test_the_shape_is_kept_however_narrow_the_layer(name, shape):
    x, parameters = draw(name, shape)
    expected = CLOSED_FORMS[name](x, **parameters)
    assert expected.shape == shape
    np.testing.assert_allclose(evaluate(name, x, parameters), expected, rtol=1e-7, atol=1e-9)


@every
def test_gradients_equal_finite_differences_in_x_and_in_every_parameter(name):
    x, parameters = draw(name, (2, 3, 4), seed=1)
    leaves = [torch.tensor(value, requires_grad=True) for value in (x, *parameters.values())]

    def function(x, *values):
        return ACTIVATIONS[name].function(x, **dict(zip(parameters, values, strict=True)))

    assert torch.autograd.gradcheck(function, leaves, eps=1e-6, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "slope"), [("squareplus", 0.5), ("gaussian", 0.0), ("softplus", 0.5), ("silu", 0.5)]
)
def test_smooth_functions_have_their_true_slope_at_zero(name, slope):
    x = torch.zeros(1, 1, 1, requires_grad=True)
    ACTIVATIONS[name].function(x).sum().backward()
    assert x.grad.item() == pytest.approx(slope)


@every
def test_a_unit_depends_on_no_other_member_or_image_and_on_neighbours_only_if_it_says_so(name):
    x, parameters = draw(name, (2, 3, 5))
    moved = x.copy()
    moved[1, 2, 3] += 0.01
    changed = evaluate(name, moved, parameters) != evaluate(name, x, parameters)
    assert not changed[0].any() and not changed[1, :2].any()
    others = np.delete(changed[1, 2], 3)
    assert others.any() == (not ACTIVATIONS[name].elementwise)


@learned
def test_each_unit_of_each_member_has_a_parameter_of_its_own(name):
    x, parameters = draw(name, (3, 8, 5))
    before = evaluate(name, x, parameters)
    for key in parameters:
        moved = {**parameters, key: parameters[key].copy()}
        moved[key][1, 0, 2] += 0.1
        changed = (evaluate(name, x, moved) != before).any(axis=1)  # (K, H)
        assert changed[1, 2], key
        assert changed.sum() == 1, key


@every
def test_large_inputs_give_finite_values_and_gradients(name):
    edges = [1e4, 1e3, 300.0, 100.0, 80.0, 21.0, 1e-3, 1e-20, 0.0]
    x = np.array(edges + [-edge for edge in edges])
    if name == "exponential":  # the exception: float32 ends at exp(88.7)
        x = x[x <= 80]
    entry = ACTIVATIONS[name]
    for factor in (1.0, 10.0):  # of the initial parameters, or of 1 where that is 0
        batch = torch.tensor(x, dtype=torch.float32).reshape(1, -1, 1).requires_grad_()
        parameters = {
            key: torch.full((1, 1, 1), factor * (value or factor - 1), requires_grad=True)
            for key, value in entry.parameters.items()
        }
        out = entry.function(batch, **parameters)
        leaves = [batch, *parameters.values()]
        assert out.isfinite().all()
        for gradient in torch.autograd.grad(out.sum(), leaves):
            assert gradient.isfinite().all()


def test_the_exponential_is_the_one_that_overflows():
    x = torch.tensor([[[89.0]]], requires_grad=True)
    out = ACTIVATIONS["exponential"].function(x)
    out.backward()
    assert out.item() == math.inf
    assert x.grad.item() == math.inf


def test_snake_is_the_identity_where_its_frequency_is_zero():
    x = torch.linspace(-5, 5, 11).reshape(1, -1, 1).requires_grad_()
    frequency = torch.zeros(1, 1, 1, requires_grad=True)
    out = ACTIVATIONS["snake"].function(x, frequency=frequency)
    out.sum().backward()
    assert torch.equal(out, x)
    assert torch.equal(x.grad, torch.ones_like(x))
    assert frequency.grad.isfinite().all()


def test_celu_is_not_elu_under_another_name():
    x = np.linspace(-3, -0.5, 20)
    assert (np.abs(sample("celu", x) - sample("elu", x)) > 0.05).all()


def test_the_mixture_begins_as_the_mean_of_its_five():
    x = np.linspace(-5, 5, 101)
    mean = np.mean([sample(n, x) for n in ("tanh", "relu", "silu", "sine", "linear")], axis=0)
    np.testing.assert_allclose(sample("adaptive_mixture", x), mean, atol=1e-6)


def test_the_mixture_can_choose_one_function_for_some_inputs_and_another_for_others():
    parameters = {key: np.zeros((1, 1, 1)) for key in ACTIVATIONS["adaptive_mixture"].parameters}
    parameters["sine_scale"] += 50.0
    parameters["tanh_scale"] -= 50.0
    x = np.array([-4.0, -2.0, 2.0, 4.0]).reshape(1, -1, 1)
    expected = np.where(x > 0, np.sin(x), np.tanh(x))
    np.testing.assert_allclose(evaluate("adaptive_mixture", x, parameters), expected, atol=1e-9)


def test_only_dropout_brings_a_rate_and_its_function_leaves_the_zeroing_to_the_layer():
    assert [name for name, entry in ACTIVATIONS.items() if entry.dropout] == ["dropout"]
    assert 0 < ACTIVATIONS["dropout"].dropout < 1
    x = torch.randn(2, 3, 4)
    assert torch.equal(ACTIVATIONS["dropout"].function(x), x)


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
