"""Each arm of a race against one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.explain.numbers import signed, with_unit
from vae_explorer.explain.verdicts import NO_CLEAR_DIFFERENCE, verdict
from vae_explorer.figures.charts.groups import Trace, key_line
from vae_explorer.figures.style import NEUTRAL, ArmStyle, arm_styles, chart_axis, chart_layout

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm
    from vae_explorer.explain.statistics import Difference


def difference_plot(
    arms: Sequence[Arm],
    differences: Sequence[Difference | None],
    reference_label: str,
    quantity_label: str,
    unit: str,
    *,
    digits: int = 2,
    better: int = 0,
    row_height: int = 30,
    diverged: Sequence[int] | np.ndarray = (),
    short: Sequence[float | None] = (),
) -> go.Figure:
    """Mean difference of each arm to the reference, with its 95 % interval: a row an arm.

    `differences` are those of `statistics.differences`, None for the reference, in `unit`. Sorted,
    the best on top (`better` 1: more is, −1: less is; 0: the lowest). Clear ones are filled, others
    hollow and so named; the line at zero is the reference. `diverged` (A,) counts the seeds of each
    arm that did: the differences of those that are left are of the lucky ones, and never clear. Nor
    are those of an arm that learned for fewer epochs than the rest: `short` (A,) says for how many.
    """
    fewer = list(short) or [None] * len(arms)
    counts = [int(count) for count in diverged] or [0] * len(arms)
    reference = next((a for a, each in enumerate(differences) if each is None), None)
    lost = 0 if reference is None else counts[reference]
    behind = None if reference is None else fewer[reference]
    rows = [
        (arm, each, look, _unsure(each, better, arm, (count, lost), (epochs, behind)))
        for arm, each, look, count, epochs in zip(
            arms, differences, arm_styles(arms), counts, fewer
        )
        if each is not None
    ]
    sign = -1 if better > 0 else 1
    rows.sort(key=lambda row: (not np.isfinite(row[1].mean), sign * row[1].mean))
    words = [unsure or _words(each, digits) for _, each, _, unsure in rows]
    longest = max(map(len, words), default=0)
    layout = chart_layout(row_height * max(len(rows), 1) + 108, right=24 + 8 * longest)
    layout["xaxis"] = chart_axis(
        f"Difference to {reference_label}: {with_unit(quantity_label, unit)}"
        f"<br>Filled: clear after correction for {len(rows)} comparisons",
        zeroline=True,
        zerolinewidth=2,
        range=_range([each for _, each, _, _ in rows]),
        nticks=5,
        tickangle=0,
    )
    layout["yaxis"] = chart_axis(
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=[f"{arm.label} {key_line(look.style)}" for arm, _, look, _ in rows],
        ticklabelstandoff=8,
        showgrid=False,
        fixedrange=True,
    )
    layout["annotations"] = [
        _note(text, row, bold=each.clear and not unsure)
        for row, (text, (_, each, _, unsure)) in enumerate(zip(words, rows))
    ]
    layout["annotations"] += _directions(better)
    data = [_whisker(*row, place) for place, row in enumerate(rows)]
    return go.Figure(data, layout)


def _unsure(
    difference: Difference,
    better: int,
    arm: Arm,
    diverged: tuple[int, int],
    short: tuple[float | None, float | None],
) -> str:
    """What is said where the arm or the reference lost seeds or epochs; else nothing."""
    if diverged == (0, 0) and short == (None, None):
        return ""
    return verdict(difference, better, len(arm.rows), *diverged, *short).words


def _whisker(arm: Arm, difference: Difference, look: ArmStyle, unsure: str, row: int) -> Trace:
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
            "symbol": "circle" if difference.clear and not unsure else "circle-open",
            "color": look.style.colour,
            "line": {"width": 2.5, "color": look.style.colour},
        },
        "hovertemplate": f"{arm.label}: %{{x:.4~g}}, from {difference.count} seeds, "
        f"p = {difference.adjusted:.2g} after correction<extra></extra>",
    }


def _words(difference: Difference, digits: int) -> str:
    if not np.isfinite(difference.mean):
        return "no value"
    if not np.isfinite(difference.low):
        return f"{signed(difference.mean, digits)}, one seed"
    if not difference.clear:
        return NO_CLEAR_DIFFERENCE
    return f"{signed(difference.mean, digits)} ± {difference.half:.{digits}f}"


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
