"""Colours of numbers: scales that suit both themes and any eyes.

Each end has a contrast of 3:1 or more on white and on Streamlit's dark background, and so has all
between. That leaves no room for a scale from dark to light, so it goes from blue to orange, in
even steps as full, red-blind, green-blind and blue-blind vision see them (straight in Oklab).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_explorer.figures.style import FONT_SIZE, faded

_STEPS = ("#3355ff", "#5667e1", "#7670c5", "#9575a6", "#b27785", "#cf745a", "#ec6c00")
# Plotly's form: (place from 0 to 1, colour).
VALUE_SCALE = [(step / (len(_STEPS) - 1), colour) for step, colour in enumerate(_STEPS)]
# Around zero: nothing, the page itself, in the middle.
SIGNED_SCALE = [
    (0.0, _STEPS[0]),
    (0.5, faded(_STEPS[3], 0)),
    (1.0, _STEPS[-1]),
]
# From nothing, the page itself: what is rare is seen at once, what is frequent stands out.
DENSITY_SCALE = [
    (0.0, faded(_STEPS[0], 0)),
    (0.3, faded(_STEPS[0], 1)),
    (0.6, faded(_STEPS[3], 1)),
    (1.0, faded(_STEPS[-1], 1)),
]
_CLIPPED = 0.99  # of the values have a colour of their own; those above share the last one


def value_range(values: np.ndarray) -> tuple[float, float]:
    """The lowest and the 99th percentile of all finite values, (0, 1) where there is none."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(np.quantile(finite, _CLIPPED))
    return (low, high) if high > low else (low, low + 1.0)


def colour_axis(title: str, limits: tuple[float, float]) -> dict[str, Any]:
    """Plotly's colour axis within `limits`, which has a bar; its last tick reads "≥"."""
    low, high = limits
    ticks = [*_round_numbers(low, high), high]
    texts = [f"{tick:,.4g}" for tick in ticks[:-1]] + [f"≥ {high:,.3g}"]
    return {
        "cmin": low,
        "cmax": high,
        "colorscale": VALUE_SCALE,
        "colorbar": {
            "title": {"text": title, "side": "right", "font": {"size": FONT_SIZE}},
            "tickvals": ticks,
            "ticktext": texts,
            "tickfont": {"size": FONT_SIZE},
            "thickness": 14,
            "len": 1,
            "y": 0.5,
            "outlinewidth": 0,
            "x": 1.01,
        },
    }


def _round_numbers(low: float, high: float) -> list[float]:
    """A few round numbers from low to high, none close to high, where another tick is."""
    power = 10.0 ** np.floor(np.log10((high - low) / 3))
    step = next(s * power for s in (1, 2, 5, 10) if s * power * 5 >= high - low)
    ticks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [float(tick) for tick in ticks if tick < high - 0.4 * step]
