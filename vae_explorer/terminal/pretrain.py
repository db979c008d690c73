"""`python -m vae_explorer pretrain ...`: the pretrained catalogue, made again."""

from __future__ import annotations

import argparse
from typing import Any

from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment, parse
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.saved import catalogue, recipes
from vae_explorer.saved.run import absolute, check_target, read_record, save_run
from vae_explorer.terminal.interruption import Interruption
from vae_explorer.terminal.options import (
    add_threads,
)
from vae_explorer.terminal.progress import say
from vae_explorer.terminal.steps import INTERRUPTED, announcement, set_threads, take_steps
from vae_explorer.terminal.tables import table


def add_options(parser: argparse.ArgumentParser) -> None:
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


def epilog() -> str:
    lines = []
    for name, recipe in recipes.RECIPES.items():
        count = len(recipe.activations)
        lines.append(f"  {name:<24}{count} activation{'s' * (count > 1)}, {recipe.epochs} epochs")
    return "\n".join(["entries:", *lines])


def run(arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    data_dir, folder = given.get("data_dir"), absolute(arguments.out)
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
            threads = set_threads(given.get("threads"), recipe)
            trainer = Trainer(recipe, dataset)
            say(announcement(trainer, threads))
            take_steps(trainer, interruption)
            if not trainer.finished:
                say(f"Interrupted; {name} is not saved, and entries before it are as they were.")
                return INTERRUPTED
            save_run(targets[name], trainer, half=True, draws=LEAST_DRAWS)
            catalogue.write_catalogue(targets[name].parent)
            say(table(read_record(targets[name])))
            say(f"Saved as {targets[name]}.")
    return 0


def _on_these_images(recipe: Experiment, data_dir: str | None, epochs: str | None) -> Experiment:
    """A recipe with the images and epochs that the options ask for."""
    changes: dict[str, Any] = {} if data_dir else {"image_set": "embedded"}
    if epochs is not None:
        changes["epochs"] = parse("epochs", epochs)
    return recipe.replace(**changes)
