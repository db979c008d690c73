"""What a person reads in a terminal while something trains: how far it is."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vae_explorer.training.race import RaceTrainer
    from vae_explorer.training.trainer import Trainer
    from vae_explorer.training.tuning import Tuner

    Run = Trainer | RaceTrainer | Tuner

_BAR_WIDTH = 20
_BAR_SECONDS = 0.2  # between two drawings
_LINES = 20  # in a whole run, so one every 5 per cent


def say(text: str, end: str = "\n") -> None:
    """Prints at once. When nobody reads any more nothing is printed, and the work goes on."""
    try:
        print(text, end=end, flush=True)
    except OSError:
        # A closed pipe or a full disk; what waits to be written must go somewhere at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Bar:
    """A progress bar in one line of a terminal, which `update` may be told of every step."""

    def __init__(self, trainer: Run):
        self._trainer = trainer
        self._started = time.monotonic()
        self._due = self._started

    def update(self) -> None:
        now = time.monotonic()
        if now < self._due and not self._trainer.finished:
            return
        self._due = now + _BAR_SECONDS
        filled = _BAR_WIDTH * self._trainer.step_number // self._trainer.steps
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        text = f"{bar} {status(self._trainer, now - self._started)}"
        width = shutil.get_terminal_size().columns - 1  # a full line would break
        say("\r" + text[:width].ljust(width), end="")

    def close(self) -> None:
        """What is said next begins a new line."""
        say("")


class Lines:
    """The same as lines, for a pipe or a file: after the first epoch and every 5 per cent."""

    def __init__(self, trainer: Run):
        self._trainer = trainer
        self._started = time.monotonic()
        self._said = 0

    def update(self) -> None:
        part = _LINES * self._trainer.step_number // self._trainer.steps
        if part > self._said or latest(self._trainer).epoch == 1:
            self._said = part
            say(status(self._trainer, time.monotonic() - self._started))

    def close(self) -> None:
        pass


def progress(trainer: Run) -> Bar | Lines:
    """What suits standard output; call `update` after every step and `close` in the end."""
    return Bar(trainer) if sys.stdout and sys.stdout.isatty() else Lines(trainer)


def latest(trainer: Run) -> Trainer:
    """Of a race, or of its tuning, the population that took the last step."""
    from vae_explorer.training.trainer import Trainer

    return trainer if isinstance(trainer, Trainer) else trainer.latest


def status(run: Run, seconds: float) -> str:
    """One line on a run that has been going for so long and has taken a step or more."""
    share = run.step_number / run.steps
    trainer = latest(run)
    speed = trainer.images_trained / trainer.seconds
    left = seconds * (1 - share) / share
    parts = (
        f"{100 * share:3.0f} %",
        f"epoch {trainer.epoch:.1f} of {trainer.experiment.epochs:,}",
        f"{speed:,.0f} images/s",
        f"{_duration(left)} left",
        _training_loss(trainer),
    )
    return "  ".join(part for part in parts if part)


def _training_loss(trainer: Trainer) -> str:
    """The mean over seeds of the newest training loss; the lowest and highest activation."""
    curves = trainer.curves()
    if not len(curves.step):
        return ""
    losses = defaultdict(list)
    for member, loss in zip(trainer.population.members, curves.train_loss[-1].tolist()):
        if np.isfinite(loss):
            losses[member.label].append(loss)
    means = sorted((fmean(values), label) for label, values in losses.items())
    if not means:
        return "no finite training loss"
    shown = [f"{_loss(loss)} ({label})" for loss, label in (means[0], means[-1])]
    if len(trainer.experiment.members) == trainer.experiment.seeds:
        return f"training loss {_loss(means[0][0])} nats"
    return f"training loss {' to '.join(dict.fromkeys(shown))} nats"


def _loss(value: float) -> str:
    return f"{value:.1f}" if abs(value) < 1e6 else f"{value:.0e}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
