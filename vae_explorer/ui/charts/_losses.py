"""Losses over training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.ui.charts._groups import Group, Trace, groups_of, key_line, seed_band, seed_mean
from vae_explorer.ui.style import activation_style, chart_axis, chart_layout

if TYPE_CHECKING:
    from vae_explorer.config import Member
    from vae_explorer.snapshot import Curves, Freeze

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
    span = _readable_range(train, test)
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
        layout["annotations"] = _end_labels(data, groups, curves.epoch, span, height)
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
    before = values[(curves.step <= stop.step) & np.isfinite(values)]
    edge = span[1] - 0.05 * (span[1] - span[0])
    y = min(float(before[-1]), edge) if len(before) else edge
    x = float(np.interp(stop.step, curves.step, curves.epoch)) if len(curves.step) else 0.0
    style = activation_style(member.activation_key)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": f"{member.label}, stopped",
        "text": f"{member.label} stopped",
        "textposition": "middle right",
        "legendgroup": member.activation_key,
        "showlegend": False,
        "x": [x],
        "y": [y],
        "cliponaxis": False,
        "marker": {"symbol": "x-thin", "size": 13, "line": {"width": 4, "color": style.colour}},
        "hovertemplate": f"{member.label} stopped: {stop.reason}<extra></extra>",
    }


def _readable_range(train: np.ndarray, test: np.ndarray) -> tuple[float, float]:
    """Limits in which the curves (P, K) can be read, whatever they began with or one came to.

    The first fifth of the points does not count, nor does a member far above the others.
    """
    lows, tops = [], []
    for k in range(train.shape[1]):
        values = np.concatenate([train[len(train) // 5 :, k], test[len(test) // 5 :, k]])
        values = values[np.isfinite(values)].astype(float)
        if len(values):
            low, middle, high = np.quantile(values, [0, 0.5, 1])
            lows.append(low)
            tops.append(min(high, middle + 3 * (middle - low) + 0.5 * abs(middle)))
    if not lows:
        return 0.0, 1.0
    low = min(lows)
    typical = float(np.quantile(tops, 0.5, method="lower"))
    limit = low + max(10 * (typical - low), 2 * abs(low))
    high = max(top for top in tops if top <= max(limit, min(tops)))
    margin = 0.04 * (high - low) or 0.04 * abs(high) or 1.0
    return float(low - margin), float(high + margin)


def _end_labels(
    data: list[Trace],
    groups: list[Group],
    epoch: np.ndarray,
    span: tuple[float, float],
    height: int,
) -> list[dict[str, Any]]:
    """The name of each group where its line ends, moved apart where lines end close together."""
    low, high = span
    pixels = (height - 85) / (high - low)  # per nat; 85 px are the margins with the axis' text
    ends = []
    for group in groups:
        lines = [trace for trace in data if trace["name"] == group.label]
        lines += [trace for trace in data if trace["name"] == f"{group.label}, train"]
        finite = [line["y"][np.isfinite(line["y"])] for line in lines]
        known = [values for values in finite if len(values)]
        if known:
            ends.append((float(known[0][-1]), group))
    ends.sort(key=lambda end: end[0])
    labels: list[dict[str, Any]] = []
    above = -np.inf  # px, the place of the label below
    for value, group in ends:
        wanted = (min(max(value, low), high) - low) * pixels
        place = max(wanted, above + 17)
        above = place
        arrow = " ↑" if value > high else ""
        labels.append(
            {
                "text": f"{key_line(group.style)} {group.label}{arrow}",
                "x": float(epoch[-1]),
                "y": min(max(value, low), high),
                "xanchor": "left",
                "xshift": 6,
                "yshift": round(place - wanted),
                "showarrow": False,
            }
        )
    return labels
