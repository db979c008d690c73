"""Which precision training's matrix products run in: float32, or bfloat16 where that is faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch

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
