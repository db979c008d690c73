"""The arms of a race over training: every seed, the means, and how sure they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from vae_explorer.explain.statistics import intervals
from vae_explorer.figures.charts.curves import (
    End,
    below_edge,
    cross,
    end_labels,
    labels_fit,
    last_finite,
    readable_range,
    thinned,
)
from vae_explorer.figures.charts.groups import Trace, key_line
from vae_explorer.figures.style import (
    FONT_SIZE,
    ArmStyle,
    arm_styles,
    chart_axis,
    chart_layout,
    faded,
    short_label,
)

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm
    from vae_explorer.results.snapshot import Freeze

Line = tuple[np.ndarray, np.ndarray]  # of an arm: epoch (P,), values (S, P) of S seeds
_MOST_POINTS = 250  # of a line that are drawn; no screen shows more
_MOST_MARKERS = 12  # on a mean's line
_MOST_NAMED = 3  # arms of which seeds diverged


class _Drawn(NamedTuple):
    """One arm, as it is drawn."""

    label: str
    short: str
    look: ArmStyle
    epoch: np.ndarray  # (P,)
    values: np.ndarray  # (S, P)
    mean: np.ndarray  # (P,), and so the next two
    low: np.ndarray
    high: np.ndarray


def race_curves(
    lines: Sequence[Line],
    arms: Sequence[Arm],
    *,
    quantity_label: str,
    epochs: float | None = None,
    frozen: Sequence[Freeze] = (),
    overlay: tuple[Sequence[Line], Sequence[Arm]] | None = None,
    height: int = 380,
    legend: bool = True,
) -> go.Figure:
    """Every seed's curve thin, each arm's mean thick with its 95 % interval as a band.

    `lines` has the epoch (P,) and the values (S, P) of each arm's S seeds; another arm may have
    other points. Points at which no seed has a value are left out, and what else is not finite is
    a gap. `quantity_label` names the y axis with its unit. `epochs`, the length of the whole run,
    fixes the x axis from the start. `frozen`, whose members are those of the experiment that the
    arms are of, have a cross where they stopped. `overlay` is another race, of which the means
    alone are drawn, dashed. Too many to be named at their lines' ends have a `legend`, unless it
    stands elsewhere on the page.
    """
    drawn = [_drawn(*line, arm, look) for line, arm, look in zip(lines, arms, arm_styles(arms))]
    others = _of_overlay(*overlay) if overlay else []
    span = readable_range([each.values.T for each in drawn] + [each.mean for each in others])
    data = [trace for each in drawn for trace in _seeds_and_band(each)]
    data += [_mean(each) for each in others] + [_mean(each) for each in drawn]
    crosses = [
        trace for arm, each in zip(arms, drawn) for trace in _crosses(arm, each, frozen, span)
    ]
    ends = [
        End(
            last_finite(each.mean),
            float(each.epoch[-1]),
            f"{key_line(each.look.style)} {each.short}",
        )
        for each in [*drawn, *others]
        if len(each.epoch)
    ]
    direct = labels_fit(len(drawn) + len(others), height)
    longest = max((len(each.short) for each in [*drawn, *others]), default=0)
    layout = chart_layout(height, right=40 + 8 * longest if direct else 8)
    reached = [float(each.epoch[-1]) for each in [*drawn, *others] if len(each.epoch)]
    layout["xaxis"] = chart_axis("Epochs", range=[0.0, max([epochs or 0.0, *reached]) or 1.0])
    layout["yaxis"] = chart_axis(quantity_label, range=list(span))
    layout["showlegend"] = legend and not direct
    layout["annotations"] = end_labels(ends, span, height) if direct else []
    if crosses:
        layout["annotations"].append(_diverged(arms, {stop.member for stop in frozen}))
    return go.Figure(data + crosses, layout)


def _drawn(epoch: np.ndarray, values: np.ndarray, arm: Arm, look: ArmStyle) -> _Drawn:
    shown = np.where(np.isfinite(values), values, np.nan)
    known = np.isfinite(shown).any(0)
    mean, low, high = intervals(shown[None, :, known])[:, 0]
    return _Drawn(arm.label, short_label(arm), look, epoch[known], shown[:, known], mean, low, high)


def _of_overlay(lines: Sequence[Line], arms: Sequence[Arm]) -> list[_Drawn]:
    """The arms of a saved race, thinner and dashed."""
    drawn = []
    for line, arm, look in zip(lines, arms, arm_styles(arms)):
        dashed = look.style.dash if look.style.dash != "solid" else "dash"
        thin = ArmStyle(
            dataclasses.replace(look.style, dash=dashed), 0.6 * look.width, look.opacity
        )
        each = _drawn(*line, arm, thin)
        drawn.append(each._replace(label=f"saved: {each.label}", short=f"saved: {each.short}"))
    return drawn


def _seeds_and_band(each: _Drawn) -> list[Trace]:
    """The seeds as one trace with gaps between them, and the interval; neither of one seed."""
    if len(each.values) < 2:
        return []
    kept = [thinned(values, _MOST_POINTS) for values in each.values]
    seeds = {
        **_line(each, f"{each.label}, each seed"),
        "x": _with_gaps([each.epoch[k] for k in kept]),
        "y": _with_gaps([values[k] for values, k in zip(each.values, kept)]),
        "line": {"color": each.look.style.colour, "width": 1},
        "opacity": 0.45 * each.look.opacity,
    }
    known = np.isfinite(each.low)
    epoch, low, high = each.epoch[known], each.low[known], each.high[known]
    down, up = thinned(low, _MOST_POINTS), thinned(high, _MOST_POINTS)[::-1]
    band = {
        **_line(each, f"{each.label}, 95 % interval of the mean"),
        "x": np.concatenate([epoch[down], epoch[up]]).astype(np.float32),
        "y": np.concatenate([low[down], high[up]]).astype(np.float32),
        "fill": "toself",
        "fillcolor": faded(each.look.style.colour, 0.16 * each.look.opacity),
        "line": {"width": 0},
    }
    return [seeds, band]


def _mean(each: _Drawn) -> Trace:
    kept = thinned(each.mean, _MOST_POINTS)
    several = len(each.values) > 1
    half = (each.high - each.low)[kept] / 2
    return {
        **_line(each, each.label),
        "mode": "lines+markers",
        "showlegend": True,
        "x": each.epoch[kept].astype(np.float32),
        "y": each.mean[kept].astype(np.float32),
        "line": each.look.line(),
        "opacity": each.look.opacity,
        "marker": each.look.style.marker(2 + 2 * each.look.width) | {"maxdisplayed": _MOST_MARKERS},
        "customdata": half.astype(np.float32) if several else None,
        "hoverinfo": "all",
        "hovertemplate": f"{each.label}, epoch %{{x:.1f}}: %{{y:.4~g}}"
        + (" ± %{customdata:.2~g}" if several else "")
        + "<extra></extra>",
    }


def _line(each: _Drawn, name: str) -> Trace:
    """What the traces of an arm have in common."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "legendgroup": each.label,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _with_gaps(parts: Sequence[np.ndarray]) -> np.ndarray:
    """One array of all, with a NaN between one and the next."""
    gap = np.array([np.nan])
    joined = [piece for part in parts for piece in (part, gap)]
    return np.concatenate(joined[:-1]).astype(np.float32)


def _crosses(
    arm: Arm, each: _Drawn, frozen: Sequence[Freeze], span: tuple[float, float]
) -> list[Trace]:
    """One trace of all seeds of an arm that stopped, each at its last finite value."""
    stops: Mapping[int, Freeze] = {stop.member: stop for stop in frozen}
    stopped = [(seed, stops[row]) for seed, row in enumerate(arm.rows) if row in stops]
    if not stopped:
        return []
    x, y, reasons = [], [], []
    for seed, stop in stopped:
        known = np.flatnonzero(np.isfinite(each.values[seed]))
        x.append(float(each.epoch[known[-1]]) if len(known) else 0.0)
        y.append(below_edge(last_finite(each.values[seed]), span))
        reasons.append(f"{arm.label}, seed {seed + 1} of {len(arm.rows)}, stopped: {stop.reason}")
    return [
        cross(x, y, each.look.style.colour)
        | {
            "name": f"{arm.label}, stopped",
            "legendgroup": each.label,
            "text": reasons,
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def _diverged(arms: Sequence[Arm], stopped: set[int]) -> dict[str, Any]:
    """What the crosses are: the arms of which seeds stopped, at the top right of the plot."""
    counts = [(arm, len(stopped.intersection(arm.rows))) for arm in arms]
    lost = [f"{short_label(arm)} {n} of {len(arm.rows)}" for arm, n in counts if n]
    named = ", ".join(lost[:_MOST_NAMED])
    others = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    return {
        "text": f"✕ diverged: {named} seeds{others}",
        **{"x": 1, "xref": "paper", "xanchor": "right"},
        **{"y": 1, "yref": "paper", "yanchor": "top"},
        "font": {"size": FONT_SIZE},
        "showarrow": False,
    }
