"""The activation functions against closed forms from the papers' equations."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.helpers.activations import (
    CLOSED_FORMS,
    KINKS,
    evaluate,
    every,
)
from vae_explorer.activations import ACTIVATIONS, sample

WITH_PARAMETERS = [name for name, entry in ACTIVATIONS.items() if entry.parameters]
learned = pytest.mark.parametrize("name", WITH_PARAMETERS)


def draw(name, shape, seed=0):
    """Inputs of `shape` (K, N, H), clear of every kink, and trained-looking parameters."""
    random = np.random.default_rng(seed)
    x = random.uniform(-7, 7, shape)
    for kink in KINKS:
        x = np.where(np.abs(x - kink) < 0.05, kink + 0.1, x)
    of_unit = (shape[0], 1, shape[2])
    initial = ACTIVATIONS[name].parameters
    return x, {key: value + random.normal(0, 0.7, of_unit) for key, value in initial.items()}


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
