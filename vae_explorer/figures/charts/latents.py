"""The latent space, or a view of it, in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.groups import Trace
from vae_explorer.figures.charts.panels import (
    LARGE_COLUMNS,
    narrow_columns,
    natural_height,
    natural_phone_height,
    panel_columns,
    panel_extents,
    panel_rows,
    panels,
)
from vae_explorer.figures.charts.places import anchors
from vae_explorer.figures.style import chart_layout, class_colour

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member


def latent_scatter(
    points: np.ndarray,
    labels: np.ndarray,
    members: Sequence[Member],
    class_names: Sequence[str],
    axis_titles: tuple[str, str] = ("z<sub>1</sub>", "z<sub>2</sub>"),
    *,
    prior: bool = True,
    columns: int | None = None,
    panel_height: int | None = None,
    notes: Sequence[str] = (),
) -> go.Figure:
    """The probe images in the plane: a panel a member, a colour a class.

    `points` (K, P, 2), `labels` (P,). The circle of the prior holds 95 % of a standard normal.
    `notes`, one a member, stand behind the names. A click on a class in the legend hides it in
    every panel, a double click all the others. `meta.narrow` of the layout is what is otherwise on
    a phone: fewer panels side by side, and no notes.
    """
    columns = columns or panel_columns(len(members))
    rows = panel_rows(len(members), columns)
    layout = chart_layout((panel_height or natural_height(columns)) * rows + 50)
    layout["showlegend"] = True
    layout["margin"] |= {"t": 62, "b": 14}  # a subscript hangs below its line
    layout["legend"] |= {
        "itemsizing": "constant",
        "x": 0,
        "xref": "container",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
    }
    short = all(len(name) <= 2 for name in class_names)
    if short:  # closer together than Plotly sets them: ten digits in one row
        layout["legend"]["entrywidth"] = 2
    extents = panel_extents(points)
    if narrow_columns(len(members)) < columns:
        layout["meta"] = {"narrow": _narrow(layout, extents, members, axis_titles, prior)}
    small = columns > LARGE_COLUMNS
    data: list[Trace] = []
    for k, axis in enumerate(panels(layout, extents, members, axis_titles, columns, prior, notes)):
        for c, name in enumerate(class_names):
            data.append(_dots(points[k][labels == c], c, name, axis, 4 if small else 5))
        if short:
            data.append(_badges(points[k], labels, class_names, axis, 15 if small else 17))
    return go.Figure(data, layout)


def _narrow(
    layout: dict[str, Any],
    extents: Sequence[float],
    members: Sequence[Member],
    axis_titles: tuple[str, str],
    prior: bool,
) -> dict[str, Any]:
    """What is otherwise on a phone, where the chart's buttons take the place of the legend."""
    columns = narrow_columns(len(members))
    height = panel_rows(len(members), columns) * natural_phone_height(columns) + 120
    narrow: dict[str, Any] = {
        "height": height,
        "margin": layout["margin"] | {"t": 106},
        "legend": layout["legend"] | {"y": 1 - 30 / height},
    }
    panels(narrow, extents, members, axis_titles, columns, prior, (), on_a_phone=True)
    return narrow


def _dots(points: np.ndarray, c: int, name: str, axis: str, size: int) -> Trace:
    """The points (N, 2) of one class."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "legendgroup": name,
        "showlegend": axis == "",
        "x": points[:, 0],
        "y": points[:, 1],
        "marker": {"size": size, "color": class_colour(c), "opacity": 0.8},
        **anchors(axis),
        "hovertemplate": f"{name}<extra></extra>",
    }


def _badges(
    points: np.ndarray, labels: np.ndarray, names: Sequence[str], axis: str, size: int
) -> Trace:
    """Each class's name in its middle, for who cannot tell the colours apart."""
    present = [c for c in range(len(names)) if (labels == c).any()]
    middles = np.array([np.median(points[labels == c], axis=0) for c in present]).reshape(-1, 2)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": middles[:, 0],
        "y": middles[:, 1],
        "text": [f"<b>{names[c]}</b>" for c in present],
        "textfont": {"color": "white", "size": round(0.72 * size)},
        "marker": {"size": size, "color": [class_colour(c) for c in present]},
        **anchors(axis),
        "showlegend": False,
        "hoverinfo": "skip",
    }
