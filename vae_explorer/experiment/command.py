"""The command that trains an experiment again, as one would type it.

`terminal.options` parses it: a setting is an option of its own name, and one that is not given has
its default.
"""

from __future__ import annotations

import shlex
from dataclasses import Field

from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.settings import EMPTY

PROGRAM = "python -m vae_explorer"


def option_names(setting: Field) -> list[str]:
    """As the command line calls a setting; in the singular too where it may be repeated."""
    name = "--" + setting.name.replace("_", "-")
    if "each" in setting.metadata and not setting.metadata.get("repeats"):
        return [name.removesuffix("s"), name]
    return [name]


def command_line(experiment: Experiment, command: str = "compare", **options: object) -> str:
    """``python -m vae_explorer compare --dataset digits …``, quoted for a POSIX shell.

    The settings are those that differ from their defaults; `options` are the command's own, as
    ``out="race"``, and None leaves one out.
    """
    words = []
    if experiment.tune != "none":  # what it chose, it chooses again
        experiment = experiment.replace(learning_rates=None, inits=None)
    for name, setting in SETTINGS.items():
        value = getattr(experiment, name)
        if value != setting.default:
            words += [option_names(setting)[0], *_words(value)]
    for name, value in options.items():
        if value is not None:
            words += ["--" + name.replace("_", "-"), str(value)]
    return f"{PROGRAM} {command} {shlex.join(words)}".rstrip()


def _words(value: object) -> list[str]:
    """After an option; an empty list is a word of its own."""
    return list(map(str, value)) or [EMPTY] if isinstance(value, tuple) else [str(value)]
