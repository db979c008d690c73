"""Options of the command line: settings to options, and back to an experiment.

Every option that is a setting is made from the setting's own field, and an option that is not given
is not passed on, so no default and no bound is written here.
"""

from __future__ import annotations

import argparse
from dataclasses import Field
from typing import Any, NoReturn

from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.experiment.command import option_names
from vae_explorer.experiment.experiment import SETTINGS, Experiment, parse
from vae_explorer.experiment.presets import PRESETS
from vae_explorer.experiment.settings import EMPTY, from_words

FAILED = 2  # the exit code of a command that was refused
_MOST_THREADS = 1024


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, without argparse's list of all the options before it."""
        self.exit(FAILED, f"Error: {message}; {self.prog} --help explains the options.\n")


def add_experiment_options(parser: argparse.ArgumentParser) -> None:
    """--preset and an option for every setting of an Experiment."""
    group = parser.add_argument_group("the experiment")
    group.add_argument(
        "--preset", choices=PRESETS, help="Settings to start from; other options override them."
    )
    for setting in SETTINGS.values():
        several: dict[str, Any] = {"nargs": "*", "action": "extend"}
        group.add_argument(
            *option_names(setting),
            dest=setting.name,
            help=help_of(setting).replace("%", "%%"),
            metavar=metavar_of(setting),
            **(several if "longest" in setting.metadata else {}),
        )


def experiment_from(arguments: argparse.Namespace) -> Experiment:
    """The experiment that the options describe; ConfigError if there is none."""
    given = vars(arguments)
    values = dict(PRESETS[given["preset"]].changes) if "preset" in given else {}
    if "data_dir" in given:  # whoever names the files of the full set wants them
        values["image_set"] = "full"
    values |= {name: _value(name, given[name]) for name in SETTINGS if name in given}
    return Experiment.from_dict(values)


def _value(name: str, words: str | list[str]) -> Any:
    """Of a setting, from the words after its option: 400 200 and 400,200 alike."""
    if isinstance(words, str):
        return parse(name, words)
    return from_words(SETTINGS[name], " ".join(words))


def metavar_of(setting: Field) -> str:
    if "choices" in setting.metadata:
        return "|".join(setting.metadata["choices"])
    if "each" in setting.metadata:
        return "NAME"
    return "X" if isinstance(setting.default, float) else "N"


def help_of(setting: Field) -> str:
    bounds = setting.metadata
    notes = []
    if "minimum" in bounds:
        notes.append(f"from {_number(bounds['minimum'])} to {_number(bounds['maximum'])}")
    if "minimum" in bounds and "longest" in bounds:
        notes.append(f'at most {bounds["longest"]} numbers, or "{EMPTY}"')
    if setting.name == "activations":
        notes.append("any of " + ", ".join(bounds["each"]))
    if setting.default is not None:
        default = setting.default
        shown = " ".join(map(str, default)) if isinstance(default, tuple) else str(default)
        notes.append(f"default {shown}")
    return f"{bounds['help']} ({'; '.join(notes)})" if notes else bounds["help"]


def _number(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"


def add_images(group: Any) -> None:
    group.add_argument(
        "--data-dir",
        metavar="DIR",
        help="Folder of IDX files of the full set of images, which it then trains on. "
        f"With --image-set full alone, {DATA_DIR_VARIABLE} names it, or OpenML has them.",
    )


def add_threads(group: Any) -> None:
    group.add_argument(
        "--threads",
        type=_threads,
        metavar="N",
        help="Processor threads (default: all cores, fewer for small networks). Give each of two "
        "trainings that run at the same time, the app's being one, its share of the cores.",
    )


def _threads(text: str) -> int:
    if text.isdecimal() and 1 <= int(text[:9]) <= _MOST_THREADS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text[:40]!r} is no whole number from 1 to {_MOST_THREADS:,}"
    )
