"""Small races that are trained, with all that is kept and saved of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vae_explorer.data import Dataset, load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.results.record import RaceRecord
from vae_explorer.training.judge import judge
from vae_explorer.training.race import RaceTrainer, Recording

EXPERIMENT = Experiment(
    dataset="digits", activations=("relu", "tanh"), hidden=(4,), epochs=1, batch_size=512, seeds=2
)


def recorded(experiment: Experiment, dataset: Dataset) -> tuple[RaceTrainer, RaceRecord]:
    """A race that was trained to its end, and what was kept of it."""
    trainer = RaceTrainer(experiment, dataset)
    recording = Recording(trainer)
    while not trainer.finished:
        trainer.step()
        recording.after_step()
    return trainer, recording.record


def saved_race(**changes: Any) -> RaceRecord:
    """A race of four VAEs and few steps, trained and judged."""
    trainer, record = recorded(EXPERIMENT.replace(**changes), load_dataset("digits"))
    race = judge(trainer, Judging(draws=16))
    return replace(record, race=race)
