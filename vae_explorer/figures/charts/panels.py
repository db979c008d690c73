"""Panels in the plane, one a member, with axes of equal scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.figures.charts.groups import key_line
from vae_explorer.figures.charts.places import TITLE_SIZE, Places, axis_number
from vae_explorer.figures.style import FONT_SIZE, NEUTRAL, activation_style, chart_axis

if TYPE_CHECKING:
    from vae_explorer.experiment.recipe import Member

LARGE_COLUMNS = 4  # side by side at most; the panels of more are small, as is what is in them

_PRIOR_RADIUS = float(np.sqrt(-2 * np.log(0.05)))  # holds 95 % of a standard normal in the plane
# Shares of a panel's height above and below its square: for its title, and its axis.
_ROOM, _ROOM_ON_A_PHONE = (0.09, 0.08), (0.15, 0.12)
_SMALLEST_TITLE = 10  # px
_TALLEST = 330  # px, of a panel by default
_ACROSS = 1416  # px of which each of many panels is as tall as its share: so it holds its square
_PHONE = 330  # px that panels have together on a phone


def panel_columns(members: int) -> int:
    """How many panels stand side by side: two rows hold up to twelve."""
    if members <= 6:
        return min(max(members, 1), 4 if members == 4 else 3)
    return min(-(-members // 2), 6)


def natural_height(columns: int) -> int:
    """px of a panel, by default, where so many stand side by side on a page."""
    return min(_TALLEST, _ACROSS // columns)


def natural_phone_height(columns: int) -> int:
    """px of a panel there, with what stands above and below its square."""
    return round(_PHONE / columns / (1 - sum(_ROOM_ON_A_PHONE)))


def narrow_columns(members: int) -> int:
    """The same on a phone."""
    return min(max(members, 1), 2 if members <= 6 else 3)


def panel_rows(members: int, columns: int) -> int:
    """How many rows panels take, at least one."""
    return -(-max(members, 1) // columns)


def panels(
    layout: dict[str, Any],
    extents: Sequence[float],
    members: Sequence[Member],
    axis_titles: tuple[str, str],
    columns: int,
    prior: bool,
    notes: Sequence[str],
    on_a_phone: bool = False,
) -> list[str]:
    """Adds a panel for each member to the layout, with its `panel_extents`; returns their axes."""
    room = _ROOM_ON_A_PHONE if on_a_phone else _ROOM
    places = Places(len(members), columns, gap=0.01, head=room[0], foot=room[1])
    layout |= {"annotations": [], "shapes": []}
    axes = [axis_number(k) for k in range(len(members))]
    small = on_a_phone or columns > LARGE_COLUMNS
    width = (_PHONE if on_a_phone else _ACROSS) // columns
    size = _title_size(members, width) if small else TITLE_SIZE
    between = "<br>" if small else ", "  # there is no room beside the name
    for k, (member, axis) in enumerate(zip(members, axes)):
        layout |= panel_axes(places, k, extents[k], axis_titles)
        layout["annotations"].append(
            panel_title(member, members, axis, notes[k : k + 1], size, between)
        )
        if prior:
            layout["shapes"].append(prior_circle(axis))
    return axes


def panel_axes(
    places: Places, panel: int, extent: float, titles: tuple[str, str]
) -> dict[str, Any]:
    """Two axes of equal scale."""
    axis = axis_number(panel)
    in_last_row = panel // places.columns == places.rows - 1
    common: dict[str, Any] = {
        "range": [-extent, extent],
        "constrain": "domain",
        "tickvals": _inner_ticks(extent),
    }
    x = chart_axis(
        titles[0] if in_last_row else "",
        anchor=f"y{axis}",
        domain=places.across(panel),
        **common,
    )
    y = chart_axis(
        titles[1] if places.is_leftmost(panel) else "",
        anchor=f"x{axis}",
        constraintoward="top",
        domain=places.upwards(panel),
        scaleanchor=f"x{axis}",
        **common,
    )
    return {f"xaxis{axis}": x, f"yaxis{axis}": y}


def panel_extents(points: np.ndarray) -> list[float]:
    """Half the width of each panel, for points (K, P, 2): 99.5 % of all coordinates are within.

    All panels have the same, save those of members that reach twice as far as the median one. It
    grows in few steps, so that it moves seldom.
    """
    reaches = []
    for plane in np.abs(points):
        finite = plane[np.isfinite(plane)]
        reaches.append(float(np.quantile(finite, 0.995)) if len(finite) else 0.0)
    near = 2 * float(np.median(reaches)) if reaches else 0.0
    common = max((reach for reach in reaches if reach <= near), default=0.0)
    return [_step_up(reach if reach > near else common) for reach in reaches]


def _inner_ticks(extent: float) -> list[float]:
    """Round numbers well inside the range: at its ends the ticks of neighbours would touch."""
    unit = 10 ** np.floor(np.log10(extent))
    reach = 0.9 * extent
    step = next(step for step in (unit * np.array([0.5, 1, 2, 5])) if reach / step < 3)
    each_way = int(reach / step)
    return [float(step * k) for k in range(-each_way, each_way + 1)]


def _step_up(reach: float) -> float:
    steps = [3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100]
    return float(next((step for step in steps if step >= reach), np.ceil(reach / 100) * 100))


def member_title(member: Member, members: Sequence[Member]) -> str:
    several = len({other.seed for other in members}) > 1
    return f"{member.label}, seed {member.seed}" if several else member.label


def heading(
    member: Member, members: Sequence[Member], notes: Sequence[str] = (), between: str = ", "
) -> str:
    """A member's line and name, and the notes on it in smaller type."""
    name = f"{key_line(activation_style(member.activation_key))} {member_title(member, members)}"
    small = f'<span style="font-size:{FONT_SIZE}px">'
    return "".join([name, *(f"{between}{small}{note}</span>" for note in notes if note)])


def panel_title(
    member: Member,
    members: Sequence[Member],
    axis: str,
    notes: Sequence[str] = (),
    size: int = TITLE_SIZE,
    between: str = ", ",
) -> dict[str, Any]:
    return {
        "text": heading(member, members, notes, between),
        "x": 0.5,
        "xref": f"x{axis} domain",
        "y": 1,
        "yref": f"y{axis} domain",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": size},
    }


def _title_size(members: Sequence[Member], width: int) -> int:
    """px of the titles of panels so wide; lower where the longest would reach into the next."""
    longest = max((len(member_title(member, members)) for member in members), default=1)
    return int(np.clip(width / (0.62 * (longest + 4)), _SMALLEST_TITLE, TITLE_SIZE))


def prior_circle(axis: str) -> dict[str, Any]:
    r = _PRIOR_RADIUS
    return {
        "type": "circle",
        "xref": f"x{axis}",
        "yref": f"y{axis}",
        **{"x0": -r, "y0": -r, "x1": r, "y1": r},
        "line": {"color": NEUTRAL, "width": 1.2, "dash": "dot"},
        "layer": "below",
    }
