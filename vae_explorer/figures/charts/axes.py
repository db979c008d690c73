"""Ranges and ticks of axes that several charts have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_explorer.results.snapshot import BIN_EDGES

INSIDE = 0.995  # of a layer's values are within its axis


def value_reach(counts: Sequence[np.ndarray]) -> float:
    """The smallest of a few limits with nearly all of every layer's counts (..., B) within."""
    centres = np.abs(BIN_EDGES[:-1] + BIN_EDGES[1:]) / 2
    for reach in (1.5, 3.0):
        if all(c[..., centres < reach].sum() >= INSIDE * c.sum() for c in counts):
            return reach
    return float(BIN_EDGES[-1])


def value_ticks(reach: float) -> dict[str, Any]:
    """Ticks of the value axis; the outermost bins hold all that is beyond, and say so."""
    if reach < BIN_EDGES[-1]:
        return {"dtick": 1}
    return {"tickvals": [-6, -3, 0, 3, 6], "ticktext": ["≤ −6", "−3", "0", "3", "≥ 6"]}


def log_ticks(values: np.ndarray) -> dict[str, Any]:
    """Range and ticks for the positive `values`, whole powers of ten, NaN left out.

    Plotly's own ticks change their steps between frames and abbreviate 20 to 2.
    """
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if len(known) else (0.1, 10.0)
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    last = max(last, first + 1)
    every = 1 + (last - first) // 6
    powers = range(first, last + 1, every)
    ticks = [float(f"1e{power}") for power in powers]
    return {"range": [first, last], "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
