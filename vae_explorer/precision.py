"""Mixed precision: float32 tensors whose matrix products run in bfloat16.

Only the products inside a training step are affected: operands are rounded to bfloat16, sums and
results stay float32, as do weights, Adam's moments and every evaluation.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

# A clear margin, so that a noisy timing does not choose differently from one run to the next.
_WORTHWHILE = 1.3


@contextmanager
def matrix_precision(precision: str) -> Iterator[None]:
    """Matrix products in `precision`, float32 or bfloat16, inside the with block."""
    if precision == "float32":
        yield
        return
    settings = torch.backends.mkldnn.matmul
    before = settings.fp32_precision
    settings.fp32_precision = "bf16"
    try:
        yield
    finally:
        settings.fp32_precision = before


def choose_precision(asked: str, members: int, batch: int, widths: Sequence[int]) -> str:
    """float32 or bfloat16: as asked, or for auto the faster at the first layer of `widths`.

    bfloat16 is taken only on a processor with instructions for it and where this very product is
    measured to be clearly faster.
    """
    if asked != "auto":
        return asked
    if not (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()):
        return "float32"
    inputs = torch.ones(members, batch, widths[0])
    weight = torch.ones(members, widths[0], widths[1])
    seconds = {}
    for precision in ("float32", "bfloat16"):
        with matrix_precision(precision):
            torch.bmm(inputs, weight)
            started = time.perf_counter()
            for _ in range(10):
                torch.bmm(inputs, weight)
            seconds[precision] = time.perf_counter() - started
    faster = seconds["float32"] > _WORTHWHILE * seconds["bfloat16"]
    return "bfloat16" if faster else "float32"
