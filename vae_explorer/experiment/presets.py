"""Experiments with a name, to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """A named experiment: the settings in which it differs from the default."""

    label: str
    sentence: str
    changes: Mapping[str, Any]

    @property
    def experiment(self) -> Experiment:
        return Experiment.from_dict(self.changes)


PRESETS: Mapping[str, Preset] = {
    "plane": Preset(
        "Digits in the plane",
        "Three activations learn to lay handwritten digits out in two dimensions.",
        {},
    ),
    "article": Preset(
        "The article's VAE",
        "784-32-784 with tanh, mended: separate heads, the mean added, logits, a real loss.",
        {
            "activations": ["tanh"],
            "hidden": [32],
            "latent": 32,
            "learning_rate": 1e-3,
            "schedule": "constant",
            "init": "pytorch",
        },
    ),
    "article-nine": Preset(
        "The article's nine activations",
        "All nine functions that the article names, trained at once on 8×8 digits.",
        {
            "dataset": "digits",
            "activations": [name for name, a in ACTIVATIONS.items() if a.article],
            "hidden": [64],
            "epochs": 60,
        },
    ),
    "pytorch": Preset(
        "PyTorch's example",
        "The 784-400-20 ReLU network of PyTorch's own VAE example.",
        {
            "activations": ["relu"],
            "hidden": [400],
            "latent": 20,
            "learning_rate": 1e-3,
            "schedule": "constant",
            "init": "pytorch",
            "epochs": 10,
        },
    ),
    "fashion": Preset(
        "Clothes in the plane",
        "Fashion-MNIST in two dimensions, with deeper networks.",
        {
            "dataset": "fashion",
            "activations": ["relu", "tanh", "gelu"],
            "hidden": [256, 128],
        },
    ),
    "adaptive": Preset(
        "Can a unit choose its own function?",
        "The learned activations against fixed ones: claim C8 of the article.",
        {
            "dataset": "digits",
            "activations": ["relu", "tanh", "silu", "prelu", "swish", "snake", "adaptive_mixture"],
            "hidden": [64],
            "epochs": 60,
        },
    ),
}

_DIGITS = {"dataset": "digits", "hidden": [64], "epochs": 60, "batch_size": 64}
_USUAL = ["relu", "tanh", "gelu", "silu", "elu", "sigmoid"]

RACES: Mapping[str, Preset] = {
    "six": Preset(
        "Six on 8×8 digits",
        "Six usual activations, each at its own learning rate, from ten seeds; a minute or less.",
        {**_DIGITS, "activations": _USUAL, "seeds": 10, "tune": "learning_rate"},
    ),
    "shared": Preset(
        "Six at one learning rate",
        "The same six, all at one learning rate: it decides who leads.",
        {**_DIGITS, "activations": _USUAL, "seeds": 10},
    ),
    "twelve": Preset(
        "Twelve on 8×8 digits",
        "The six and six rarer ones, each at its own learning rate, from ten seeds; minutes.",
        {
            **_DIGITS,
            "activations": [
                *_USUAL,
                *("leaky_relu", "selu", "mish", "sine", "softplus", "adaptive_mixture"),
            ],
            "seeds": 10,
            "tune": "learning_rate",
        },
    ),
    "nine": Preset(
        "The article's nine",
        "All functions that the article names, each at its own learning rate, from ten seeds.",
        {
            **_DIGITS,
            "activations": [name for name, a in ACTIVATIONS.items() if a.article],
            "seeds": 10,
            "tune": "learning_rate",
        },
    ),
    "grid": Preset(
        "Encoder against decoder",
        "Four activations in the encoder with each of the four in the decoder.",
        {
            **_DIGITS,
            "activations": ["relu", "tanh", "silu", "sigmoid"],
            "decoder_activations": ["relu", "tanh", "silu", "sigmoid"],
            "seeds": 10,
        },
    ),
    "depth": Preset(
        "How deep can it be?",
        "One to four hidden layers: where do gradients, or units, die?",
        {
            **_DIGITS,
            "activations": ["relu", "tanh", "selu", "sigmoid"],
            "seeds": 10,
            "sweep": "depth",
            "sweep_values": [1, 2, 3, 4],
        },
    ),
    "beta": Preset(
        "What beta does",
        "Three activations as the KL term weighs more and more.",
        {
            **_DIGITS,
            "activations": ["relu", "tanh", "gelu"],
            "latent": 8,
            "seeds": 10,
            "sweep": "beta",
            "sweep_values": [0.25, 1, 4, 16],
        },
    ),
    "mnist": Preset(
        "Four on MNIST",
        "28×28 digits, three seeds each; a race of minutes.",
        {"activations": ["relu", "tanh", "gelu", "sigmoid"], "seeds": 3, "epochs": 10},
    ),
}
