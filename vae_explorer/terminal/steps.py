"""Taking steps in a terminal: how many threads, what is said, and when it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.unused import unused
from vae_explorer.explain.words import listed
from vae_explorer.terminal.interruption import Interruption
from vae_explorer.terminal.progress import latest, progress
from vae_explorer.training.machine import available_cores

if TYPE_CHECKING:  # PyTorch takes seconds: a wrong option is answered before it is imported
    from vae_explorer.terminal.progress import Run
    from vae_explorer.training.race import RaceTrainer
    from vae_explorer.training.trainer import Trainer
    from vae_explorer.training.tuning import Tuner

INTERRUPTED = 130  # as a shell reports a program that a Ctrl-C has ended


def set_threads(asked: int | None, experiment: Experiment) -> int:
    """As many as were asked for, or as the training is worth."""
    import torch

    from vae_explorer.training.machine import threads_for

    threads = asked or threads_for(experiment, available_cores())
    torch.set_num_threads(threads)
    return threads


def announcement(trainer: Trainer | RaceTrainer, threads: int) -> str:
    members = trainer.experiment.members
    labels = dict.fromkeys(member.label for member in members)
    count = len(members)
    precision = latest(trainer).precision
    text = (
        f"Training {count} VAE{'s' * (count > 1)} ({', '.join(labels)}) for "
        f"{trainer.experiment.epochs:,} epochs in {precision} on {threads} "
        f"thread{'s' * (threads > 1)}."
    )
    return "\n".join(filter(None, [unused(trainer.experiment), text]))


def trials_announcement(tuner: Tuner, threads: int) -> str:
    trials = tuner.experiment.trials
    rates = listed([number_text(rate) for rate in trials[0].swept_values])
    count = sum(len(each.members) for each in trials)
    return (
        f"Trying learning rates {rates} with {count} VAEs on {threads} "
        f"thread{'s' * (threads > 1)}, before the race itself."
    )


def take_steps(
    trainer: Run,
    interruption: Interruption,
    look: Callable[[], None] = lambda: None,
) -> None:
    """Steps to the end or until a Ctrl-C; `look` is called after each."""
    report = progress(trainer)
    try:
        while not trainer.finished and not interruption.requested:
            trainer.step()
            look()
            report.update()
    finally:
        report.close()
