"""Members that differ in their seed alone, and what is drawn of several seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from vae_explorer.figures.style import Style, activation_style, faded

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member

_GLYPHS = {"dash": "╍╍", "dot": "┉┉", "longdash": "━ ━", "dashdot": "━ ╸", "longdashdot": "━ ╸"}
Trace = dict[str, Any]  # one of Plotly's, as JSON has it


class Group(NamedTuple):
    """The members that differ in their seed alone."""

    key: str
    label: str
    style: Style
    rows: list[int]  # which members


def groups_of(members: Sequence[Member]) -> list[Group]:
    groups: dict[str, Group] = {}
    for k, member in enumerate(members):
        key = member.activation_key
        new = Group(key, member.label, activation_style(key), [])
        groups.setdefault(key, new).rows.append(k)
    return list(groups.values())


def key_line(style: Style) -> str:
    """A dash in the line's colour, and a dot in the marker's if that is another, before a name."""
    dot = f'<span style="color:{style.marker_colour}">●</span>'
    glyph = _GLYPHS.get(style.dash, "━━")
    dash = f'<b style="color:{style.colour}">{glyph}\u00a0</b>'
    return dash if style.marker_colour == style.colour else dash + dot


def seed_mean(values: np.ndarray) -> np.ndarray:
    """(N,) means over the finite values of (S, N), S seeds; NaN where there is none."""
    finite = np.isfinite(values)
    count = finite.sum(axis=0)
    total = np.where(finite, values, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def seed_dots(label: str, style: Style, x: np.ndarray, values: np.ndarray, size: float) -> Trace:
    """A seed a thin dot of `size` px, at x (N,) of values (N, S)."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{label}, each seed",
        "legendgroup": label,
        "showlegend": False,
        "x": np.repeat(x, values.shape[1]),
        "y": np.where(np.isfinite(values), values, np.nan).ravel(),
        "marker": {"color": style.colour, "size": size, "opacity": 0.45},
        "hoverinfo": "skip",
    }


def seed_band(group: Group, x: np.ndarray, values: np.ndarray) -> Trace:
    """From the lowest to the highest of values (S, E)."""
    known = np.isfinite(values).any(axis=0)
    shown = np.where(np.isfinite(values), values, np.nan)[:, known]
    low, high = np.nanmin(shown, axis=0), np.nanmax(shown, axis=0)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{group.label}, range of {len(values)} seeds",
        "legendgroup": group.key,
        "showlegend": False,
        "x": np.concatenate([x[known], x[known][::-1]]),
        "y": np.concatenate([low, high[::-1]]),
        "fill": "toself",
        "fillcolor": faded(group.style.colour, 0.18),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
