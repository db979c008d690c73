"""The command line: `python -m vae_explorer train ...`, `compare ...` and `pretrain ...`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_explorer.cli_options import (
    FAILED,
    Parser,
    add_experiment_options,
    add_images,
    add_threads,
    experiment_from,
    help_of,
    metavar_of,
)
from vae_explorer.data import DataError, load_dataset
from vae_explorer.experiment.arms import arms_of, chosen_key
from vae_explorer.experiment.command import PROGRAM, option_names
from vae_explorer.experiment.experiment import Experiment, parse
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.presets import PRESETS
from vae_explorer.experiment.recipe import SHAPE_SWEEPS
from vae_explorer.experiment.settings import ConfigError, from_text
from vae_explorer.interruption import Interruption
from vae_explorer.results import record
from vae_explorer.saved import catalogue, recipes
from vae_explorer.saved.race import REPORT_NAME, check_race_target, save_race, save_runs
from vae_explorer.saved.run import StoreError, check_target, read_record, save_run
from vae_explorer.terminal import latest, progress, say, table
from vae_explorer.terminal_race import standings
from vae_explorer.training.machine import available_cores
from vae_explorer.version import __version__

if TYPE_CHECKING:  # PyTorch takes seconds: a wrong option is answered before it is imported
    from vae_explorer.training.race import RaceTrainer
    from vae_explorer.training.trainer import Trainer

_INTERRUPTED = 130  # as a shell reports a program that a Ctrl-C has ended


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
    return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; the chosen one's function is in `run`."""
    parser = Parser(
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
        "compare",
        _compare,
        "Race activations from several seeds, and write a report of what differs.",
        _compare_options,
        epilog=_compare_epilog(),
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


def _train_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the run")
    group.add_argument(
        "--out", required=True, metavar="DIR", help="Folder to save the run in; a run is replaced."
    )
    add_images(group)
    add_threads(group)
    add_experiment_options(parser)


def _compare_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the race")
    group.add_argument(
        "--out",
        required=True,
        metavar="DIR",
        help="Folder for report.html, results.csv, results.json and the saved runs; "
        "a race that is there is replaced.",
    )
    group.add_argument(
        "--reference",
        metavar="NAME",
        help="The activation that the others are held against (default: the first).",
    )
    for setting in dataclasses.fields(Judging):
        group.add_argument(
            *option_names(setting),
            dest=setting.name,
            help=help_of(setting),
            metavar=metavar_of(setting),
        )
    add_images(group)
    add_threads(group)
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
        "--only", nargs="+", choices=recipes.RECIPES, metavar="NAME", help="Only these entries."
    )
    group.add_argument("--epochs", metavar="N", help="Another number of epochs, for all of them.")
    add_threads(group)


def _train_epilog() -> str:
    presets = "\n".join(f"  {name:<14}{preset.sentence}" for name, preset in PRESETS.items())
    return (
        f"presets:\n{presets}\n\nexample:\n"
        f"  {PROGRAM} train --dataset digits --activation relu tanh --seeds 3 --out runs/digits"
    )


def _compare_epilog() -> str:
    return (
        f"example:\n  {PROGRAM} compare --dataset digits --activation relu --activation gelu "
        "--seeds 5 --epochs 30 --out races/relu-gelu"
    )


def _pretrain_epilog() -> str:
    lines = []
    for name, recipe in recipes.RECIPES.items():
        count = len(recipe.activations)
        lines.append(f"  {name:<24}{count} activation{'s' * (count > 1)}, {recipe.epochs} epochs")
    return "\n".join(["entries:", *lines])


# --- Training ---


def _train(arguments: argparse.Namespace) -> int:
    experiment = experiment_from(arguments)
    if experiment.sweep in SHAPE_SWEEPS:
        raise ConfigError(
            f"sweep is {experiment.sweep!r}, which takes several shapes, and a run has one; "
            "`compare` trains them all."
        )
    folder = check_target(arguments.out, experiment)
    data_dir = getattr(arguments, "data_dir", None)
    dataset = load_dataset(experiment.dataset, experiment.image_set, data_dir, progress=say)
    say(dataset.origin)
    with Interruption() as interruption:
        from vae_explorer.training.trainer import Trainer

        threads = _set_threads(getattr(arguments, "threads", None), experiment)
        trainer = Trainer(experiment, dataset)
        say(_announcement(trainer, threads))
        _take_steps(trainer, interruption)
        if trainer.step_number == 0:
            raise KeyboardInterrupt
        _save(trainer, folder)
    return 0 if trainer.finished else _INTERRUPTED


def _set_threads(asked: int | None, experiment: Experiment) -> int:
    """As many as were asked for, or as the training is worth."""
    import torch

    from vae_explorer.training.machine import threads_for

    threads = asked or threads_for(experiment, available_cores())
    torch.set_num_threads(threads)
    return threads


def _announcement(trainer: Trainer | RaceTrainer, threads: int) -> str:
    members = trainer.experiment.members
    labels = dict.fromkeys(member.label for member in members)
    count = len(members)
    precision = latest(trainer).precision
    return (
        f"Training {count} VAE{'s' * (count > 1)} ({', '.join(labels)}) for "
        f"{trainer.experiment.epochs:,} epochs in {precision} on {threads} "
        f"thread{'s' * (threads > 1)}."
    )


def _take_steps(
    trainer: Trainer | RaceTrainer,
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


def _save(trainer: Trainer, folder: Path) -> None:
    if not trainer.finished:
        say(f"Interrupted at step {trainer.step_number:,} of {trainer.steps:,}; saving the run.")
    save_run(folder, trainer)
    say(table(read_record(folder).results))
    say(f"Saved as {folder}.")


def _compare(arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    experiment = experiment_from(arguments)
    judging = Judging(
        **{
            setting.name: from_text(setting, given[setting.name])
            for setting in dataclasses.fields(Judging)
            if setting.name in given
        }
    )
    reference = chosen_key(arms_of(experiment), given.get("reference"))
    folder = check_race_target(arguments.out, experiment)
    data_dir = given.get("data_dir")
    dataset = load_dataset(experiment.dataset, experiment.image_set, data_dir, progress=say)
    say(dataset.origin)
    with Interruption() as interruption:
        from vae_explorer.training.judge import judge
        from vae_explorer.training.race import RaceTrainer, Recording
        from vae_explorer.ui.report.race import race_report

        threads = _set_threads(given.get("threads"), experiment)
        race = RaceTrainer(experiment, dataset)
        say(_announcement(race, threads))
        recording = Recording(race)
        _take_steps(race, interruption, recording.look)
        if race.step_number == 0:
            raise KeyboardInterrupt
        if not race.finished:
            say(f"Interrupted at step {race.step_number:,} of {race.steps:,}; saving the race.")
        judged = judge(race, judging, say)
        saved = record.SavedRace(judged, recording.history, recording.probe)
        save_runs(folder, race)
        save_race(folder, saved, reference, race_report(saved, reference))
        say(standings(judged, reference))
        say(f"Saved as {folder}; {REPORT_NAME} in it shows the race.")
    return 0 if race.finished else _INTERRUPTED


def _pretrain(arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    data_dir, folder = given.get("data_dir"), Path(arguments.out)
    chosen = {
        name: _on_these_images(recipe, data_dir, given.get("epochs"))
        for name, recipe in recipes.RECIPES.items()
        if name in given.get("only", recipes.RECIPES)
    }
    targets = {name: check_target(folder / name, recipe) for name, recipe in chosen.items()}
    image_sets = {recipe.dataset: recipe.image_set for recipe in chosen.values()}
    datasets = {  # all of them before training begins
        name: load_dataset(name, image_set, data_dir, progress=say)
        for name, image_set in image_sets.items()
    }
    with Interruption() as interruption:
        from vae_explorer.training.trainer import Trainer

        for number, (name, recipe) in enumerate(chosen.items(), start=1):
            dataset = datasets[recipe.dataset]
            say(f"{name}, {number} of {len(chosen)}. {dataset.origin}")
            threads = _set_threads(given.get("threads"), recipe)
            trainer = Trainer(recipe, dataset)
            say(_announcement(trainer, threads))
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
