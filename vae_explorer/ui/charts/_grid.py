"""Encoder activations against decoder activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.statistics import intervals, leaders
from vae_explorer.ui.charts._groups import Trace
from vae_explorer.ui.charts._scales import VALUE_SCALE
from vae_explorer.ui.numbers import plain, with_unit
from vae_explorer.ui.style import FONT_SIZE, NEUTRAL, chart_axis, chart_layout, faded

_MOST_WITH_INTERVALS = 9  # columns; in more there is room for the mean alone


def activation_grid(
    encoders: Sequence[str],
    decoders: Sequence[str],
    values: np.ndarray,
    *,
    quantity_label: str,
    unit: str,
    better: int,
    digits: int = 1,
    row_height: int = 62,
) -> go.Figure:
    """Mean over seeds of a quantity: a row an encoder's activation, a column a decoder's.

    `values` (E, D, S) in `unit`, of S seeds; NaN where one diverged. Written in each cell: the mean
    and half of its 95 % interval. The best cell has an outline only where every other is clearly
    worse (`better` 1: more is better, −1: less is, 0: no cell is best).
    """
    rows, columns, seeds = values.shape
    mean, low, high = intervals(values.reshape(-1, seeds)).reshape(3, rows, columns)
    count = np.isfinite(values).sum(2)
    half = (high - low) / 2
    layout = chart_layout(row_height * rows + 100)
    layout["coloraxis"] = _colour_axis(mean, with_unit(quantity_label, unit))
    layout["xaxis"] = chart_axis(
        "Decoder",
        tickvals=list(range(columns)),
        ticktext=list(decoders),
        showgrid=False,
        side="top",
        range=[-0.5, columns - 0.5],
        ticks="",
        tickangle=0 if columns <= 10 else -40,
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
    layout["annotations"] = [
        _cell_text(r, c, mean[r, c], half[r, c], (int(count[r, c]), seeds), digits, columns)
        for r in range(rows)
        for c in range(columns)
    ]
    layout["shapes"] = _outline(values, better)
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


def _cell_text(
    row: int,
    column: int,
    mean: float,
    half: float,
    count: tuple[int, int],
    digits: int,
    columns: int,
) -> dict[str, Any]:
    """White on the scale's colours, all of which are dark enough; grey where there is no colour."""
    known, seeds = count
    lines = [f"<b>{plain(mean, digits)}</b>" if known else "diverged"]
    if columns <= _MOST_WITH_INTERVALS:
        if np.isfinite(half):
            lines.append(f"±{half:.{digits}f}")
        if 0 < known < seeds:
            lines.append(f"{known} of {seeds} seeds")
    return {
        "text": lines[0]
        + "".join(
            f'<br><span style="font-size:{FONT_SIZE - 1}px">{line}</span>' for line in lines[1:]
        ),
        "x": column,
        "y": row,
        "showarrow": False,
        "font": {
            "color": "white" if known else NEUTRAL,
            "size": FONT_SIZE + 2 if columns <= _MOST_WITH_INTERVALS else FONT_SIZE - 2,
        },
    }


def _outline(values: np.ndarray, better: int) -> list[dict[str, Any]]:
    """Around the only leader, if there is one and more than one cell and seed."""
    rows, columns, seeds = values.shape
    if not better or seeds < 2 or rows * columns < 2:
        return []
    found = leaders(values.reshape(-1, seeds), better)
    if len(found) != 1:
        return []
    row, column = divmod(found[0], columns)
    return [
        {
            "type": "rect",
            **{"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5},
            "line": {"color": NEUTRAL, "width": 4},
        }
    ]


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
