"""Encoder activations against decoder activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.explain.numbers import plain, with_unit
from vae_explorer.explain.statistics import intervals
from vae_explorer.figures.charts.groups import Trace
from vae_explorer.figures.charts.scales import VALUE_SCALE
from vae_explorer.figures.style import FONT_SIZE, NEUTRAL, chart_axis, chart_layout, faded

_WIDTH = 1100  # px that the columns have together on a page
_FOR_INTERVALS = 100  # px that a column needs; in less there is room for the mean alone
_TEXTS = ("white", "#0e1117")  # in cells of the blue end and of the orange
_DARK_FROM = 0.4  # of the scale


def activation_grid(
    encoders: Sequence[str],
    decoders: Sequence[str],
    values: np.ndarray,
    *,
    quantity_label: str,
    unit: str,
    best: tuple[int, int] | None = None,
    digits: int = 1,
    row_height: int = 62,
) -> go.Figure:
    """Mean over seeds of a quantity: a row an encoder's activation, a column a decoder's.

    `values` (E, D, S) in `unit`, of S seeds; NaN where one diverged. Written in each cell: the mean
    and half of its 95 % interval. `best`, row and column of the one leader, has an outline.
    """
    rows, columns, seeds = values.shape
    mean, low, high = intervals(values.reshape(-1, seeds)).reshape(3, rows, columns)
    half = (high - low) / 2
    axis = _colour_axis(mean, with_unit(quantity_label, unit))
    room = _WIDTH / columns
    layout = chart_layout(row_height * rows + 100)
    layout["coloraxis"] = axis
    layout["xaxis"] = chart_axis(
        "Decoder",
        tickvals=list(range(columns)),
        ticktext=list(decoders),
        showgrid=False,
        side="top",
        range=[-0.5, columns - 0.5],
        ticks="",
        tickangle=0 if 8 * max(len(name) for name in decoders) < room else -40,
    )
    layout["yaxis"] = chart_axis(
        "Encoder",
        tickvals=list(range(rows)),
        ticktext=list(encoders),
        showgrid=False,
        ticks="",
        range=[rows - 0.5, -0.5],
        ticklabelstandoff=6,
    )
    layout["margin"]["t"] = 8
    layout["annotations"] = []
    for r, c in np.ndindex(rows, columns):
        known = int(np.isfinite(values[r, c]).sum())
        lines = [f"<b>{plain(float(mean[r, c]), digits)}</b>" if known else "diverged"]
        if room > _FOR_INTERVALS:
            lines += _details(half[r, c], known, seeds, digits, (r, c) == best)
        share = (mean[r, c] - axis["cmin"]) / (axis["cmax"] - axis["cmin"])
        colour = _TEXTS[int(share > _DARK_FROM)] if known else NEUTRAL
        size = FONT_SIZE + 2 if room > _FOR_INTERVALS else FONT_SIZE - 1
        layout["annotations"].append(_text(lines, (r, c), colour, size))
    layout["shapes"] = [_outline(*best)] if best else []
    return go.Figure([_map(mean, encoders, decoders, half, digits)], layout)


def _map(
    mean: np.ndarray,
    encoders: Sequence[str],
    decoders: Sequence[str],
    half: np.ndarray,
    digits: int,
) -> Trace:
    names = [[f"{encoder} → {decoder}" for decoder in decoders] for encoder in encoders]
    return {
        "type": "heatmap",
        "z": mean,
        "text": names,
        "customdata": half,
        "coloraxis": "coloraxis",
        "xgap": 3,
        "ygap": 3,
        "hovertemplate": f"%{{text}}: %{{z:.{digits}f}} ± %{{customdata:.{digits}f}}"
        "<extra></extra>",
    }


def _details(half: float, known: int, seeds: int, digits: int, is_best: bool) -> list[str]:
    """What is written below a mean of `known` seeds of all."""
    lines = [f"±{half:.{digits}f}"] if np.isfinite(half) else []
    if 0 < known < seeds:
        lines.append(f"{known} of {seeds} seeds")
    return [*lines, "clearly best"] if is_best else lines


def _text(lines: Sequence[str], cell: tuple[int, int], colour: str, size: int) -> dict[str, Any]:
    small = [f'<span style="font-size:{FONT_SIZE}px">{line}</span>' for line in lines[1:]]
    return {
        "text": "<br>".join([lines[0], *small]),
        "x": cell[1],
        "y": cell[0],
        "showarrow": False,
        "font": {"color": colour, "size": size},
    }


def _outline(row: int, column: int) -> dict[str, Any]:
    return {
        "type": "rect",
        **{"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5},
        "line": {"color": NEUTRAL, "width": 5},
    }


def _colour_axis(mean: np.ndarray, title: str) -> dict[str, Any]:
    known = mean[np.isfinite(mean)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return {
        "cmin": low,
        "cmax": high if high > low else low + 1,
        "colorscale": VALUE_SCALE,
        "colorbar": {
            "title": {"text": title, "side": "right", "font": {"size": FONT_SIZE}},
            "tickfont": {"size": FONT_SIZE},
            "thickness": 14,
            "len": 1,
            "outlinecolor": faded(NEUTRAL, 0.5),
            "outlinewidth": 0,
            "x": 1.01,
        },
    }
