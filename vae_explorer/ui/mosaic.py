"""A mosaic of images on the page, with the names of its rows beside it."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

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


_SQUARES_STYLE = """<style>
.squares { display: grid; gap: 0.6rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--least)), 1fr)); }
.squares figure { margin: 0; }
.squares figcaption { border-left: 6px solid var(--colour); padding-left: 0.4rem;
  margin-bottom: 0.25rem; font-weight: 600; }
.squares img { width: 100%; image-rendering: pixelated; display: block; border-radius: 3px; }
</style>"""


def squares(
    pngs: Sequence[bytes], names: Sequence[str], colours: Sequence[str], description: str
) -> None:
    """Shows PNGs of one size side by side, each under its name and colour ("#rrggbb").

    As many stand in a row as have room: few are large, many small.
    """
    least = 260 if len(pngs) <= 4 else 180
    figures = "".join(
        f'<figure style="--colour: {colour}"><figcaption>{html.escape(name)}</figcaption>'
        f'<img alt="{html.escape(f"{name}: {description}")}" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode()}"></figure>'
        for png, name, colour in zip(pngs, names, colours)
    )
    st.html(f'<div class="squares" style="--least: {least}px">{figures}</div>{_SQUARES_STYLE}')
