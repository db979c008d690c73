"""Three axes of the latent space, to be turned with the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.groups import Trace
from vae_explorer.figures.charts.panels import heading, panel_extents
from vae_explorer.figures.charts.places import TITLE_SIZE, Places, axis_number
from vae_explorer.figures.charts.scales import colour_axis, value_range
from vae_explorer.figures.style import FONT_SIZE, NEUTRAL, chart_layout, class_colour

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member

MOST_SPACES = 3  # side by side; a browser has few WebGL contexts
# Where one looks from, in cubes from the middle: farther where a space is narrow.
_EYES = {1: 1.25, 2: 1.35, 3: 1.65}


def latent_space(
    points: np.ndarray,
    labels: np.ndarray,
    members: Sequence[Member],
    class_names: Sequence[str],
    axis_titles: tuple[str, str, str],
    *,
    values: np.ndarray | None = None,
    quantity: str = "",
    upright: bool = False,
    height: int = 490,
    notes: Sequence[str] = (),
) -> go.Figure:
    """The images along three axes, a space a member (of at most `MOST_SPACES`).

    `points` (K, P, 3), `labels` (P,). Coloured by class, or by `values` (K, P) in nats of
    `quantity`, as `value_scatter` does. The axes have one scale; with `upright` the third is
    another quantity than the first two, with a range of its own that ends at its 99th percentile.
    """
    members = members[:MOST_SPACES]
    points = points[: len(members)]
    layout = chart_layout(height)
    layout["annotations"] = []
    layout["margin"] |= {"t": 62 if values is None else 34}
    if values is None:
        layout |= {"showlegend": True}
        layout["legend"] |= {"itemsizing": "constant", "y": 1, "yref": "container"}
        layout["legend"] |= {"yanchor": "top"}
    else:
        values = values[: len(members)]
        layout["coloraxis"] = colour_axis(f"{quantity} (nats per image)", value_range(values))
    flat = panel_extents(points[:, :, :2] if upright else points)
    top = value_range(points[:, :, 2])
    data: list[Trace] = []
    places = Places(len(members), columns=len(members))
    for k, member in enumerate(members):
        scene = f"scene{axis_number(k)}"
        across = places.across(k)
        ranges = [(-flat[k], flat[k])] * 2 + [top if upright else (-flat[k], flat[k])]
        layout[scene] = _scene(across, ranges, axis_titles, _EYES[len(members)])
        layout["annotations"].append(
            {
                "text": heading(member, members, notes[k : k + 1]),
                "x": sum(across) / 2,
                "y": 1,
                "xref": "paper",
                "yref": "paper",
                "xanchor": "center",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": TITLE_SIZE},
            }
        )
        if values is None:
            data += _classes(points[k], labels, class_names, scene)
        else:
            data.append(_valued(points[k], values[k], labels, class_names, scene))
    return go.Figure(data, layout)


def _classes(points: np.ndarray, labels: np.ndarray, names: Sequence[str], scene: str) -> list:
    """The points (P, 3), and short names of classes in their middles."""
    traces: list[Trace] = [
        {
            **_dots(points[labels == c], scene),
            "name": name,
            "legendgroup": name,
            "showlegend": scene == "scene",
            "marker": {"size": 3, "color": class_colour(c), "opacity": 0.85},
            "hovertemplate": f"{name}<extra></extra>",
        }
        for c, name in enumerate(names)
    ]
    if all(len(name) <= 2 for name in names):
        present = [c for c in range(len(names)) if (labels == c).any()]
        middles = np.array([np.median(points[labels == c], axis=0) for c in present])
        traces.append(
            {
                **_dots(middles.reshape(-1, 3), scene),
                "mode": "text",
                "text": [f"<b>{names[c]}</b>" for c in present],
                "textfont": {"color": [class_colour(c) for c in present], "size": 22},
                "showlegend": False,
                "hoverinfo": "skip",
            }
        )
    return traces


def _valued(
    points: np.ndarray, values: np.ndarray, labels: np.ndarray, names: Sequence[str], scene: str
) -> Trace:
    known = np.isfinite(values)
    return {
        **_dots(points[known], scene),
        "text": [names[label] for label in labels[known]],
        "marker": {"size": 3, "color": values[known], "coloraxis": "coloraxis"},
        "hovertemplate": "%{text}: %{marker.color:.1f} nats<extra></extra>",
        "showlegend": False,
    }


def _dots(points: np.ndarray, scene: str) -> Trace:
    """points (N, 3)"""
    return {
        "type": "scatter3d",
        "mode": "markers",
        **dict(zip("xyz", points.T)),
        "scene": scene,
    }


def _scene(
    across: Sequence[float],
    ranges: Sequence[tuple[float, float]],
    titles: Sequence[str],
    eye: float,
) -> dict[str, Any]:
    """A cube with grids on its walls, seen from above a corner."""
    axes = {
        f"{letter}axis": {
            "title": {"text": title, "font": {"size": FONT_SIZE}},
            "tickfont": {"size": FONT_SIZE - 2},
            "nticks": 5,
            "range": list(limits),
            # Opaque: WebGL blends what is not with black, which a white page does not show.
            "gridcolor": NEUTRAL,
            "gridwidth": 1,
            "zerolinecolor": NEUTRAL,
            "zerolinewidth": 1,
            "showbackground": False,
            "showspikes": False,
        }
        for letter, title, limits in zip("xyz", titles, ranges)
    }
    return {
        "domain": {"x": list(across), "y": [0, 1]},
        "aspectmode": "cube",
        "bgcolor": "rgba(0,0,0,0)",
        "dragmode": "turntable",
        "camera": {
            "eye": {"x": eye, "y": eye, "z": 0.6 * eye},
            "center": {"x": 0, "y": 0, "z": -0.12},
        },
        "uirevision": "keep",
        **axes,
    }
