"""A quantity against the setting that is swept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.numbers import with_unit
from vae_explorer.explain.statistics import intervals
from vae_explorer.figures.charts.curves import End, end_labels, labels_fit
from vae_explorer.figures.charts.groups import Trace, key_line, seed_dots
from vae_explorer.figures.style import (
    Style,
    activation_label,
    activation_style,
    chart_axis,
    chart_layout,
)

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm

_LOGARITHMIC = ("learning_rate", "beta")  # those of which a ratio means the same everywhere
_APART, _SPREAD = 0.06, 0.4  # of the step between two values: one activation's place from the
# next, and all of them at most


def sweep_lines(
    arms: Sequence[Arm],
    values: np.ndarray,
    sweep: str,
    *,
    quantity_label: str,
    unit: str,
    digits: int = 1,
    height: int = 380,
) -> go.Figure:
    """A line an activation through its means, with 95 % intervals, and a thin dot a seed.

    `values` (A, S) in `unit`, of the arms that each have a value of `sweep`, one of
    `config.SWEEPS`. Learning rates and betas stand on a log scale, other settings side by side.
    """
    swept = sorted({arm.value for arm in arms if arm.value is not None})
    places = _places(swept, sweep)
    mean, low, high = intervals(values)
    keys = list(dict.fromkeys(arm.activation_key for arm in arms))
    step = min(np.diff(list(places.values())), default=1.0)
    apart = step * min(_APART, _SPREAD / max(len(keys), 1))
    offsets = apart * (np.arange(len(keys)) - (len(keys) - 1) / 2)
    edge = max(places.values(), default=0.0) + float(offsets.max(initial=0.0))
    span = _range(np.concatenate([values.ravel(), low, high]))
    dots: list[Trace] = []
    lines: list[Trace] = []
    ends: list[End] = []
    for key, offset in zip(keys, offsets):
        style, label = activation_style(key), activation_label(key)
        rows = sorted(
            (row for row, arm in enumerate(arms) if arm.activation_key == key),
            key=lambda row: arms[row].value or 0.0,
        )
        x = np.array([places[arms[row].value or 0.0] for row in rows]) + offset
        names = [arms[row].value_text for row in rows]
        dots.append(seed_dots(label, style, x - 0.4 * apart, values[rows], 5))
        half = (high - low)[rows] / 2
        lines.append(_line(label, style, x, mean[rows], half, names, digits))
        if np.isfinite(mean[rows[-1]]):
            ends.append(End(float(mean[rows[-1]]), edge, f"{key_line(style)} {label}"))
    direct = labels_fit(len(keys), height)
    longest = max((len(activation_label(key)) for key in keys), default=0)
    layout = chart_layout(height, right=40 + 8 * longest if direct else 8)
    first = min(places.values(), default=0.0) - (edge - max(places.values(), default=0.0))
    layout["xaxis"] = chart_axis(
        SWEEPS[sweep].label.capitalize() + (" (log scale)" if _on_log_scale(swept, sweep) else ""),
        range=[first - 0.1 * step, edge + 0.1 * step],
        tickvals=list(places.values()),
        ticktext=[number_text(value) for value in swept],
    )
    layout["yaxis"] = chart_axis(with_unit(quantity_label, unit), range=list(span))
    layout["showlegend"] = not direct
    layout["annotations"] = end_labels(ends, span, height) if direct else []
    return go.Figure(dots + lines, layout)


def _places(swept: Sequence[float], sweep: str) -> dict[float, float]:
    """Where each value stands on the x axis, which is always a linear one.

    So ticks are exactly the swept values, and activations can be moved apart by the same distance
    everywhere.
    """
    if _on_log_scale(swept, sweep):
        return {value: float(np.log10(value)) for value in swept}
    return {value: float(place) for place, value in enumerate(swept)}


def _on_log_scale(swept: Sequence[float], sweep: str) -> bool:
    return sweep in _LOGARITHMIC and all(value > 0 for value in swept)


def _line(
    label: str,
    style: Style,
    x: np.ndarray,
    mean: np.ndarray,
    half: np.ndarray,
    names: Sequence[str],
    digits: int,
) -> Trace:
    """Means (N,) with their intervals, where they have one."""
    several = bool(np.isfinite(half).any())
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label,
        "legendgroup": label,
        "x": x,
        "y": mean,
        "line": style.line(2.8),
        "marker": style.marker(9),
        "error_y": {
            "type": "data",
            "array": np.nan_to_num(half),
            "visible": several,
            "color": style.colour,
            "thickness": 2,
            "width": 5,
        },
        "text": list(names),
        "customdata": half,
        "hovertemplate": f"{label}, %{{text}}: %{{y:.{digits}f}}"
        + (f" ± %{{customdata:.{digits}f}}" if several else "")
        + "<extra></extra>",
    }


def _range(values: np.ndarray) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    margin = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
    return low - margin, high + margin
