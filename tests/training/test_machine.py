"""The threads that a training is worth, from its work, which PyTorch counts independently."""

from __future__ import annotations

import pytest
from torch.utils.flop_counter import FlopCounterMode

from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.training.machine import operations, threads_for
from vae_explorer.training.trainer import Trainer


@pytest.mark.parametrize(
    "settings",
    [
        {"dataset": "digits", "hidden": (64,), "latent": 2},
        {"dataset": "digits", "hidden": (64, 32), "activations": ["relu", "tanh"], "seeds": 2},
        {"dataset": "mnist", "hidden": (256,), "latent": 20, "batch_size": 64},
    ],
)
def test_operations_are_those_of_a_step(settings):
    experiment = Experiment(**settings)
    trainer = Trainer(experiment, load_dataset(experiment.dataset))
    with FlopCounterMode(display=False) as counter:
        trainer.step()
    # The first layer needs no gradient of its inputs, and biases are no products.
    assert counter.get_total_flops() < operations(experiment) < 1.5 * counter.get_total_flops()


def test_the_largest_of_several_populations_counts():
    swept = Experiment(hidden=(32,), sweep="width", sweep_values=(16, 512))
    assert operations(swept) == operations(Experiment(hidden=(512,)))


def test_small_work_stays_on_one_core_and_large_work_takes_all():
    small = Experiment(dataset="digits", hidden=(64,), latent=2)
    large = Experiment(dataset="mnist", hidden=(400,), latent=20)
    assert threads_for(small, 8) == 1
    assert threads_for(large, 2) == 2
    assert 2 < threads_for(large, 64) < threads_for(large.replace(seeds=5), 64)
