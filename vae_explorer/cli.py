"""The command line: `python -m vae_explorer train ...`.

Every option that is a setting is made from the setting's own field, and an option that is not given
is not passed on, so no default and no bound is written here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import Field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from vae_explorer import __version__, catalogue
from vae_explorer.command_line import PROGRAM, option_names
from vae_explorer.config import SETTINGS, ConfigError, Experiment, parse
from vae_explorer.cores import available_cores
from vae_explorer.data import DATA_DIR_VARIABLE, DataError, load_dataset
from vae_explorer.interruption import Interruption
from vae_explorer.presets import PRESETS
from vae_explorer.store import StoreError, check_target, read_record, save_run
from vae_explorer.terminal import progress, say, table

if TYPE_CHECKING:  # PyTorch takes seconds: a wrong option is answered before it is imported
    from vae_explorer.training import Trainer

_FAILED = 2
_INTERRUPTED = 130  # as a shell reports a program that a Ctrl-C has ended
_MOST_THREADS = 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code: 0, 2 with a sentence on stderr, or 130."""
    try:
        arguments = build_parser().parse_args(argv)
        return arguments.run(arguments)
    except SystemExit as end:  # argparse has printed the help or what is wrong
        return int(end.code or 0)
    except (ConfigError, DataError, StoreError) as error:
        return _fail(str(error))
    except MemoryError:
        return _fail("The memory of this machine is too small for the experiment.")
    except RuntimeError as error:
        if "allocate memory" in str(error):  # PyTorch has no error of its own for it
            return _fail("The memory of this machine is too small for the experiment.")
        raise
    except KeyboardInterrupt:
        print("Interrupted; nothing was saved.", file=sys.stderr)
        return _INTERRUPTED


def _fail(sentence: str) -> int:
    print(f"Error: {sentence}", file=sys.stderr)
    return _FAILED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, without argparse's list of all the options before it."""
        self.exit(_FAILED, f"Error: {message}; {self.prog} --help explains the options.\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; the chosen one's function is in `run`."""
    parser = _Parser(
        prog=PROGRAM,
        description="See what an activation function does to a variational autoencoder.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vae_explorer {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    _add_command(
        commands,
        "train",
        _train,
        "Train one VAE for each activation and seed, all at once, and save them.",
        _train_options,
        epilog=_train_epilog(),
    )
    _add_command(
        commands,
        "pretrain",
        _pretrain,
        "Train the pretrained catalogue again, entry by entry.",
        _pretrain_options,
        epilog=_pretrain_epilog(),
    )
    return parser


def _add_command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    add_options: Callable[[argparse.ArgumentParser], None],
    epilog: str = "",
) -> None:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,  # an option that is not given is not there
        allow_abbrev=False,
    )
    add_options(parser)
    parser.set_defaults(run=run)


# --- Options ---


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
            help=_help(setting).replace("%", "%%"),
            metavar=_metavar(setting),
            **(several if "longest" in setting.metadata else {}),
        )


def experiment_from(arguments: argparse.Namespace) -> Experiment:
    """The experiment that the options describe; ConfigError if there is none."""
    given = vars(arguments)
    values = dict(PRESETS[given["preset"]].changes) if "preset" in given else {}
    if "data_dir" in given:  # whoever names the files of the full set wants them
        values["image_set"] = "full"
    values |= {name: parse(name, _text(given[name])) for name in SETTINGS if name in given}
    return Experiment.from_dict(values)


def _text(words: str | list[str]) -> str:
    """One text of the words after an option: 400 200 and 400,200 alike."""
    if isinstance(words, str):
        return words
    text = ",".join(words).replace(" ", ",")
    return "" if text == "none" else text


def _metavar(setting: Field) -> str:
    if "choices" in setting.metadata:
        return "|".join(setting.metadata["choices"])
    if "each" in setting.metadata:
        return "NAME"
    return "X" if isinstance(setting.default, float) else "N"


def _help(setting: Field) -> str:
    bounds = setting.metadata
    notes = []
    if "minimum" in bounds:
        notes.append(f"from {_number(bounds['minimum'])} to {_number(bounds['maximum'])}")
    if "minimum" in bounds and "longest" in bounds:
        notes.append(f'at most {bounds["longest"]} numbers, or "none"')
    if setting.name == "activations":
        notes.append("any of " + ", ".join(bounds["each"]))
    if setting.default is not None:
        default = setting.default
        shown = " ".join(map(str, default)) if isinstance(default, tuple) else str(default)
        notes.append(f"default {shown}")
    return f"{bounds['help']} ({'; '.join(notes)})" if notes else bounds["help"]


def _number(value: float) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"


def _train_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the run")
    group.add_argument(
        "--out", required=True, metavar="DIR", help="Folder to save the run in; a run is replaced."
    )
    group.add_argument(
        "--data-dir",
        metavar="DIR",
        help="Folder of IDX files of the full set of images, which it then trains on. "
        f"With --image-set full alone, {DATA_DIR_VARIABLE} names it, or OpenML has them.",
    )
    _add_threads(group)
    add_experiment_options(parser)


def _pretrain_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the catalogue")
    group.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="Folder to save a run in for each entry; those that are there are replaced.",
    )
    group.add_argument(
        "--data-dir",
        metavar="DIR",
        help="Folder with a folder of IDX files for each full set: DIR/mnist and "
        "DIR/fashion-mnist. Without it the embedded images are used.",
    )
    group.add_argument(
        "--only", nargs="+", choices=catalogue.RECIPES, metavar="NAME", help="Only these entries."
    )
    group.add_argument("--epochs", metavar="N", help="Another number of epochs, for all of them.")
    _add_threads(group)


def _add_threads(group: Any) -> None:
    group.add_argument(
        "--threads", type=_threads, metavar="N", help="Processor threads (default: all cores)."
    )


def _threads(text: str) -> int:
    if text.isdecimal() and 1 <= int(text[:9]) <= _MOST_THREADS:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"{text[:40]!r} is no whole number from 1 to {_MOST_THREADS:,}"
    )


def _train_epilog() -> str:
    presets = "\n".join(f"  {name:<14}{preset.sentence}" for name, preset in PRESETS.items())
    return (
        f"presets:\n{presets}\n\nexample:\n"
        f"  {PROGRAM} train --dataset digits --activation relu tanh --seeds 3 --out runs/digits"
    )


def _pretrain_epilog() -> str:
    lines = []
    for name, recipe in catalogue.RECIPES.items():
        count = len(recipe.activations)
        lines.append(f"  {name:<24}{count} activation{'s' * (count > 1)}, {recipe.epochs} epochs")
    return "\n".join(["entries:", *lines])


# --- Training ---


def _train(arguments: argparse.Namespace) -> int:
    experiment = experiment_from(arguments)
    folder = check_target(arguments.out, experiment)
    data_dir = getattr(arguments, "data_dir", None)
    dataset = load_dataset(experiment.dataset, experiment.image_set, data_dir, progress=say)
    say(dataset.origin)
    with Interruption() as interruption:
        import torch

        from vae_explorer.training import Trainer

        torch.set_num_threads(getattr(arguments, "threads", None) or available_cores())
        trainer = Trainer(experiment, dataset)
        say(_announcement(trainer, torch.get_num_threads()))
        _take_steps(trainer, interruption)
        if trainer.step_number == 0:
            raise KeyboardInterrupt
        _save(trainer, folder)
    return 0 if trainer.finished else _INTERRUPTED


def _announcement(trainer: Trainer, threads: int) -> str:
    labels = dict.fromkeys(member.label for member in trainer.population.members)
    count = len(trainer.population)
    return (
        f"Training {count} VAE{'s' * (count > 1)} ({', '.join(labels)}) for "
        f"{trainer.experiment.epochs:,} epochs in {trainer.precision} on {threads} "
        f"thread{'s' * (threads > 1)}."
    )


def _take_steps(trainer: Trainer, interruption: Interruption) -> None:
    report = progress(trainer)
    try:
        while not trainer.finished and not interruption.requested:
            trainer.step()
            report.update()
    finally:
        report.close()


def _save(trainer: Trainer, folder: Path) -> None:
    if not trainer.finished:
        say(f"Interrupted at step {trainer.step_number:,} of {trainer.steps:,}; saving the run.")
    save_run(folder, trainer)
    say(table(read_record(folder).results))
    say(f"Saved as {folder}.")


def _pretrain(arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    data_dir, folder = given.get("data_dir"), Path(arguments.out)
    recipes = {
        name: _on_these_images(recipe, data_dir, given.get("epochs"))
        for name, recipe in catalogue.RECIPES.items()
        if name in given.get("only", catalogue.RECIPES)
    }
    targets = {name: check_target(folder / name, recipe) for name, recipe in recipes.items()}
    image_sets = {recipe.dataset: recipe.image_set for recipe in recipes.values()}
    datasets = {  # all of them before training begins
        name: load_dataset(name, image_set, data_dir, progress=say)
        for name, image_set in image_sets.items()
    }
    with Interruption() as interruption:
        import torch

        from vae_explorer.training import Trainer

        torch.set_num_threads(given.get("threads") or available_cores())
        for number, (name, recipe) in enumerate(recipes.items(), start=1):
            dataset = datasets[recipe.dataset]
            say(f"{name}, {number} of {len(recipes)}. {dataset.origin}")
            trainer = Trainer(recipe, dataset)
            say(_announcement(trainer, torch.get_num_threads()))
            _take_steps(trainer, interruption)
            if not trainer.finished:
                say(f"Interrupted; {name} is not saved, and entries before it are as they were.")
                return _INTERRUPTED
            save_run(targets[name], trainer, half=True)
            catalogue.write_catalogue(targets[name].parent)
            say(table(read_record(targets[name]).results))
            say(f"Saved as {targets[name]}.")
    return 0


def _on_these_images(recipe: Experiment, data_dir: str | None, epochs: str | None) -> Experiment:
    """A recipe with the images and epochs that the options ask for."""
    changes: dict[str, Any] = {} if data_dir else {"image_set": "embedded"}
    if epochs is not None:
        changes["epochs"] = parse("epochs", epochs)
    return recipe.replace(**changes)
