"""See what an activation function does to a variational autoencoder.

A notebook's way in; `python -m vae_explorer` is the terminal's and app.py the browser's::

    from vae_explorer import Experiment, Trainer, load, load_dataset, save_run

    experiment = Experiment(dataset="digits", activations=("relu", "tanh"), epochs=5, seeds=2)
    dataset = load_dataset("digits")
    trainer = Trainer(experiment, dataset)
    for snapshot in trainer:
        print(snapshot.epoch, snapshot.curves.test_loss[-1])  # (K,) negative ELBO in nats
    folder = save_run("runs/digits", trainer)
    mean, log_variance = load(folder).encode(dataset.pixels(dataset.test.images))  # (K, N, L)
    images = load(folder).decode(mean)  # (K, N, D), in [0, 1]

    # `python -m vae_explorer compare` and the Compare page save races; load_race("my-race").race
    # has .values("test_loss"), (A, S) nats: a row an activation, a column a seed
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vae_explorer.version import __version__

if TYPE_CHECKING:
    from vae_explorer.data import load_dataset
    from vae_explorer.experiment.experiment import Experiment
    from vae_explorer.model.population import Population
    from vae_explorer.saved.race import load_race
    from vae_explorer.saved.run import load, load_run, save_run
    from vae_explorer.training.race import RaceTrainer
    from vae_explorer.training.trainer import Trainer

# How many turns PyTorch's threads wait for each other before they sleep. Left alone they spin for
# milliseconds, and when other programs want the same cores, two trainings at once say, nearly all
# time goes into that: 192 images/s. Too few, and they sleep and wake all through a step: at 1,000
# two threads were slower than one. Measured in between (benchmarks/README.md). They read this once,
# when PyTorch is first imported.
os.environ.setdefault("GOMP_SPINCOUNT", "6000")

__all__ = [
    "Experiment",
    "Population",
    "RaceTrainer",
    "Trainer",
    "__version__",
    "load",
    "load_dataset",
    "load_race",
    "load_run",
    "save_run",
]

# Imported when first used: PyTorch takes seconds, and a page or a --help has no need of it.
_HOMES = {
    "Experiment": "vae_explorer.experiment.experiment",
    "Population": "vae_explorer.model.population",
    "RaceTrainer": "vae_explorer.training.race",
    "Trainer": "vae_explorer.training.trainer",
    "load": "vae_explorer.saved.run",
    "load_dataset": "vae_explorer.data",
    "load_race": "vae_explorer.saved.race",
    "load_run": "vae_explorer.saved.run",
    "save_run": "vae_explorer.saved.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # found at once from now on, without coming through here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
