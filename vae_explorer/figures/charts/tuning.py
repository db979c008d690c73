"""Losses of trials against the learning rate that each had, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.numbers import plain
from vae_explorer.figures.charts.curves import End, end_labels, labels_fit
from vae_explorer.figures.charts.groups import Trace, key_line, seed_dots
from vae_explorer.figures.style import (
    Style,
    activation_label,
    activation_style,
    chart_axis,
    chart_layout,
)

_SHOWN = 0.75  # of the means stand in the frame; the others leave it above


def rate_lines(
    keys: Sequence[str],
    rates: Sequence[float],
    losses: np.ndarray,
    choices: Sequence[int | None],
    *,
    height: int = 380,
) -> go.Figure:
    """A line an arm through its means, a thin dot a seed, and a ring around what each chose.

    Of arms with the activations `keys` (A), `losses` (A, R, S) in nats at each of `rates` (R), NaN
    where there is none. What is far worse than the rest leaves the frame above: learning rates that
    do not work would leave no room for the others.
    """
    x, means = np.log10(np.array(rates)), losses.mean(2)
    span = _range(means, losses)
    dots: list[Trace] = []
    lines: list[Trace] = []
    ends: list[End] = []
    for key, each, mean, choice in zip(keys, losses, means, choices):
        style, label = activation_style(key), activation_label(key)
        dots.append(seed_dots(label, style, x, each, 4))
        lines.append(_line(label, style, x, mean, rates))
        if choice is not None:
            lines.append(_ring(label, style, float(x[choice]), float(mean[choice])))
        known = np.flatnonzero(np.isfinite(mean))
        if len(known):
            ends.append(End(float(mean[known[-1]]), float(x[-1]), f"{key_line(style)} {label}"))
    direct = labels_fit(len(keys), height)
    longest = max(len(activation_label(key)) for key in keys)
    layout = chart_layout(height, right=50 + 8 * longest if direct else 8)
    pad = 0.06 * (float(x[-1] - x[0]) or 1.0)
    layout["xaxis"] = chart_axis(
        "Learning rate (log scale)",
        range=[float(x[0]) - pad, float(x[-1]) + pad],
        tickvals=x.tolist(),
        ticktext=[number_text(rate) for rate in rates],
    )
    layout["yaxis"] = chart_axis("Negative ELBO on validation images (nats)", range=list(span))
    layout["showlegend"] = not direct
    layout["annotations"] = end_labels(ends, span, height) if direct else []
    return go.Figure(dots + lines, layout)


def _range(means: np.ndarray, losses: np.ndarray) -> tuple[float, float]:
    """Limits that hold every arm's best mean, and most of the others."""
    finite = np.isfinite(means)
    known = means[finite] if finite.any() else losses[np.isfinite(losses)]
    if not len(known):
        return 0.0, 1.0
    best = [row[np.isfinite(row)].min() for row in means if np.isfinite(row).any()]
    low, high = float(known.min()), float(max([np.quantile(known, _SHOWN), *best]))
    margin = 0.08 * (high - low) or 0.06 * abs(high) or 1.0
    return low - margin, high + margin


def _line(
    label: str, style: Style, x: np.ndarray, mean: np.ndarray, rates: Sequence[float]
) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": label,
        "legendgroup": label,
        "x": x,
        "y": mean,
        "line": style.line(2.2),
        "marker": style.marker(7),
        "text": [f"{number_text(rate)}: {plain(loss, 2)}" for rate, loss in zip(rates, mean)],
        "hovertemplate": f"{label}, %{{text}}<extra></extra>",
    }


def _ring(label: str, style: Style, x: float, y: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{label}'s choice",
        "legendgroup": label,
        "showlegend": False,
        "x": [x],
        "y": [y],
        "marker": {
            "symbol": "circle-open",
            "size": 17,
            "color": style.colour,
            "line": {"width": 2.5},
        },
        "hoverinfo": "skip",
    }
