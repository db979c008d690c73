"""Activations as the papers' equations have them, in NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import special

from vae_explorer.activations import ACTIVATIONS

KINKS = [-3.0, -1.0, 0.0, 1.0, 3.0, 6.0]  # of any activation

every = pytest.mark.parametrize("name", ACTIVATIONS)


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


def evaluate(name, x, parameters, dtype=torch.float64):
    """The function at x, as an array."""
    tensors = {key: torch.tensor(value, dtype=dtype) for key, value in parameters.items()}
    return ACTIVATIONS[name].function(torch.tensor(x, dtype=dtype), **tensors).numpy()
