"""Mixed precision: float32 tensors whose matrix products run in bfloat16.

Only the products inside a training step are affected: operands are rounded to bfloat16, sums and
results stay float32, as do weights, Adam's moments and every evaluation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import torch

# A clear margin, so that a noisy timing does not choose differently from one run to the next.
_WORTHWHILE = 1.15
_TRIALS = 9


@contextmanager
def matrix_precision(precision: str) -> Iterator[None]:
    """Matrix products in `precision`, float32 or bfloat16, inside the with block."""
    if precision == "float32":
        yield
        return
    settings = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    before = settings.fp32_precision
    settings.fp32_precision = "bf16"
    try:
        yield
    finally:
        settings.fp32_precision = before


def choose_precision(asked: str, work: Callable[[], object]) -> str:
    """float32 or bfloat16: as asked, or for auto the one in which `work` is faster.

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
            with matrix_precision(precision):
                started = time.perf_counter()
                work()
                times.append(time.perf_counter() - started)
    faster = median(seconds["float32"]) > _WORTHWHILE * median(seconds["bfloat16"])
    return "bfloat16" if faster else "float32"
