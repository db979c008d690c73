"""The latent space, coloured by what each image costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.groups import Trace
from vae_explorer.figures.charts.panels import (
    natural_height,
    panel_columns,
    panel_extents,
    panel_rows,
    panels,
)
from vae_explorer.figures.charts.places import anchors
from vae_explorer.figures.charts.scales import colour_axis, value_range
from vae_explorer.figures.style import chart_layout

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member


def value_scatter(
    points: np.ndarray,
    values: np.ndarray,
    names: Sequence[str],
    members: Sequence[Member],
    quantity: str,
    axis_titles: tuple[str, str] = ("z<sub>1</sub>", "z<sub>2</sub>"),
    *,
    prior: bool = True,
    columns: int | None = None,
    panel_height: int | None = None,
    notes: Sequence[str] = (),
) -> go.Figure:
    """Images in the plane, a panel a member, coloured by a value in nats.

    `points` (K, P, 2), `values` (K, P), and `names` (P,) of the images' classes for who points at
    one. All panels share one scale; the highest hundredth of all values has the last colour, and
    the highest lie on top. The other arguments are those of `latent_scatter`.
    """
    columns = columns or panel_columns(len(members))
    rows = panel_rows(len(members), columns)
    layout = chart_layout((panel_height or natural_height(columns)) * rows + 20)
    layout["coloraxis"] = colour_axis(f"{quantity} (nats per image)", value_range(values))
    data: list[Trace] = []
    axes = panels(layout, panel_extents(points), members, axis_titles, columns, prior, notes)
    for k, (member, axis) in enumerate(zip(members, axes)):
        known = np.flatnonzero(np.isfinite(values[k]))
        order = known[np.argsort(values[k][known], kind="stable")]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": member.label,
                "x": points[k][order, 0],
                "y": points[k][order, 1],
                "text": [names[i] for i in order],
                "marker": {"size": 5, "color": values[k][order], "coloraxis": "coloraxis"},
                **anchors(axis),
                "hovertemplate": "%{text}: %{marker.color:.1f} nats<extra></extra>",
            }
        )
    return go.Figure(data, layout)
