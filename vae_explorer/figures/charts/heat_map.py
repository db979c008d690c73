"""Which units answer to which classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.groups import Trace
from vae_explorer.figures.charts.places import Places, anchors, axis_number, frame, title_above
from vae_explorer.figures.charts.scales import SIGNED_SCALE
from vae_explorer.figures.charts.transfer import unit_health
from vae_explorer.figures.style import FONT_SIZE, NEUTRAL, chart_axis, chart_layout, faded

if TYPE_CHECKING:
    from vae_explorer.study.layers import LayerStudy

_ACROSS = 4  # layers side by side


def class_heat_map(
    studies: Sequence[LayerStudy],
    member: int,
    class_names: Sequence[str],
    *,
    relative: bool = False,
    row_height: int = 20,
) -> go.Figure:
    """Mean output of each unit (a column) on the images of each class (a row), a panel a layer.

    Units stand in the order of the class that they answer to most; dead ones are last. With
    `relative` a unit's own mean over the classes is taken off. All panels share one scale around
    zero, whose ends are the 99th percentile of the sizes.
    """
    means = [study.class_means[member] for study in studies]  # (C, H) each
    if relative:
        means = [mean - _mean_of_classes(mean) for mean in means]
    height = row_height * len(class_names) + 86  # px, of a panel
    columns = min(_ACROSS, max(len(studies), 1))
    places = Places(len(studies), columns, gap=0.01, head=28 / height, foot=34 / height)
    layout = chart_layout(height * places.rows)
    layout |= {"annotations": [], "shapes": []}
    layout["margin"]["t"] = 8
    layout["coloraxis"] = _colour_axis(means, relative)
    data: list[Trace] = []
    for index, (study, mean) in enumerate(zip(studies, means)):
        axis = axis_number(index)
        order = unit_order(mean, study.dead[member])
        layout[f"xaxis{axis}"] = chart_axis(
            f"{study.units} units",
            domain=places.across(index),
            anchor=f"y{axis}",
            range=[-0.5, study.units - 0.5],
            showticklabels=False,
            ticks="",
            showgrid=False,
        )
        layout[f"yaxis{axis}"] = chart_axis(
            domain=places.upwards(index),
            anchor=f"x{axis}",
            range=[len(class_names) - 0.5, -0.5],
            tickvals=list(range(len(class_names))),
            ticktext=list(class_names),
            showticklabels=places.is_leftmost(index),
            ticks="",
            showgrid=False,
            fixedrange=True,
        )
        dead, saturated = int(study.dead[member].sum()), int(study.saturated[member].sum())
        health = unit_health(dead, saturated, study.units)
        title = f'{study.name}<span style="font-size:{FONT_SIZE}px">, {health}</span>'
        layout["annotations"].append(title_above(axis, title))
        layout["shapes"].append(frame(axis))
        data.append(_map(mean[:, order], order, class_names, axis))
    return go.Figure(data, layout)


def unit_order(means: np.ndarray, dead: np.ndarray) -> np.ndarray:
    """(H,) units by the class that each answers to most, the strongest of a class first.

    `means` (C, H), `dead` (H,); dead units are last. Strong is what stands out from the unit's
    own mean.
    """
    known = np.where(np.isfinite(means), means, -np.inf)
    strength = known.max(0) - _mean_of_classes(means)
    return np.lexsort((-np.nan_to_num(strength), known.argmax(0), dead))


def _mean_of_classes(means: np.ndarray) -> np.ndarray:
    """(H,) over the classes that have images, of (C, H); NaN where there is none."""
    known = np.isfinite(means)
    total = np.where(known, means, 0).sum(0)
    return np.where(known.any(0), total / np.maximum(known.sum(0), 1), np.nan)


def _colour_axis(means: Sequence[np.ndarray], relative: bool) -> dict:
    sizes = np.concatenate([np.abs(mean[np.isfinite(mean)]) for mean in means] or [np.zeros(0)])
    end = float(np.quantile(sizes, 0.99)) if len(sizes) else 0.0
    end = end or 1.0
    half = float(f"{end / 2:.1g}")
    return {
        "cmin": -end,
        "cmax": end,
        "colorscale": SIGNED_SCALE,
        "colorbar": {
            "title": {
                "text": "Output above the unit's mean" if relative else "Mean output",
                "side": "right",
                "font": {"size": FONT_SIZE},
            },
            "tickvals": [-end, -half, 0, half, end],
            "ticktext": [f"≤ −{end:.2g}", f"−{half:g}", "0", f"{half:g}", f"≥ {end:.2g}"],
            "tickfont": {"size": FONT_SIZE},
            "thickness": 14,
            "outlinecolor": faded(NEUTRAL, 0.5),
            "outlinewidth": 1,
            "x": 1.01,
        },
    }


def _map(means: np.ndarray, order: np.ndarray, class_names: Sequence[str], axis: str) -> Trace:
    return {
        "type": "heatmap",
        "z": means,
        "customdata": np.broadcast_to(order + 1, means.shape),
        "text": [[name] * means.shape[1] for name in class_names],
        "coloraxis": "coloraxis",
        **anchors(axis),
        "hovertemplate": "unit %{customdata}, %{text}: %{z:.2f}<extra></extra>",
    }
