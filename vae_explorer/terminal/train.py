"""`python -m vae_explorer train ...`: one population, trained and saved."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vae_explorer.data import load_dataset
from vae_explorer.experiment.command import PROGRAM
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.experiment.presets import PRESETS
from vae_explorer.experiment.recipe import SHAPE_SWEEPS
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.saved.run import check_target, read_record, save_run
from vae_explorer.terminal.interruption import Interruption
from vae_explorer.terminal.options import (
    add_experiment_options,
    add_images,
    add_threads,
    experiment_from,
)
from vae_explorer.terminal.progress import say
from vae_explorer.terminal.steps import (
    INTERRUPTED,
    announcement,
    set_threads,
    take_steps,
)
from vae_explorer.terminal.tables import table

if TYPE_CHECKING:  # PyTorch takes seconds: a wrong option is answered before it is imported
    from vae_explorer.training.trainer import Trainer


def add_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the run")
    group.add_argument(
        "--out", required=True, metavar="DIR", help="Folder to save the run in; a run is replaced."
    )
    add_images(group)
    add_threads(group)
    add_experiment_options(parser)


def epilog() -> str:
    presets = "\n".join(f"  {name:<14}{preset.sentence}" for name, preset in PRESETS.items())
    return (
        f"presets:\n{presets}\n\nexample:\n"
        f"  {PROGRAM} train --dataset digits --activation relu tanh --seeds 3 --out runs/digits"
    )


def run(arguments: argparse.Namespace) -> int:
    experiment = experiment_from(arguments)
    if experiment.sweep in SHAPE_SWEEPS:
        raise ConfigError(
            f"sweep is {experiment.sweep!r}, which takes several shapes, and a run has one; "
            "`compare` trains them all."
        )
    if experiment.trials:
        raise ConfigError(
            f"tune is {experiment.tune!r}, and a run is not tuned; `compare` tunes a race."
        )
    folder = check_target(arguments.out, experiment)
    data_dir = getattr(arguments, "data_dir", None)
    dataset = load_dataset(experiment.dataset, experiment.image_set, data_dir, progress=say)
    say(dataset.origin)
    with Interruption() as interruption:
        from vae_explorer.training.trainer import Trainer

        threads = set_threads(getattr(arguments, "threads", None), experiment)
        trainer = Trainer(experiment, dataset)
        say(announcement(trainer, threads))
        take_steps(trainer, interruption)
        if trainer.step_number == 0:
            raise KeyboardInterrupt
        _save(trainer, folder)
    return 0 if trainer.finished else INTERRUPTED


def _save(trainer: Trainer, folder: Path) -> None:
    if not trainer.finished:
        say(f"Interrupted at step {trainer.step_number:,} of {trainer.steps:,}; saving the run.")
    save_run(folder, trainer, draws=LEAST_DRAWS)
    say(table(read_record(folder)))
    say(f"Saved as {folder}.")
