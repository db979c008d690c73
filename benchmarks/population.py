"""What it saves to train many VAEs as one population, and what each activation costs.

The same members with the same recipes three times: as one population; each as a population of one;
each as a plain PyTorch loop, `torch.nn` layers and autograd on images already in memory. All have
the threads that the command line would give them. Then as people run it: one command that trains
twelve, and twelve commands that train one.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence

import torch

from benchmarks.measure import (
    FOREVER,
    in_turns,
    parser,
    ratio,
    spread,
    start,
    stopwatch,
    table,
    training_seconds,
)
from benchmarks.reference import ReferenceVAE, step
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import Dataset, load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.training.machine import threads_for
from vae_explorer.training.trainer import Trainer

RACE = (
    *("relu", "leaky_relu", "elu", "selu", "gelu", "silu"),
    *("mish", "softplus", "tanh", "sigmoid", "softsign", "hardtanh"),
)
STEPS = 20
ROUNDS = 9
COMMAND_ROUNDS = 3


def trainers(experiment: Experiment, dataset: Dataset, activations: Sequence[str]) -> list[Trainer]:
    """One population of one for each activation."""
    return [Trainer(experiment.replace(activations=[name]), dataset) for name in activations]


def plain_loop(experiment: Experiment, dataset: Dataset, name: str) -> Callable[[], float]:
    """A step of what one writes without this project; images wait in memory as float32."""
    images = torch.from_numpy(dataset.pixels(dataset.train.images))
    function = ACTIVATIONS[name].function
    model = ReferenceVAE(
        experiment.image_size, experiment.hidden[0], experiment.latent, activation=function
    )
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    batch = experiment.batch_size
    return lambda: step(model, adam, images[torch.randint(len(images), (batch,))])


def race(dataset: Dataset, hidden: int, latent: int, steps: int) -> tuple[str, ...]:
    """A row of the table: twelve activations on this network."""
    threads = torch.get_num_threads()
    experiment = Experiment(
        dataset=dataset.info.name,
        image_set=dataset.image_set,
        activations=RACE,
        hidden=(hidden,),
        latent=latent,
        epochs=FOREVER,
    )
    population = Trainer(experiment, dataset)
    alone = trainers(experiment, dataset, RACE)
    plain = [plain_loop(experiment, dataset, name) for name in RACE]
    one = alone[0].experiment

    def together() -> float:
        torch.set_num_threads(threads_for(experiment, threads))
        return training_seconds(population, steps)

    def apart() -> float:
        torch.set_num_threads(threads_for(one, threads))
        return sum(training_seconds(trainer, steps) for trainer in alone)

    def plain_seconds() -> float:
        torch.set_num_threads(threads_for(one, threads))
        return stopwatch(lambda: [loop() for loop in plain for _ in range(steps)]) / steps

    seconds = in_turns({"together": together, "apart": apart, "plain": plain_seconds}, ROUNDS)
    torch.set_num_threads(threads)
    return (
        f"{dataset.info.label}, {experiment.image_size}-{hidden}-{latent}",
        spread([s * 1e3 for s in seconds["together"]]),
        spread([s * 1e3 for s in seconds["apart"]]),
        spread([s * 1e3 for s in seconds["plain"]]),
        f"**{ratio(seconds['apart'], seconds['together']):.2f} ×**",
        f"{ratio(seconds['plain'], seconds['together']):.2f} ×",
    )


def together_and_apart(mnist: Dataset) -> None:
    """Table: a race of twelve as one population, and one after another."""
    digits = load_dataset("digits")
    rows = [
        race(digits, hidden=64, latent=2, steps=20),
        race(digits, hidden=256, latent=2, steps=20),
        race(mnist, hidden=256, latent=2, steps=4),
        race(mnist, hidden=400, latent=20, steps=4),
    ]
    print("## Twelve activations: one population, or one after another\n")
    table(
        (
            "",
            "the population's step, ms",
            "a step of each of the 12, ms",
            "of 12 plain loops, ms",
            "faster than each alone",
            "than plain loops",
        ),
        rows,
    )


def command(names: Sequence[str], out: str) -> None:
    """`train` on digits, 64-64-2, 30 epochs."""
    options = f"train --dataset digits --hidden 64 --latent 2 --epochs 30 --out {out}".split()
    activations = [option for name in names for option in ("--activation", name)]
    words = [sys.executable, "-m", "vae_explorer", *options, *activations]
    subprocess.run(words, check=True, capture_output=True)


def commands() -> None:
    """Table: a command for twelve, and twelve commands."""
    with tempfile.TemporaryDirectory() as place:
        seconds = in_turns(
            {
                "one": lambda: stopwatch(lambda: command(RACE, f"{place}/race")),
                "twelve": lambda: stopwatch(
                    lambda: [command([name], f"{place}/{name}") for name in RACE]
                ),
            },
            COMMAND_ROUNDS,
        )
    print(
        "## The same on digits, 64-64-2, 30 epochs, as commands, evaluation and saving included\n"
    )
    table(
        ("", "s", "faster"),
        [
            ("twelve `train` commands", spread(seconds["twelve"], 1), ""),
            (
                "one with twelve activations",
                spread(seconds["one"], 1),
                f"**{ratio(seconds['twelve'], seconds['one']):.1f} ×**",
            ),
        ],
    )


def each_activation(mnist: Dataset) -> None:
    """Table: the step of one VAE with each activation, next to the linear one."""
    experiment = Experiment(image_set=mnist.image_set, hidden=(400,), latent=20, epochs=FOREVER)
    names = list(ACTIVATIONS)
    alone = dict(zip(names, trainers(experiment, mnist, names)))
    seconds = in_turns(
        {
            name: lambda trainer=trainer: training_seconds(trainer, STEPS)
            for name, trainer in alone.items()
        },
        ROUNDS,
    )
    cheapest_first = sorted(seconds, key=lambda name: statistics.median(seconds[name]))
    rows = [
        (
            ACTIVATIONS[name].label,
            spread([s * 1e3 for s in seconds[name]]),
            f"{ratio(seconds[name], seconds['linear']):.2f} ×",
        )
        for name in cheapest_first
    ]
    print("## Each activation: a step of one VAE on MNIST, 784-400-20\n")
    table(("activation", "step, ms", "Linear's time"), rows)


def main(arguments: argparse.Namespace) -> None:
    mnist = start(arguments)
    together_and_apart(mnist)
    commands()
    each_activation(mnist)


if __name__ == "__main__":
    main(parser("Populations against single runs, and the cost of each activation.").parse_args())
