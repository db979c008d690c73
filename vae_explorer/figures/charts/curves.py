"""What charts of lines over training share: a readable range, and names at the lines' ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vae_explorer.figures.charts.groups import Trace

_PITCH = 17  # px from a label to the next
_MARGINS = 85  # px of a chart's height that are margins with the axis' text
_UNSEEN = 5  # the first of so many parts of a curve does not count for its range


class End(NamedTuple):
    """Where a line ends, and what is written there."""

    value: float
    x: float
    text: str


def labels_fit(count: int, height: int) -> bool:
    """Whether so many lines can be named at their ends in a chart `height` px tall."""
    return count * _PITCH <= height - _MARGINS


def readable_range(curves: Sequence[np.ndarray]) -> tuple[float, float]:
    """Limits in which curves, (P, ...) each, can be read, whatever they began with or one came to.

    The first fifth of the points does not count, nor does a curve far above the others.
    """
    lows, tops = [], []
    for curve in curves:
        values = curve[len(curve) // _UNSEEN :]
        values = values[np.isfinite(values)].astype(float)
        if len(values):
            low, middle, high = np.quantile(values, [0, 0.5, 1])
            lows.append(low)
            tops.append(min(high, middle + 3 * (middle - low) + 0.5 * abs(middle)))
    if not lows:
        return 0.0, 1.0
    low = min(lows)
    typical = float(np.quantile(tops, 0.5, method="lower"))
    limit = low + max(10 * (typical - low), 2 * abs(low))
    high = max(top for top in tops if top <= max(limit, min(tops)))
    margin = 0.04 * (high - low) or 0.04 * abs(high) or 1.0
    return float(low - margin), float(high + margin)


def end_labels(ends: Sequence[End], span: tuple[float, float], height: int) -> list[dict[str, Any]]:
    """A label where each line ends, moved apart where lines end close together.

    `span` is the range of the y axis of a chart `height` px tall; what ends above has an arrow.
    """
    low, high = span
    pixels = (height - _MARGINS) / (high - low)
    ends = sorted((end for end in ends if np.isfinite(end.value)), key=lambda end: end.value)
    wanted = [(min(max(end.value, low), high) - low) * pixels for end in ends]
    labels: list[dict[str, Any]] = []
    for end, at, place in zip(ends, wanted, _apart(wanted, height - _MARGINS)):
        arrow = " ↑" if end.value > high else ""
        labels.append(
            {
                "text": f"{end.text}{arrow}",
                "x": end.x,
                "y": min(max(end.value, low), high),
                "xanchor": "left",
                "xshift": 6,
                "yshift": round(place - at),
                "showarrow": False,
            }
        )
    return labels


def _apart(wanted: Sequence[float], top: float) -> list[float]:
    """Places near those wanted, in px and ascending, a pitch apart and none above `top`."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + _PITCH) if places else place)
    ceiling = max(top, wanted[-1]) if wanted else top
    for i in reversed(range(len(places))):
        places[i] = min(places[i], ceiling)
        ceiling = places[i] - _PITCH
    return places


def last_finite(values: np.ndarray) -> float:
    """The last of values (P,) that is a number; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else np.nan


def cross(x: Sequence[float], y: Sequence[float], colour: str) -> Trace:
    """Crosses where training stopped; names and words are the caller's to add."""
    return {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "x": np.asarray(x, dtype=float),
        "y": np.asarray(y, dtype=float),
        "cliponaxis": False,
        "marker": {"symbol": "x-thin", "size": 13, "line": {"width": 4, "color": colour}},
    }


def below_edge(value: float, span: tuple[float, float]) -> float:
    """A cross's height: its value, or a little below the top edge if it is none or out of range."""
    edge = span[1] - 0.05 * (span[1] - span[0])
    return min(value, edge) if np.isfinite(value) else edge


def thinned(values: np.ndarray, most: int) -> np.ndarray:
    """Indices of at most about `most` of values (P,) that look like all of them as a line.

    From each of most / 2 equal parts its lowest and its highest point, so no peak is lost, and
    both ends. A part without a finite value keeps one point, the gap.
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    edges = np.linspace(0, count, most // 2 + 1).round().astype(int)
    known = np.isfinite(values)
    size = int(np.diff(edges).max())
    places = np.minimum(edges[:-1, None] + np.arange(size), edges[1:, None] - 1)  # (parts, size)
    lowest = np.where(known, values, np.inf)[places].argmin(1)
    highest = np.where(known, values, -np.inf)[places].argmax(1)
    rows = np.arange(len(places))
    kept = [places[rows, lowest], places[rows, highest]]
    return np.unique(np.concatenate([*kept, [0, count - 1]]))
