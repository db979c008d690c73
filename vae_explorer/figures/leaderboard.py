"""The rows of a leaderboard: from a race's numbers to what is written and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.numbers import plain, signed
from vae_explorer.explain.standing import Standing
from vae_explorer.explain.statistics import Difference, Interval
from vae_explorer.figures.style import ArmStyle, arm_styles

_FAR = 6.0  # times the typical distance from the median: beyond it an arm is off the scale


def leaderboard_rows(
    standing: Standing, *, digits: int = 2, rates: Sequence[float] | None = None
) -> list[dict[str, Any]]:
    """A row an arm, in the standing's order, as JSON has it.

    `rates` are the learning rates (A,) of arms that have one each.
    """
    looks = arm_styles(standing.arms)
    rows = []
    for a in standing.order:
        found, judged = standing.intervals[a], standing.verdict(a)
        rows.append(
            {
                "key": standing.arms[a].key,
                "rank": standing.ranks[a],
                "label": standing.arms[a].label,
                "is_reference": a == standing.reference,
                "rate": "" if rates is None else number_text(rates[a]),
                "style": _style(looks[a]),
                **_numbers(found, "", plain(found.mean, digits), digits),
                **_difference(standing.differences[a], digits),
                "kind": judged.kind,
                "verdict": judged.words,
            }
        )
    return rows


def scale_of(rows: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """The ends of the scale that all means are drawn on: (0, 1) where there is none.

    An arm much farther from the median than most is left out, so that the others can be told apart.
    """
    known = [row for row in rows if row["mean"] is not None]
    if not known:
        return 0.0, 1.0
    means = np.array([row["mean"] for row in known])
    distances = np.abs(means - np.median(means))
    kept = distances <= _FAR * max(float(np.median(distances)), 1e-3 * float(distances.max()))
    near = [row for row, is_near in zip(known, kept) if is_near]
    low = min(row["mean"] if row["low"] is None else row["low"] for row in near)
    high = max(row["mean"] if row["high"] is None else row["high"] for row in near)
    margin = 0.04 * (high - low) or 0.04 * abs(high) or 1.0
    return low - margin, high + margin


def _numbers(found: Interval, prefix: str, text: str, digits: int) -> dict[str, Any]:
    """Mean, ends and text; None for what is no number, which JSON has no word for."""
    several = bool(np.isfinite(found.low))
    return {
        f"{prefix}mean": found.mean if np.isfinite(found.mean) else None,
        f"{prefix}low": found.low if several else None,
        f"{prefix}high": found.high if several else None,
        f"{prefix}text": f"{text} ± {found.half:.{digits}f}" if several else text,
    }


def _difference(found: Difference | None, digits: int) -> dict[str, Any]:
    """Of the reference and of what has no value: nothing."""
    if found is None or not np.isfinite(found.mean):
        return dict.fromkeys(_NONE) | {"difference_text": ""}
    return _numbers(found, "difference_", signed(found.mean, digits), digits)


_NONE = ("difference_mean", "difference_low", "difference_high")


def _style(look: ArmStyle) -> dict[str, Any]:
    return {
        "colour": look.style.colour,
        "marker_colour": look.style.marker_colour,
        "dash": look.style.dash,
        "width": look.width,
        "opacity": look.opacity,
    }
