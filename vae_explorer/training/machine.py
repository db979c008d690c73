"""What this machine can do: the cores, threads, precision and memory that suit a training.

PyTorch is imported where it is used: a page's process asks for the cores without it.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from statistics import median

from vae_explorer.experiment.experiment import Experiment

# A clear margin, so that a noisy timing does not choose differently from one run to the next.
_WORTHWHILE = 1.15
_TRIALS = 9


def choose_precision(asked: str, work: Callable[[str], object]) -> str:
    """float32 or bfloat16: as asked, or for auto the one in which `work(precision)` is faster.

    bfloat16 is taken only on a processor with instructions for it, and where it is measured to be
    clearly faster: small layers lose more by the conversion than they gain.
    """
    if asked != "auto":
        return asked
    import torch

    if not (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return "float32"
    seconds: dict[str, list[float]] = {"float32": [], "bfloat16": []}
    for _ in range(_TRIALS):  # in turns, so that a busy machine slows both alike
        for precision, times in seconds.items():
            started = time.perf_counter()
            work(precision)
            times.append(time.perf_counter() - started)
    faster = median(seconds["float32"]) > _WORTHWHILE * median(seconds["bfloat16"])
    return "bfloat16" if faster else "float32"


# Floating-point operations of a step that pay for one more thread. Below them a step with two took
# 1.0 to 1.6 times as long as with one (benchmarks/README.md).
_WORTH_A_THREAD = 100e6


def operations(experiment: Experiment) -> int:
    """Floating-point operations of the matrix products of a step: the largest population's.

    Two for each weight and image, and as many again for the gradients of the inputs and of the
    weights.
    """
    from vae_explorer.model.population import parameter_shapes

    parameters = max(
        sum(math.prod(shape) for shape in parameter_shapes(population).values())
        for population in experiment.shapes
    )
    return 6 * experiment.batch_size * parameters


def threads_for(experiment: Experiment, cores: int) -> int:
    """The threads, at most `cores`, with which training goes fastest.

    They follow from the experiment alone, so that the same run on the same machine gives the same
    numbers, bit for bit.
    """
    return min(cores, 1 + int(operations(experiment) / _WORTH_A_THREAD))


def available_cores() -> int:
    """Cores that the system lets this process run on, which may be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores_beside_a_page() -> int:
    """Cores for a worker while a page is live: one fewer than there are.

    With all of them, page, browser and training take turns and training's threads spin.
    """
    return max(1, available_cores() - 1)


_LARGEST = 31 * 2**20  # bytes; glibc moves its threshold up to 32 MiB


def keep_freed_memory() -> None:
    """Has tensors of up to 31 MiB reuse what tensors before them have freed.

    glibc returns freed blocks above a threshold to the system, and the next step pays for every
    page of them again. Freeing one larger block moves the threshold up to its size (mallopt(3),
    M_MMAP_THRESHOLD). The block is never written to, so it costs nothing; other allocators are
    not affected.
    """
    import torch

    torch.empty(_LARGEST, dtype=torch.uint8)
