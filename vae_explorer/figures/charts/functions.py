"""The activation functions themselves. No page draws them yet: they are for the activation lab."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.style import activation_style, chart_axis, chart_layout


def activation_curve(
    x: np.ndarray,
    values: np.ndarray,
    derivatives: np.ndarray | None,
    key: str,
    *,
    height: int = 180,
) -> go.Figure:
    """The function itself, strong, and its derivative, thin and dotted; arrays of shape (N,)."""
    colour = activation_style(key).colour
    lines = [("f(x)", values, {"color": colour, "width": 3.5})]
    if derivatives is not None:
        lines.append(("f′(x)", derivatives, {"color": colour, "width": 1.5, "dash": "dot"}))
    data = [
        {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "line": line}
        for name, y, line in lines
    ]
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (-1.0, 1.0)
    layout = chart_layout(height)
    layout["showlegend"] = derivatives is not None
    layout["xaxis"] = chart_axis("x", zeroline=True)
    layout["yaxis"] = chart_axis(zeroline=True, range=[max(low, -3.0) - 0.3, min(high, 3.0) + 0.3])
    return go.Figure(data, layout)
