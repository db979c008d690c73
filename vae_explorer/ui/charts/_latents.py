"""The latent space, or a view of it, in the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.ui.charts._groups import Trace, key_line
from vae_explorer.ui.style import NEUTRAL, activation_style, chart_axis, chart_layout, class_colour

if TYPE_CHECKING:
    from vae_explorer.config import Member

_PRIOR_RADIUS = float(np.sqrt(-2 * np.log(0.05)))  # holds 95 % of a standard normal in the plane
_HEADING, _TICKS = 0.09, 0.08  # shares of a panel's height above and below its square


def latent_scatter(
    points: np.ndarray,
    labels: np.ndarray,
    members: Sequence[Member],
    class_names: Sequence[str],
    axis_titles: tuple[str, str] = ("z<sub>1</sub>", "z<sub>2</sub>"),
    *,
    prior: bool = True,
    columns: int | None = None,
    panel_height: int = 330,
) -> go.Figure:
    """The probe images in the plane: a panel a member, a colour a class.

    `points` (K, P, 2), `labels` (P,). The circle of the prior holds 95 % of a standard normal.
    A click on a class in the legend hides it in every panel, a double click all the others.
    """
    columns = columns or min(max(len(members), 1), 4 if len(members) == 4 else 3)
    rows = -(-max(len(members), 1) // columns)
    layout = chart_layout(panel_height * rows + 50)
    layout |= {"showlegend": True, "annotations": [], "shapes": []}
    layout["margin"]["t"] = 62
    layout["legend"] |= {
        "itemsizing": "constant",
        "entrywidth": 12 + 9 * max((len(name) for name in class_names), default=0),
        "y": 1,
        "yref": "container",
        "yanchor": "top",
    }
    layout["legend"]["entrywidth"] = 16 + 8 * max((len(name) for name in class_names), default=0)
    extents = _extents(points)
    data: list[Trace] = []
    for k, member in enumerate(members):
        axis = str(k + 1) if k else ""
        place = (*divmod(k, columns), rows, columns)
        layout |= _panel_axes(axis, place, extents[k], axis_titles)
        layout["annotations"].append(_panel_title(_title(member, members), member, axis))
        if prior:
            layout["shapes"].append(_prior_circle(axis))
        for c, name in enumerate(class_names):
            data.append(_dots(points[k][labels == c], c, name, axis))
        if all(len(name) <= 2 for name in class_names):
            data.append(_badges(points[k], labels, class_names, axis))
    return go.Figure(data, layout)


def _dots(points: np.ndarray, c: int, name: str, axis: str) -> Trace:
    """The points (N, 2) of one class."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "legendgroup": name,
        "showlegend": axis == "",
        "x": points[:, 0],
        "y": points[:, 1],
        "marker": {"size": 5, "color": class_colour(c), "opacity": 0.8},
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "hovertemplate": f"{name}<extra></extra>",
    }


def _badges(points: np.ndarray, labels: np.ndarray, names: Sequence[str], axis: str) -> Trace:
    """Each class's name in its middle, for who cannot tell the colours apart."""
    present = [c for c in range(len(names)) if (labels == c).any()]
    middles = np.array([np.median(points[labels == c], axis=0) for c in present]).reshape(-1, 2)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": middles[:, 0],
        "y": middles[:, 1],
        "text": [f"<b>{names[c]}</b>" for c in present],
        "textfont": {"color": "white", "size": 12},
        "marker": {"size": 17, "color": [class_colour(c) for c in present]},
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _panel_axes(
    axis: str, place: tuple[int, int, int, int], extent: float, titles: tuple[str, str]
) -> dict[str, Any]:
    """Two axes of equal scale for the panel at (row, column) of (rows, columns)."""
    row, column, rows, columns = place
    common: dict[str, Any] = {"range": [-extent, extent], "constrain": "domain", "nticks": 5}
    x = chart_axis(
        titles[0] if row == rows - 1 else "",
        anchor=f"y{axis}",
        domain=[column / columns + 0.01, (column + 1) / columns - 0.01],
        **common,
    )
    y = chart_axis(
        titles[1] if column == 0 else "",
        anchor=f"x{axis}",
        constraintoward="top",
        domain=[1 - (row + 1 - _TICKS) / rows, 1 - (row + _HEADING) / rows],
        scaleanchor=f"x{axis}",
        **common,
    )
    return {f"xaxis{axis}": x, f"yaxis{axis}": y}


def _extents(points: np.ndarray) -> list[float]:
    """Half the width of each panel, for points (K, P, 2): 99.5 % of all coordinates are within.

    All panels have the same, save those of members that reach twice as far as the median one. It
    grows in few steps, so that it moves seldom.
    """
    reaches = []
    for plane in np.abs(points):
        finite = plane[np.isfinite(plane)]
        reaches.append(float(np.quantile(finite, 0.995)) if len(finite) else 0.0)
    near = 2 * float(np.median(reaches)) if reaches else 0.0
    common = max((reach for reach in reaches if reach <= near), default=0.0)
    return [_step_up(reach if reach > near else common) for reach in reaches]


def _step_up(reach: float) -> float:
    steps = [3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100]
    return float(next((step for step in steps if step >= reach), np.ceil(reach / 100) * 100))


def _title(member: Member, members: Sequence[Member]) -> str:
    several = len({other.seed for other in members}) > 1
    return f"{member.label}, seed {member.seed}" if several else member.label


def _panel_title(text: str, member: Member, axis: str) -> dict[str, Any]:
    return {
        "text": f"{key_line(activation_style(member.activation_key))} {text}",
        "x": 0.5,
        "xref": f"x{axis} domain",
        "y": 1,
        "yref": f"y{axis} domain",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 15},
    }


def _prior_circle(axis: str) -> dict[str, Any]:
    r = _PRIOR_RADIUS
    return {
        "type": "circle",
        "xref": f"x{axis}",
        "yref": f"y{axis}",
        **{"x0": -r, "y0": -r, "x1": r, "y1": r},
        "line": {"color": NEUTRAL, "width": 1.2, "dash": "dot"},
        "layer": "below",
    }
