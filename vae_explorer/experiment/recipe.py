"""The recipe of a member, and the settings that may take several values in one experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vae_explorer.activations import ACTIVATIONS, get_activation
from vae_explorer.experiment.settings import setting

# Where a learned Gaussian output starts: the variance of the pixels of bright images on black.
INITIAL_OUTPUT_LOG_VARIANCE = -2.3


def activations_setting(
    default: tuple[str, ...] | None, label: str, help: str, most: int, **more: Any
) -> Any:
    """A setting that is a list of activations; `more` as `setting` takes it."""
    labels = {name: each.label for name, each in ACTIVATIONS.items()}
    rules = {"each": labels, "noun": "activation", "find": get_activation, "longest": most}
    return setting(default, label, help, **rules, **more)


INITS = {"gain": "Scaled by gain", "pytorch": "PyTorch's"}  # initial weights


def find_init(name: str) -> str:
    """The name of one of INITS; ValueError, with the names that there are, for any other."""
    if name not in INITS:
        raise ValueError(f"there are no initial weights {name[:40]!r}; it may be gain or pytorch.")
    return name


@dataclass(frozen=True)
class Sweep:
    """A setting that may take several values in one experiment."""

    label: str  # as a person reads it before a value
    values: tuple[float, ...]  # unless others are asked for


SWEEPS: Mapping[str, Sweep] = {
    "depth": Sweep("hidden layers", (1, 2, 3)),
    "width": Sweep("hidden width", (32, 128, 512)),
    "latent": Sweep("latent size", (2, 8, 32)),
    "learning_rate": Sweep("learning rate", (1e-3, 3e-3, 1e-2)),
    "beta": Sweep("beta", (0.25, 1, 4)),
    "dropout": Sweep("dropout", (0, 0.1, 0.3)),
}
# Those that change the shape of the VAEs: each value is a population of its own.
SHAPE_SWEEPS = ("depth", "width", "latent")


@dataclass(frozen=True)
class Member:
    """The recipe of one VAE of a population: all in which members of one shape may differ."""

    encoder_activation: str
    decoder_activation: str
    dropout: float
    beta: float
    seed: int
    learning_rate: float  # highest of the schedule
    init: str  # one of INITS

    @property
    def activation_key(self) -> str:
        """The activation's name, or ``encoder>decoder`` where the two differ."""
        if self.encoder_activation == self.decoder_activation:
            return self.encoder_activation
        return f"{self.encoder_activation}>{self.decoder_activation}"

    @property
    def label(self) -> str:
        """The activation as a person writes it, without the seed: ``ReLU`` or ``ReLU → Tanh``."""
        encoder = ACTIVATIONS[self.encoder_activation].label
        decoder = ACTIVATIONS[self.decoder_activation].label
        return encoder if encoder == decoder else f"{encoder} → {decoder}"
