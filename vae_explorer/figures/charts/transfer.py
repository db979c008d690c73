"""What a layer takes, its function, and what it gives: two histograms with f between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from vae_explorer.figures.charts.axes import INSIDE, value_reach
from vae_explorer.figures.charts.groups import Trace
from vae_explorer.figures.charts.panels import heading
from vae_explorer.figures.charts.places import TITLE_SIZE, Places, axis_number
from vae_explorer.figures.style import FONT_SIZE, activation_style, chart_axis, chart_layout, faded
from vae_explorer.results.snapshot import BIN_EDGES

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member
    from vae_explorer.study.layers import LayerStudy

_ACROSS = 4  # layers side by side, of one member or of several
_GAP, _LEFT = 0.018, 0.72  # between cells, of the figure; of a cell, for the pre-activations
_HEAD, _FOOT = 44, 40  # px above and below a cell's axes, for its title, and ticks and theirs
_EDGE = float(BIN_EDGES[-1])


def layer_transfers(
    studies: Sequence[LayerStudy], members: Sequence[Member], *, cell_height: int = 240
) -> go.Figure:
    """A cell for each layer of each member, the layers of a member side by side.

    In a cell pre-activations stand on the axis of f's inputs and outputs, turned, on that of f's
    values; f itself, as learned, is drawn in the plane of both. A histogram's height is the square
    root of the counts, so that a ReLU's spike at 0 leaves the rest visible.
    """
    layers = max(len(studies), 1)
    columns = layers * max(1, min(_ACROSS // layers, len(members)))
    head, foot = _HEAD / cell_height, _FOOT / cell_height
    places = Places(len(members) * layers, columns, _GAP, head, foot)
    layout = chart_layout(cell_height * places.rows + 10)
    layout["annotations"] = []
    layout["margin"]["t"] = 4
    data: list[Trace] = []
    reach = value_reach([study.pre_activation for study in studies])
    for k, member in enumerate(members):
        low, high = _limits(np.stack([study.output[k] for study in studies]))
        for index, study in enumerate(studies):
            place = k * layers + index
            cell = _Cell(places, place)
            layout |= cell.axes(reach, (low, high), titled=places.is_lowest(place))
            layout["annotations"] += cell.texts(study, k, member, members)
            encoder = study.name.startswith("encoder")
            name = member.encoder_activation if encoder else member.decoder_activation
            data += cell.traces(study, k, activation_style(name).colour, (low, high))
    return go.Figure(data, layout)


class _Cell:
    """The place of one layer of one member, and its three axes."""

    def __init__(self, places: Places, number: int):
        self._left, self._right = places.across(number)
        self._y = places.upwards(number)
        self._inputs, self._counts = axis_number(2 * number), axis_number(2 * number + 1)
        self._values = axis_number(number)

    def axes(self, reach: float, limits: tuple[float, float], titled: bool) -> dict[str, Any]:
        middle = self._left + _LEFT * (self._right - self._left)
        return {
            f"xaxis{self._inputs}": chart_axis(
                "pre-activation" if titled else "",
                domain=[self._left, middle],
                anchor=f"y{self._values}",
                range=[-reach, reach],
                zeroline=True,
                **_ticks(-reach, reach),
            ),
            f"xaxis{self._counts}": chart_axis(
                "<br>output" if titled else "",  # level with the title beside it: it has no ticks
                domain=[middle + 0.006, self._right],
                anchor=f"y{self._values}",
                range=[0, 1.05],
                showticklabels=False,
                showgrid=False,
                fixedrange=True,
            ),
            f"yaxis{self._values}": chart_axis(
                domain=self._y,
                anchor=f"x{self._inputs}",
                range=list(limits),
                zeroline=True,
                **_ticks(*limits),
            ),
        }

    def texts(
        self, study: LayerStudy, k: int, member: Member, members: Sequence[Member]
    ) -> list[dict[str, Any]]:
        common = {"xref": "paper", "yref": "paper", "showarrow": False, "yanchor": "bottom"}
        title = {
            "text": heading(member, members, [study.name]),
            "x": self._left,
            "xanchor": "left",
            "font": {"size": TITLE_SIZE},
        }
        health = {
            "text": unit_health(
                int(study.dead[k].sum()), int(study.saturated[k].sum()), study.units
            ),
            "x": self._left,
            "xanchor": "left",
            "font": {"size": FONT_SIZE},
        }
        return [
            {**title, **common, "y": self._y[1], "yshift": 17},
            {**health, **common, "y": self._y[1]},
        ]

    def traces(
        self, study: LayerStudy, k: int, colour: str, limits: tuple[float, float]
    ) -> list[Trace]:
        low, high = limits
        taken = low + 0.9 * (high - low) * _heights(study.pre_activation[k])
        inputs, counts = (
            {
                "type": "scatter",
                "mode": "lines",
                "xaxis": f"x{axis}",
                "yaxis": f"y{self._values}",
                "hoverinfo": "skip",
            }
            for axis in (self._inputs, self._counts)
        )
        area = {
            "fill": "toself",
            "fillcolor": faded(colour, 0.3),
            "line": {"color": faded(colour, 0.75), "width": 1},
        }
        edges = np.repeat(BIN_EDGES, 2)
        return [
            {**inputs, **area, "name": "pre-activations", "x": edges, "y": _outline(taken, low)},
            {
                **counts,
                **area,
                "name": "outputs",
                "x": _outline(_heights(study.output[k]), 0.0),
                "y": edges,
            },
            {
                **inputs,
                "name": "f",
                "x": BIN_EDGES,
                "y": np.where(np.isfinite(study.function[k]), study.function[k], np.nan),
                "line": {"color": colour, "width": 2.5},
                "hoverinfo": "x+y",
                "hovertemplate": "f(%{x:.2f}) = %{y:.2f}<extra></extra>",
            },
        ]


def unit_health(dead: int, saturated: int, units: int) -> str:
    """ "12 of 64 dead, 3 saturated"."""
    return f"{dead} of {units} dead" + (f", {saturated} saturated" if saturated else "")


def _heights(counts: np.ndarray) -> np.ndarray:
    """Between 0 and 1, of counts (B,)."""
    return np.sqrt(counts / max(counts.max(), 1))


def _outline(tops: np.ndarray, base: float) -> np.ndarray:
    """(2 B + 2,): the top of each bin from its one edge to the other, and `base` at both ends."""
    return np.concatenate([[base], np.repeat(tops, 2), [base]]).astype(np.float32)


def _limits(counts: np.ndarray) -> tuple[float, float]:
    """Of the axis of outputs: nearly all of counts (layers, B) within, zero too, and some room."""
    low, high = 0.0, 0.0
    for layer in counts:
        if layer.sum():
            share = np.cumsum(layer) / layer.sum()
            low = min(low, float(BIN_EDGES[np.searchsorted(share, (1 - INSIDE) / 2)]))
            high = max(high, float(BIN_EDGES[np.searchsorted(share, (1 + INSIDE) / 2) + 1]))
    room = 0.06 * max(high - low, 0.5)
    return max(low - room, -_EDGE), min(high + room, _EDGE)


def _ticks(low: float, high: float) -> dict[str, Any]:
    """Ticks of an axis of values; where it ends at the outermost bins, these say what they hold."""
    if low <= -_EDGE or high >= _EDGE:
        shown = [tick for tick in (-6, -3, 0, 3, 6) if low <= tick <= high]
        names = {-6: "≤ −6", 6: "≥ 6"}
        return {
            "tickvals": shown,
            "ticktext": [names.get(tick, str(tick).replace("-", "−")) for tick in shown],
        }
    return {"dtick": 1} if high - low > 1.5 else {"dtick": 0.5 if high - low > 0.8 else 0.2}
