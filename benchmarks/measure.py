"""What the benchmarks share: arguments, the machine in words, fair timing, Markdown tables."""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import torch

from vae_explorer.data import Dataset, load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.training.trainer import Trainer

FOREVER = 10_000  # epochs: no run ends while it is timed


def parser(description: str) -> argparse.ArgumentParser:
    """Every benchmark's arguments."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument(
        "--data-dir", metavar="DIR", help="folder of the full MNIST; without it the embedded images"
    )
    arguments.add_argument(
        "--threads", type=int, default=torch.get_num_threads(), help="threads PyTorch may use"
    )
    return arguments


def start(arguments: argparse.Namespace) -> Dataset:
    """Sets the threads, prints the machine and the images, and returns MNIST."""
    torch.set_num_threads(arguments.threads)
    image_set = "full" if arguments.data_dir else "embedded"
    dataset = load_dataset("mnist", image_set, arguments.data_dir)
    print(f"{machine()}\n")
    print(
        f"MNIST, {image_set} set: {len(dataset.train.images):,} training and "
        f"{len(dataset.test.images):,} test images.\n"
    )
    return dataset


def machine() -> str:
    """The machine in one paragraph, with the speed of a large matrix product as it is now."""
    instructions = torch.backends.cpu.get_cpu_capability()
    bfloat16 = "AMX" if torch.cpu._is_amx_tile_supported() else "no AMX"
    return (
        f"{date.today()}, {_processor()} ({instructions}, {bfloat16}), "
        f"{torch.get_num_threads()} threads, {platform.system()}, Python "
        f"{platform.python_version()}, PyTorch {torch.__version__}. A product of two 2048 × 2048 "
        f"matrices: {matrix_speed('float32') / 1e9:,.0f} GFLOP/s in float32, "
        f"{matrix_speed('bfloat16') / 1e9:,.0f} in bfloat16."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.processor() or platform.machine()


def matrix_speed(precision: str, size: int = 2048) -> float:
    """Floating-point operations a second in the product of two large square matrices."""
    left, right, product = torch.randn(3, size, size).to(getattr(torch, precision))
    torch.mm(left, right, out=product)
    seconds = min(stopwatch(lambda: torch.mm(left, right, out=product)) for _ in range(7))
    return 2 * size**3 / seconds


def stopwatch(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each contender reports, round by round, all in turn.

    Whatever else the machine does then falls on all of them alike. A first round is not counted.
    """
    results: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, contender in contenders.items():
            result = contender()
            if turn:
                results[name].append(result)
    return results


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Median of the quotients of two contenders' results in the same round."""
    return statistics.median(a / b for a, b in zip(above, below))


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, and in brackets the range."""
    low, high = min(values), max(values)
    middle = statistics.median(values)
    return f"{middle:,.{digits}f} [{low:,.{digits}f} to {high:,.{digits}f}]"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a Markdown table."""
    for row in (header, ["---"] * len(header), *rows):
        print("| " + " | ".join(map(str, row)) + " |")
    print()


def training_seconds(trainer: Trainer, steps: int) -> float:
    """Seconds a step over the next steps, evaluation not counted; the run may start anew."""
    before = trainer.seconds
    for _ in range(steps):
        trainer.step()
    return (trainer.seconds - before) / steps


EXAMPLE = Experiment(
    activations=("relu",),
    hidden=(400,),
    latent=20,
    init="pytorch",
    learning_rate=1e-3,
    schedule="constant",
    batch_size=128,
    epochs=10,
)
"""The network and recipe of PyTorch's own VAE example, as this project's configuration."""
