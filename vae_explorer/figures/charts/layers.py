"""What happens in the layers: values, dead units, gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.axes import log_ticks, value_reach, value_ticks
from vae_explorer.figures.charts.groups import Group, Trace, groups_of, seed_band, seed_mean
from vae_explorer.figures.charts.places import Places, anchors, axis_number
from vae_explorer.figures.style import NEUTRAL, activation_style, chart_axis, chart_layout, faded
from vae_explorer.results.snapshot import BIN_EDGES

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member
    from vae_explorer.results.snapshot import LayerView

_MOST_LEVEL_NAMES = 7  # of layers, that fit side by side
MOST_COLUMNS = 4  # side by side: the shares of dead and saturated units fit beside the ridges


def activation_histograms(
    layers: Sequence[LayerView],
    members: Sequence[Member],
    quantity: str = "output",
    *,
    functions: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
    row_height: int = 56,
) -> go.Figure:
    """How often each value occurs in a layer: a panel a layer, a ridge an activation.

    At most `MOST_COLUMNS` panels stand side by side.
    `quantity` is "output" or "pre_activation". A ridge's height is the square root of the counts
    in the bins of `BIN_EDGES`, so that a ReLU's spike at 0 leaves its tail visible; each ridge is
    as tall as its own peak. `functions`, from activation names to (x, f(x)), are drawn over
    pre-activations, which are what f takes.
    """
    groups = groups_of(members)
    rows = -(-len(layers) // MOST_COLUMNS) or 1
    columns = -(-len(layers) // rows) or 1
    places = Places(len(layers), columns, gap=0.07 / columns)
    ridges = row_height * max(len(groups), 1)  # px, of one panel
    axis_height = 60  # px, of values and title below a panel
    height = rows * (ridges + axis_height) - axis_height
    layout = chart_layout(height + axis_height + 38)  # the lowest axes and the margins
    layout["annotations"] = []
    data: list[Trace] = []
    reach = value_reach([getattr(layer, quantity) for layer in layers])
    for panel, layer in enumerate(layers):
        axis = axis_number(panel)
        title = f"{layer.name} {quantity.replace('_', '-')}"
        top = 1 - panel // columns * (ridges + axis_height) / height
        layout[f"xaxis{axis}"] = chart_axis(
            title,
            domain=places.across(panel),
            anchor=f"y{axis}",
            range=[-reach, reach],
            zeroline=True,
            **value_ticks(reach),
        )
        layout[f"yaxis{axis}"] = chart_axis(
            anchor=f"x{axis}",
            domain=[max(0.0, top - ridges / height), top],
            range=[-0.1, len(groups) + 0.15],
            tickvals=list(range(len(groups) - 1, -1, -1)),
            ticktext=[group.label for group in groups],
            ticklabelstandoff=8,
            showticklabels=places.is_leftmost(panel),
            showgrid=False,
            fixedrange=True,
        )
        for place, group in enumerate(groups):
            base = len(groups) - 1 - place
            counts = getattr(layer, quantity)[group.rows].sum(axis=0)
            name = _layer_activation(group, layer.name)
            data.append(_ridge(group.label, activation_style(name).colour, counts, base, axis))
            if functions and quantity == "pre_activation" and name in functions:
                data.append(_function_over_ridge(*functions[name], base, axis, reach))
            # On the side where ridges and functions are low: nearly all rise to the right.
            side = "right" if quantity == "output" else "left"
            layout["annotations"].append(_health(layer, group, base, axis, side))
    return go.Figure(data, layout)


def _layer_activation(group: Group, layer: str) -> str:
    """The name of the activation in a layer: the decoder's may be another than the encoder's."""
    encoder, _, decoder = group.key.partition(">")
    return decoder if decoder and layer.startswith("decoder") else encoder


def _ridge(label: str, colour: str, counts: np.ndarray, base: int, axis: str) -> Trace:
    """The outline of counts (B,) in the bins, standing on `base`."""
    heights = 0.92 * np.sqrt(counts / max(counts.max(), 1))
    steps = np.repeat(heights, 2)  # (2 B,): the top of each bin, from its left to its right edge
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": np.repeat(BIN_EDGES, 2),
        "y": (base + np.concatenate([[0], steps, [0]])).astype(np.float32),
        "fill": "toself",
        "fillcolor": faded(colour, 0.35),
        "line": {"color": colour, "width": 1.6},
        **anchors(axis),
        "hoverinfo": "skip",
    }


def _function_over_ridge(
    x: np.ndarray, values: np.ndarray, base: int, axis: str, reach: float
) -> Trace:
    """f (N,) within reach, stretched to a ridge's height."""
    shown = values[(np.abs(x) <= reach) & np.isfinite(values)]
    low, high = (shown.min(), shown.max()) if len(shown) else (0.0, 1.0)
    scaled = base + 0.85 * (values - low) / max(high - low, 1e-12)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": np.where(np.abs(x) <= reach, scaled, np.nan),
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        **anchors(axis),
        "hoverinfo": "skip",
    }


def _health(layer: LayerView, group: Group, base: int, axis: str, side: str) -> dict[str, Any]:
    """The shares of dead and saturated units, means over seeds, at one side of a ridge."""
    shares = [("dead", layer.dead), ("saturated", layer.saturated)]
    parts = [f"{_percent(share[group.rows].mean())} {name}" for name, share in shares]
    shown = [part for part in parts if not part.startswith("0 ")]
    return {
        "text": "<br>".join(shown),
        "x": 1 if side == "right" else 0,
        "xref": f"x{axis} domain",
        "y": base + 1,
        "yref": f"y{axis}",
        "xanchor": side,
        "yanchor": "top",
        "align": side,
        "showarrow": False,
        "font": {"size": 12},
    }


def _percent(share: float) -> str:
    """ "12 %", and never 0 or 100 for what is not."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")


def gradient_norms(
    names: Sequence[str], norms: np.ndarray, members: Sequence[Member], *, height: int = 320
) -> go.Figure:
    """Length of the gradient by layer, from input to output, on a log scale.

    `norms` (K, G), of the G layers `names`. Seeds: their geometric mean, and their range as a band.
    """
    positive = np.isfinite(norms) & (norms > 0)
    shown = np.where(positive, norms, np.nan)
    data: list[Trace] = []
    for group in groups_of(members):
        values = shown[group.rows]  # (S, G)
        if len(values) > 1:
            data.append(seed_band(group, np.array(names), values))
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": group.label,
                "legendgroup": group.key,
                "x": list(names),
                "y": np.exp(seed_mean(np.log(values))) if len(values) > 1 else values[0],
                "line": group.style.line(2.5),
                "marker": group.style.marker(9),
                "hovertemplate": f"{group.label}, %{{x}}: %{{y:.3g}}<extra></extra>",
            }
        )
    level = len(names) <= _MOST_LEVEL_NAMES
    layout = chart_layout(height)
    layout["showlegend"] = True
    layout["xaxis"] = chart_axis(
        "Layer, from input to output",
        type="category",
        tickvals=list(names),
        ticktext=[_in_lines(name) for name in names] if level else list(names),
        tickangle=0 if level else -90,
    )
    layout["yaxis"] = chart_axis("Gradient norm", type="log", **log_ticks(shown))
    return go.Figure(data, layout)


def _in_lines(name: str) -> str:
    """A layer's name with a line a word, so that six layers fit side by side."""
    return name.replace(" ", "<br>").replace("<br>and<br>", " and<br>")
