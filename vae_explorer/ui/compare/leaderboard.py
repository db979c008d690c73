"""The standings of a race as a table whose rows glide to their new places.

A component of its own: `st.dataframe` draws on a canvas, has no intervals and jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from vae_explorer.explain.numbers import with_unit
from vae_explorer.figures.inline import beside
from vae_explorer.figures.leaderboard import leaderboard_rows, scale_of

__all__ = ["leaderboard", "leaderboard_rows"]


_LEADERBOARD = st.components.v2.component(
    "vae_explorer_leaderboard",
    js=beside(__file__, "leaderboard.js"),
    css=beside(__file__, "leaderboard.css"),
)
_MANY = 6  # rows; more are drawn lower
_ROW, _LOW_ROW, _HEAD = 34, 24, 34  # px


def leaderboard(
    rows: Sequence[dict[str, Any]],
    key: str,
    *,
    quantity_label: str,
    unit: str,
    reference_label: str,
    height: int | None = None,
) -> None:
    """Shows the rows of `leaderboard_rows`, or moves those of the same key to their new places.

    `height` in px, beyond which it scrolls within itself; by default as tall as its rows.
    """
    row_height = _LOW_ROW if len(rows) > _MANY else _ROW
    whole = _HEAD + row_height * len(rows) + 2
    shown = min(height or whole, whole)
    data = {
        "rows": list(rows),
        "scale": list(scale_of(rows)),
        "quantity": with_unit(quantity_label, unit),
        "reference": reference_label,
        "reference_mean": next((r["mean"] for r in rows if r["is_reference"]), None),
        "row_height": row_height,
        "height": shown,
    }
    _LEADERBOARD(data=data, key=key, height=shown)
