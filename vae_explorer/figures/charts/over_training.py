"""What happens in the layers while they learn: values and gradients against epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.axes import log_ticks, value_reach, value_ticks
from vae_explorer.figures.charts.groups import (
    Group,
    Trace,
    groups_of,
    key_line,
    seed_band,
    seed_mean,
)
from vae_explorer.figures.charts.panels import panel_columns
from vae_explorer.figures.charts.places import Places, anchors, axis_number, frame, title_above
from vae_explorer.figures.charts.scales import DENSITY_SCALE
from vae_explorer.figures.style import (
    FONT_SIZE,
    NEUTRAL,
    activation_style,
    chart_axis,
    chart_layout,
    faded,
)
from vae_explorer.results.snapshot import BIN_EDGES

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member

_HEAD, _FOOT = 26, 22  # px above and below a panel's axes, for its title and its ticks
_GAP = 0.011  # of the figure's width, at either side of a panel
_MOST_TIMES = 160  # columns of a heat map; a panel is not much wider in pixels
_TOPS = (0.05, 0.1, 0.2, 0.5)  # shares that the scale may end at: few, so that it moves seldom
_MOST_BANDS = 6  # activations; the bands of more would hide each other


def histograms_over_training(
    counts: np.ndarray,
    epochs: np.ndarray,
    titles: Sequence[str],
    *,
    keys: Sequence[str] = (),
    value_label: str = "Output",
    whole: float | None = None,
    panel_height: int = 190,
) -> go.Figure:
    """How values in a layer spread as it learns: a panel each, epochs across and values upwards.

    `counts` (M, T, B) in the bins of `BIN_EDGES`, of M panels at the times `epochs` (T,). The
    colour is the square root of the share of values, so that a tail is seen beside a spike; all
    panels share one scale. `keys`, activation keys, put their colours before the `titles`. `whole`
    is the length of the run in epochs, and the outermost bins hold what is beyond.
    """
    kept = _evenly(len(epochs))
    counts, epochs = counts[:, kept], epochs[kept]
    total = counts.sum(2, keepdims=True)
    shares = np.where(total > 0, counts / np.maximum(total, 1), np.nan)
    known = shares[np.isfinite(shares)]
    reach = value_reach([counts])
    bins = np.flatnonzero(np.abs(BIN_EDGES[:-1] + BIN_EDGES[1:]) / 2 < reach)
    edges = BIN_EDGES[bins[0] : bins[-1] + 2]
    places = _places(len(titles), panel_height)
    layout = chart_layout(_height(places, panel_height))
    layout["margin"]["t"] = 4
    layout["coloraxis"] = _shares_axis(float(known.max(initial=0.0)))
    data: list[Trace] = []
    layout["annotations"] = []
    layout["shapes"] = []
    for panel, title in enumerate(titles):
        axis = axis_number(panel)
        x = {"range": [0.0, whole or float(epochs[-1] if len(epochs) else 1.0)], "showgrid": False}
        y = {"range": [-reach, reach], "showgrid": False, **value_ticks(reach)}
        layout |= _axes(places, panel, ("Epochs", value_label), x, y)
        style = activation_style(keys[panel]) if panel < len(keys) else None
        mark = f"{key_line(style)} " if style else ""
        layout["annotations"].append(title_above(axis, f"{mark}{title}"))
        layout["shapes"].append(frame(axis))
        data.append(
            {
                "type": "heatmap",
                "name": title,
                "x": _edges(epochs),
                "y": edges,
                "z": np.sqrt(shares[panel][:, bins].T).astype(np.float32),
                "coloraxis": "coloraxis",
                **anchors(axis),
                "hovertemplate": "epoch %{x:.1f}, value %{y:.2f}<extra></extra>",
            }
        )
    return go.Figure(data, layout)


def _evenly(count: int) -> np.ndarray:
    """Indices of at most so many times as there is room for, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_TIMES)).round().astype(int))


def _edges(epochs: np.ndarray) -> np.ndarray:
    """(T + 1,) the borders between the times (T,), which need not be evenly spaced."""
    if len(epochs) < 2:
        return np.array([0.0, *epochs])
    middles = (epochs[1:] + epochs[:-1]) / 2
    first, last = 2 * epochs[0] - middles[0], 2 * epochs[-1] - middles[-1]
    return np.array([max(first, 0.0), *middles, last], dtype=np.float32)


def _shares_axis(highest: float) -> dict[str, Any]:
    """The colours up to a share that holds the highest, or that says "≥"."""
    top = next((top for top in _TOPS if top >= highest), _TOPS[-1])
    ticks = [share for share in (0, 0.01, *_TOPS) if share <= top]
    names = [f"{share:.0%}".replace("%", " %") for share in ticks]
    if highest > top:
        names[-1] = f"≥ {names[-1]}"
    return {
        "cmin": 0.0,
        "cmax": float(np.sqrt(top)),
        "colorscale": DENSITY_SCALE,
        "colorbar": {
            "title": {"text": "Share of values", "side": "right", "font": {"size": FONT_SIZE}},
            "tickvals": [float(np.sqrt(share)) for share in ticks],
            "ticktext": names,
            "tickfont": {"size": FONT_SIZE},
            "thickness": 14,
            "len": 1,
            "outlinecolor": faded(NEUTRAL, 0.5),
            "outlinewidth": 1,
            "x": 1.01,
        },
    }


def gradients_over_training(
    epochs: np.ndarray,
    norms: np.ndarray,
    layer_names: Sequence[str],
    members: Sequence[Member],
    *,
    whole: float | None = None,
    panel_height: int = 200,
) -> go.Figure:
    """Length of each layer's gradient against epochs on a log scale: a panel a layer.

    `norms` (T, M, G) at the times `epochs` (T,), of M members and G layers. Seeds: their geometric
    mean, and where
    activations are few their range as a band. What is 0 or not finite is a gap.
    """
    groups = groups_of(members)
    shown = np.where(np.isfinite(norms) & (norms > 0), norms, np.nan)
    places = _places(len(layer_names), panel_height)
    layout = chart_layout(_height(places, panel_height) + 26)
    layout["showlegend"] = True
    layout["annotations"] = []
    data: list[Trace] = []
    for panel, name in enumerate(layer_names):
        axis = axis_number(panel)
        x = {"range": [0.0, whole or float(epochs[-1] if len(epochs) else 1.0)]}
        y = {"type": "log", **log_ticks(shown)}
        layout |= _axes(places, panel, ("Epochs", "Gradient norm"), x, y)
        layout["annotations"].append(title_above(axis, name))
        for group in groups:
            values = shown[:, group.rows, panel].T  # (S, T)
            line = _norm_line(group, epochs, values, named=panel == 0)
            banded = len(values) > 1 and len(groups) <= _MOST_BANDS
            drawn = [seed_band(group, epochs, values), line] if banded else [line]
            data += [trace | anchors(axis) for trace in drawn]
    return go.Figure(data, layout)


def _norm_line(group: Group, epochs: np.ndarray, values: np.ndarray, named: bool) -> Trace:
    """The geometric mean of values (S, T)."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": group.label,
        "legendgroup": group.key,
        "showlegend": named,
        "x": epochs,
        "y": np.exp(seed_mean(np.log(values))) if len(values) > 1 else values[0],
        "line": group.style.line(2),
        "hovertemplate": f"{group.label}, epoch %{{x:.1f}}: %{{y:.3g}}<extra></extra>",
    }


def _places(panels: int, panel_height: int) -> Places:
    head, foot = _HEAD / panel_height, _FOOT / panel_height
    return Places(panels, panel_columns(panels), _GAP, head, foot)


def _height(places: Places, panel_height: int) -> int:
    return panel_height * places.rows + 40


def _axes(
    places: Places, panel: int, titles: tuple[str, str], x: dict[str, Any], y: dict[str, Any]
) -> dict[str, Any]:
    """A panel's axes with `x` and `y` as their settings; titles where nothing is below or left.

    Ticks of values are at the left of a row alone: all panels have the same.
    """
    axis, lowest, leftmost = axis_number(panel), places.is_lowest(panel), places.is_leftmost(panel)
    common: dict[str, Any] = {"ticks": "", "ticklabelstandoff": 4}
    return {
        f"xaxis{axis}": chart_axis(
            titles[0] if lowest else "",
            domain=places.across(panel),
            anchor=f"y{axis}",
            nticks=6,
            showticklabels=lowest,
            **common,
            **x,
        ),
        f"yaxis{axis}": chart_axis(
            titles[1] if leftmost else "",
            domain=places.upwards(panel),
            anchor=f"x{axis}",
            showticklabels=leftmost,
            **common,
            **y,
        ),
    }
