"""Experiments with a name, to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.config import Experiment


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
