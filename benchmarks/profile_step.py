"""Where the time of a training step goes.

First PyTorch's own profiler, operator by operator. Then a stopwatch on the functions that a step
is made of, each without what it calls: the sum is the step.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.measure import EXAMPLE, FOREVER, parser, start, table
from vae_explorer.model import layers, objective, parameters, population
from vae_explorer.training import batches, optimiser, recorder, trainer

STEPS = 200
PARTS: list[tuple[object, str, str]] = [
    (torch, "bmm", "matrix products"),
    (layers.Dense, "forward", "biases"),
    (layers.Dense, "backward", "biases"),
    (layers.Activate, "forward_for_backward", "activations, forward"),
    (layers.Activate, "backward", "activations, backward"),
    (objective, "bernoulli_gradient", "reconstruction loss and its gradient"),
    (objective, "kl_gradient", "KL and its gradient"),
    (optimiser.MemberwiseAdam, "step", "Adam"),
    (batches.Batches, "train", "gathering the batch"),
    (recorder.Recorder, "add", "recording losses"),
    (parameters.Parameters, "gradient_norms", "gradient norms"),
    (population.Population, "backward", "sampling z, and Python between the layers"),
    (trainer.Trainer, "step", "the rest, mostly Python"),
]


class Stopwatch:
    """Seconds inside each part of a program, not counting other parts that it calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner: list[float] = []

    def attach(self, owner: object, name: str, part: str) -> None:
        """Measures a function or method from now on."""
        setattr(owner, name, self._measured(getattr(owner, name), part))

    def _measured(self, function: Callable, part: str) -> Callable:
        def measured(*arguments: object, **named: object) -> object:
            self._inner.append(0.0)
            started = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                taken = time.perf_counter() - started
                self.seconds[part] += taken - self._inner.pop()
                if self._inner:
                    self._inner[-1] += taken

        return measured


def parts_of_a_step(trained: trainer.Trainer) -> dict[str, float]:
    """Each part's median microseconds a step: whatever disturbed a few steps is left out."""
    stopwatch = Stopwatch()
    for owner, name, part in PARTS:
        stopwatch.attach(owner, name, part)
    steps = []
    for _ in range(STEPS):
        stopwatch.seconds.clear()
        trained.step()
        steps.append(dict(stopwatch.seconds))
    return {
        part: statistics.median(step.get(part, 0.0) for step in steps) * 1e6
        for part in dict.fromkeys(part for _, _, part in PARTS)
    }


def main(arguments: argparse.Namespace) -> None:
    dataset = start(arguments)
    experiment = EXAMPLE.replace(epochs=FOREVER, precision=arguments.precision)
    trained = trainer.Trainer(experiment, dataset)
    for _ in range(STEPS // 4):
        trained.step()

    print("## PyTorch's profiler\n\n```")
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(STEPS):
            trained.step()
    averages = profiler.key_averages()
    print(averages.table(sort_by="self_cpu_time_total", row_limit=25, max_name_column_width=35))
    print("```\n")

    part_us = parts_of_a_step(trained)
    whole = sum(part_us.values())
    print(f"## A step part by part, {arguments.precision}\n")
    table(
        ("part", "µs a step", "share"),
        [
            (part, f"{us:,.0f}", f"{us / whole:.0%}")
            for part, us in sorted(part_us.items(), key=lambda item: -item[1])
        ],
    )


if __name__ == "__main__":
    options = parser("Where the time of a training step goes.")
    options.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    main(options.parse_args())
