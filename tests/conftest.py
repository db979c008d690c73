"""Small sets of images, and experiments on them that train in no time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings

from tests.helpers.plain_vae import PlainVAE
from vae_explorer.data import DATASETS, Dataset, Split, load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.training.trainer import Trainer

torch.set_num_threads(1)  # the tests' networks are too small to share
torch.set_flush_denormal(False)  # the optimiser sets it, and Hypothesis draws such numbers

# The same examples at every run, and none refused for having taken long on a busy machine.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """The 8×8 digits: 1,437 training images and 360 test images."""
    return load_dataset("digits")


@pytest.fixture(scope="session")
def few_digits(digits: Dataset) -> Dataset:
    """The first 130 training images and the first 60 test images, two or more of each class."""
    train = Split(digits.train.images[:130].copy(), digits.train.labels[:130].copy())
    test = Split(digits.test.images[:60].copy(), digits.test.labels[:60].copy())
    return Dataset(DATASETS["digits"], train, test, "embedded", "The first few digits.")


@pytest.fixture
def double() -> Iterator[None]:
    """Everything in float64, where two right ways to compute a number agree to 12 digits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture
def plain_vae() -> Callable[[Population, int], PlainVAE]:
    """Makes the plain VAE with the weights that a member of a population has now."""
    return PlainVAE


@pytest.fixture
def randomise() -> Callable[[Population], None]:
    """Fills every parameter with numbers that no initialisation gives, learned ones included."""

    def fill(population: Population) -> None:
        draw = torch.Generator().manual_seed(0)
        for name, value in population.parameters.values.items():
            with torch.no_grad():
                scale = 0.5 / math.sqrt(value.shape[1]) if name.endswith("weight") else 0.3
                value.copy_(scale * torch.randn(value.shape, generator=draw))

    return fill


@pytest.fixture
def quick() -> Callable[..., Experiment]:
    """Makes an experiment on a few digits that trains in no time, with some settings changed."""

    def make(**changes: Any) -> Experiment:
        small = {"dataset": "digits", "hidden": (8, 6), "batch_size": 50, "epochs": 2}
        return Experiment(**{**small, **changes})

    return make


@pytest.fixture
def train() -> Callable[..., Trainer]:
    """Makes a trainer and takes so many steps, or all."""

    def run(experiment: Experiment, dataset: Dataset, steps: int | None = None) -> Trainer:
        trainer = Trainer(experiment, dataset)
        while not trainer.finished and trainer.step_number != steps:
            trainer.step()
        return trainer

    return run


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Callable[[Trainer, str], list]:
    """Lists arguments and result of every call of a method of a trainer's population."""

    def watch(trainer: Trainer, name: str) -> list:
        calls, method = [], getattr(trainer.population, name)

        def watched(*arguments: Any) -> Any:
            result = method(*arguments)
            calls.append((arguments, result))
            return result

        monkeypatch.setattr(trainer.population, name, watched)
        return calls

    return watch


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)
