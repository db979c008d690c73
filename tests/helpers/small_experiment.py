"""An experiment that is small enough to compare number by number."""

from __future__ import annotations

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment

ALL = tuple(ACTIVATIONS)


def experiment(**settings):
    return Experiment(**{"dataset": "digits", "hidden": (5, 4), "latent": 3, **settings})
