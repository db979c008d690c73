"""How much of a training step is matrix products, and how fast is it next to others?

One VAE, 784-400-20 with ReLU, batches of 128, on MNIST. Three comparisons: the step with its own
matrix products and nothing else; with PyTorch's VAE example (reference.py); with pythae's trainer
(pythae_worker.py), if `--pythae-python` names an interpreter that has it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import torch

from benchmarks.measure import (
    EXAMPLE,
    FOREVER,
    in_turns,
    matrix_speed,
    parser,
    ratio,
    spread,
    start,
    stopwatch,
    table,
    training_seconds,
)
from benchmarks.reference import BATCH, Reference
from vae_explorer.data import Dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.training.trainer import Trainer

STEPS = 50  # of each contender in each round
ROUNDS = 11


def matrix_products(experiment: Experiment, precision: str) -> Callable[[], None]:
    """One step's matrix products on its shapes, as the step calls them, and nothing else.

    Forward, each layer's weight gradient, and each layer's input gradient but the first's.
    """
    members = len(experiment.members)
    encoder = (experiment.image_size, *experiment.hidden, 2 * experiment.latent)
    decoder = (experiment.latent, *experiment.decoder_widths, experiment.image_size)
    layers, kind = [], getattr(torch, precision)
    for fan_in, fan_out in [*pairwise(encoder), *pairwise(decoder)]:
        inputs = torch.randn(members, experiment.batch_size, fan_in).to(kind)
        weight = torch.randn(members, fan_in, fan_out).to(kind)
        layers.append((inputs, weight, torch.empty_like(weight)))
    gradients = [torch.bmm(inputs, weight) for inputs, weight, _ in layers]

    def run() -> None:
        for inputs, weight, _ in layers:
            torch.bmm(inputs, weight)
        for index in range(len(layers) - 1, -1, -1):
            inputs, weight, weight_gradient = layers[index]
            torch.bmm(inputs.transpose(1, 2), gradients[index], out=weight_gradient)
            if index:
                torch.bmm(gradients[index], weight.transpose(1, 2))

    return run


def products_in_a_step(dataset: Dataset) -> None:
    """Table: what the products alone take, and what a whole step takes."""
    experiment = EXAMPLE.replace(epochs=FOREVER)
    rows = []
    for precision in ("float32", "bfloat16"):
        trainer = Trainer(experiment.replace(precision=precision), dataset)
        products = matrix_products(experiment, precision)

        def products_seconds(products=products) -> float:
            return stopwatch(lambda: [products() for _ in range(STEPS)]) / STEPS

        seconds = in_turns(
            {
                "products": products_seconds,
                "step": lambda trainer=trainer: training_seconds(trainer, STEPS),
            },
            ROUNDS,
        )
        operations = 6 * experiment.parameters_per_member * experiment.batch_size
        at_full_speed = operations / matrix_speed(precision)
        step = statistics.median(seconds["step"])
        rows.append(
            (
                precision,
                spread([s * 1e3 for s in seconds["products"]]),
                spread([s * 1e3 for s in seconds["step"]]),
                f"{experiment.batch_size / step:,.0f}",
                f"**{ratio(seconds['products'], seconds['step']):.2f}**",
                f"{at_full_speed / step:.2f}",
            )
        )
    print("## A step and its matrix products\n")
    table(
        (
            "precision",
            "products alone, ms",
            "whole step, ms",
            "images/s",
            "products / step",
            "6 × weights at full speed / step",
        ),
        rows,
    )


def against_others(dataset: Dataset, pythae_python: str) -> None:
    """Table: images a second, of this project, the example and pythae."""
    experiment = EXAMPLE.replace(epochs=FOREVER)
    ours = Trainer(experiment, dataset)
    fast = Trainer(experiment.replace(precision="bfloat16"), dataset)
    example = Reference(dataset.train, dataset.test).endless()
    contenders = {
        "VAE Explorer, float32": lambda: training_seconds(ours, STEPS),
        "VAE Explorer, bfloat16": lambda: training_seconds(fast, STEPS),
        "PyTorch's example": lambda: stopwatch(lambda: list(islice(example, STEPS))) / STEPS,
    }
    with pythae(dataset, pythae_python) as pythae_seconds:
        if pythae_seconds:
            contenders["pythae 0.1.2"] = pythae_seconds
        seconds = in_turns(contenders, ROUNDS)
    float32, bfloat16 = (seconds[name] for name in list(seconds)[:2])
    rows = [
        (
            name,
            spread([BATCH / s for s in taken], digits=0),
            f"{ratio(taken, float32):.2f} ×",
            f"{ratio(taken, bfloat16):.2f} ×",
        )
        for name, taken in seconds.items()
    ]
    if not pythae_seconds:
        rows.append(("pythae 0.1.2", "not installed", "", ""))
    print("## Images a second\n")
    table(("", "images/s", "ours in float32 is", "ours in bfloat16 is"), rows)


@contextmanager
def pythae(dataset: Dataset, python: str) -> Iterator[Callable[[], float] | None]:
    """What times a batch of pythae's trainer; None where `python` cannot import it."""
    worker = Path(__file__).with_name("pythae_worker.py")
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images.npy"
        np.save(images, dataset.train.images[: STEPS * BATCH])
        process = subprocess.Popen(
            [python, worker, images, str(torch.get_num_threads())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        ready = process.stdout.readline().strip() == "ready"

        def seconds() -> float:
            print("train", file=process.stdin, flush=True)
            return float(process.stdout.readline())

        try:
            yield seconds if ready else None
        finally:
            process.stdin.close()
            process.wait()


def main(arguments: argparse.Namespace) -> None:
    dataset = start(arguments)
    products_in_a_step(dataset)
    against_others(dataset, arguments.pythae_python)


if __name__ == "__main__":
    options = parser("One VAE's training step: its matrix products, and others' speed.")
    options.add_argument(
        "--pythae-python",
        metavar="FILE",
        default=sys.executable,
        help="Python interpreter of an environment with requirements.txt of this folder",
    )
    main(options.parse_args())
