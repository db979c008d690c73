"""A mosaic of images on the page, with the names of its rows beside it."""

from __future__ import annotations

import base64
import html

import streamlit as st

_STYLE = """<style>
.mosaic { display: flex; gap: 0.5rem; }
.mosaic div { display: flex; flex-direction: column; font-size: 0.85rem; text-align: right; }
.mosaic span { flex: 1; display: flex; align-items: center; justify-content: flex-end; }
.mosaic img { flex: 1; min-width: 0; image-rendering: pixelated; align-self: flex-start; }
</style>"""


def mosaic(png: bytes, rows: list[str], description: str) -> None:
    """Shows a PNG of equal rows, as wide as there is room.

    The picture is part of the message: one that the browser fetches later may be gone by then,
    replaced by the next.
    """
    names = "".join(f"<span>{html.escape(name)}</span>" for name in rows)
    source = base64.b64encode(png).decode()
    st.html(
        f'<div class="mosaic"><div>{names}</div>'
        f'<img alt="{html.escape(description)}" src="data:image/png;base64,{source}"></div>{_STYLE}'
    )
