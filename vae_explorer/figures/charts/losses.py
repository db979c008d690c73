"""Losses over training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.curves import (
    End,
    below_edge,
    cross,
    end_labels,
    last_finite,
    readable_range,
)
from vae_explorer.figures.charts.groups import (
    Group,
    Trace,
    groups_of,
    key_line,
    seed_band,
    seed_mean,
)
from vae_explorer.figures.style import activation_style, chart_axis, chart_layout

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member
    from vae_explorer.results.snapshot import Curves, Freeze

QUANTITIES: Mapping[str, str] = {
    "loss": "Negative ELBO (nats per image)",
    "reconstruction": "Reconstruction (nats per image)",
    "kl": "KL divergence (nats per image)",
}
MOST_LABELS = 9  # lines that are labelled at their ends; where there are more, a legend names them
_MOST_MARKERS = 20  # on a line; more would hide its dashes


def loss_curves(
    curves: Curves,
    members: Sequence[Member],
    quantity: str = "loss",
    *,
    epochs: float | None = None,
    frozen: Sequence[Freeze] = (),
    height: int = 340,
) -> go.Figure:
    """Train (thin) and test (strong) curves against epochs; nats per image.

    `quantity` is one of `QUANTITIES`. `epochs`, the length of the whole run, fixes the axis from
    the start. A frozen member has a cross where it stopped. What is not finite is a gap.
    """
    train = getattr(curves, f"train_{quantity}")  # (P, K)
    test = getattr(curves, f"test_{quantity}")
    ends = np.isfinite(test).any(axis=1)  # the rows at an epoch's end
    groups = groups_of(members)
    span = readable_range([np.stack([train[:, k], test[:, k]], 1) for k in range(len(members))])
    last = epochs or (float(curves.epoch[-1]) if len(curves.epoch) else 1.0)
    data: list[Trace] = []
    for group in groups:
        data.append(_train_line(group, curves.epoch, train[:, group.rows].T))
        data += _test_lines(group, curves.epoch[ends], test[ends][:, group.rows].T)
    data += [_cross(stop, curves, train, test, members[stop.member], span) for stop in frozen]
    direct = len(groups) <= MOST_LABELS
    longest = max((len(group.label) for group in groups), default=0)
    layout = chart_layout(height, right=40 + 8 * longest if direct else 8)
    layout["xaxis"] = chart_axis("Epochs", range=[0.0, last])
    layout["yaxis"] = chart_axis(QUANTITIES[quantity], range=list(span))
    layout["showlegend"] = not direct
    if direct:
        named = [_end(group, data, curves.epoch) for group in groups if len(curves.epoch)]
        layout["annotations"] = end_labels(named, span, height)
    return go.Figure(data, layout)


def _train_line(group: Group, epoch: np.ndarray, values: np.ndarray) -> Trace:
    """One thin line for values (S, P), S seeds."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{group.label}, train",
        "legendgroup": group.key,
        "showlegend": False,
        "x": epoch,
        "y": seed_mean(values),
        "line": {"color": group.style.colour, "width": 1.2},
        "opacity": 0.5,
        "hoverinfo": "skip",
    }


def _test_lines(group: Group, epoch: np.ndarray, values: np.ndarray) -> list[Trace]:
    """A strong line for values (S, E), S seeds at E epochs' ends, over a band if S > 1."""
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": group.label,
        "legendgroup": group.key,
        "x": epoch,
        "y": seed_mean(values),
        "line": group.style.line(2.8),
        "marker": group.style.marker(8) | {"maxdisplayed": _MOST_MARKERS},
        "hovertemplate": f"{group.label}, test, epoch %{{x:.0f}}: %{{y:.1f}} nats<extra></extra>",
    }
    return [seed_band(group, epoch, values), line] if len(values) > 1 else [line]


def _cross(
    stop: Freeze,
    curves: Curves,
    train: np.ndarray,
    test: np.ndarray,
    member: Member,
    span: tuple[float, float],
) -> Trace:
    """Where a member stopped: at its last finite loss, or at the edge if that is out of range."""
    values = np.where(
        np.isfinite(test[:, stop.member]), test[:, stop.member], train[:, stop.member]
    )
    before = values[curves.step <= stop.step]
    x = float(np.interp(stop.step, curves.step, curves.epoch)) if len(curves.step) else 0.0
    colour = activation_style(member.activation_key).colour
    return cross([x], [below_edge(last_finite(before), span)], colour) | {
        "mode": "markers+text",
        "name": f"{member.label}, stopped",
        "text": f"{member.label} stopped",
        "textposition": "middle right",
        "legendgroup": member.activation_key,
        "hovertemplate": f"{member.label} stopped: {stop.reason}<extra></extra>",
    }


def _end(group: Group, data: list[Trace], epoch: np.ndarray) -> End:
    """Where a group's test line ends, or its training line if there is no test yet."""
    lines = {trace["name"]: last_finite(trace["y"]) for trace in data}
    test = lines[group.label]
    value = test if np.isfinite(test) else lines[f"{group.label}, train"]
    return End(value, float(epoch[-1]), f"{key_line(group.style)} {group.label}")
