"""Each arm of a race against one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.explain.numbers import signed, with_unit
from vae_explorer.explain.standing import Standing
from vae_explorer.explain.verdicts import Verdict
from vae_explorer.figures.charts.groups import Trace, key_line
from vae_explorer.figures.style import NEUTRAL, ArmStyle, arm_styles, chart_axis, chart_layout

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm
    from vae_explorer.explain.statistics import Difference


def difference_plot(
    standing: Standing,
    quantity_label: str,
    unit: str,
    *,
    digits: int = 2,
    row_height: int = 30,
) -> go.Figure:
    """Mean difference of each arm to the reference, with its interval: a row an arm.

    In the standing's order, the best on top. Clear ones are filled, others hollow and so named; the
    line at zero is the reference.
    """
    looks = arm_styles(standing.arms)
    rows, words = [], []
    for arm in standing.order:
        if (each := standing.differences[arm]) is not None:
            rows.append((standing.arms[arm], each, looks[arm]))
            words.append(_words(each, standing.verdict(arm), digits))
    longest = max(map(len, words), default=0)
    layout = chart_layout(row_height * max(len(rows), 1) + 108, right=24 + 8 * longest)
    beside = standing.arms[standing.reference].label
    layout["xaxis"] = chart_axis(
        f"Difference to {beside}: {with_unit(quantity_label, unit)}" + _how(standing),
        zeroline=True,
        zerolinewidth=2,
        range=_range([each for _, each, _ in rows]),
        nticks=5,
        tickangle=0,
    )
    layout["yaxis"] = chart_axis(
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=[f"{arm.label} {key_line(look.style)}" for arm, _, look in rows],
        ticklabelstandoff=8,
        showgrid=False,
        fixedrange=True,
    )
    layout["annotations"] = [
        _note(text, row, bold=each.clear)
        for row, (text, (_, each, _)) in enumerate(zip(words, rows))
    ]
    layout["annotations"] += _directions(standing.better)
    data = [_whisker(*row, place) for place, row in enumerate(rows)]
    return go.Figure(data, layout)


def _how(standing: Standing) -> str:
    """What is tested of it; nothing before a race has ended."""
    if not standing.comparisons:
        return ""
    return f"<br>Filled: clear after correction for {standing.comparisons} comparisons"


def _whisker(arm: Arm, difference: Difference, look: ArmStyle, row: int) -> Trace:
    several = np.isfinite(difference.low)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": arm.label,
        "x": [difference.mean],
        "y": [row],
        "error_x": {
            "type": "data",
            "array": [difference.half if several else 0],
            "color": look.style.colour,
            "thickness": 2.5,
            "width": 5,
            "visible": bool(several),
        },
        "marker": {
            "size": 13,
            "symbol": "circle" if difference.clear else "circle-open",
            "color": look.style.colour,
            "line": {"width": 2.5, "color": look.style.colour},
        },
        "hovertemplate": f"{arm.label}: %{{x:.4~g}}, from {difference.count} seeds"
        + (f", p = {difference.adjusted:.2g} after correction" if several else "")
        + "<extra></extra>",
    }


def _words(difference: Difference, judged: Verdict, digits: int) -> str:
    """How large a clear difference is; of others, why nothing is said."""
    if difference.clear:
        return f"{signed(difference.mean, digits)} ± {difference.half:.{digits}f}"
    return judged.words


def _note(text: str, row: int, bold: bool) -> dict[str, Any]:
    """At the right of a row, outside of the plot."""
    return {
        "text": f"<b>{text}</b>" if bold else text,
        **{"x": 1, "xref": "paper", "xanchor": "left", "xshift": 12},
        **{"y": row, "yref": "y", "yanchor": "middle"},
        "showarrow": False,
        **({} if bold else {"font": {"color": NEUTRAL}}),
    }


def _directions(better: int) -> list[dict[str, Any]]:
    """Which side of the reference is the better one, above the plot."""
    if not better:
        return []
    text = "better →" if better > 0 else "← better"
    return [
        {
            "text": text,
            **{"x": 0, "xref": "x", "xanchor": "left" if better > 0 else "right"},
            "xshift": 8 * better,
            **{"y": 1, "yref": "paper", "yanchor": "bottom"},
            "font": {"color": NEUTRAL},
            "showarrow": False,
        }
    ]


def _range(differences: Sequence[Difference]) -> list[float]:
    """All means and intervals, and zero, with a margin."""
    ends = np.array([[d.mean, d.low, d.high] for d in differences], dtype=float)
    known = np.append(ends[np.isfinite(ends)], 0.0)
    margin = 0.06 * float(known.max() - known.min()) or 1.0
    return [float(known.min()) - margin, float(known.max()) + margin]
