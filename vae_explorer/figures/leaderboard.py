"""The rows of a leaderboard: from a race's numbers to what is written and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.explain.numbers import plain, signed
from vae_explorer.explain.statistics import Difference, Interval, differences, interval
from vae_explorer.explain.verdicts import verdict
from vae_explorer.figures.style import ArmStyle, arm_styles

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm

_FAR = 6.0  # times the typical distance from the median: beyond it an arm is off the scale


def leaderboard_rows(
    arms: Sequence[Arm],
    values: np.ndarray,
    reference: int,
    better: int,
    *,
    digits: int = 2,
    diverged: Sequence[int] | np.ndarray | None = None,
    short: Sequence[float | None] | None = None,
) -> list[dict[str, Any]]:
    """A row an arm, the best first, as JSON has it.

    `values` (A, S) of one quantity, an arm a row and a seed a column, NaN where there is none;
    `reference` is the arm that the others are compared with. `better` is 1 where more is, −1 where
    less is, 0 where neither: then the largest is first and none has a rank. `diverged` (A,) counts
    the seeds of each arm that did; such an arm is last and has no rank, as what the seeds that are
    left come to is no result of all. So is one that learned for fewer epochs than the rest: `short`
    (A,) says for how many, None of others.
    """
    lost = np.zeros(len(arms), int) if diverged is None else np.asarray(diverged, int)
    found = [interval(each) for each in values]
    compared = differences(values, reference)
    short = [None] * len(arms) if short is None else short
    out = [bool(count) or epochs is not None for count, epochs in zip(lost, short)]
    order = sorted(range(len(arms)), key=lambda arm: _place(found[arm], better, out[arm]))
    looks = arm_styles(arms)
    rows = []
    for place, a in enumerate(order):
        ranked = better != 0 and not out[a] and np.isfinite(found[a].mean)
        judged = verdict(
            compared[a],
            better,
            values.shape[1],
            int(lost[a]),
            int(lost[reference]),
            short[a],
            short[reference],
        )
        rows.append(
            {
                "key": arms[a].key,
                "rank": place + 1 if ranked else None,
                "label": arms[a].label,
                "is_reference": a == reference,
                "style": _style(looks[a]),
                **_numbers(found[a], "", plain(found[a].mean, digits), digits),
                **_difference(compared[a], digits),
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


def _place(found: Interval, better: int, out: bool) -> tuple[bool, bool, float]:
    """What arms are sorted by; the smallest is first."""
    known = bool(np.isfinite(found.mean))
    return out, not known, -(better or 1) * found.mean if known else 0.0


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
