"""A mosaic of images on the page, with the names of its rows beside it."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from vae_explorer.figures.images import path_grid
from vae_explorer.figures.inline import png_url
from vae_explorer.figures.style import activation_style
from vae_explorer.results.scene import Panel

_STYLE = """<style>
.mosaic { display: flex; gap: 0.5rem; }
.mosaic div { display: flex; flex-direction: column; font-size: 0.85rem; text-align: right; }
.mosaic span { flex: 1; display: flex; align-items: center; justify-content: flex-end; }
.mosaic img { flex: 1; min-width: 0; image-rendering: pixelated; align-self: flex-start;
  max-width: calc(var(--shape) * 15vh); }
</style>"""


def mosaic(png: bytes, rows: list[str], description: str) -> None:
    """Shows a PNG of equal rows, as wide as there is room and no row too high for the screen.

    The picture is part of the message: one that the browser fetches later may be gone by then,
    replaced by the next.
    """
    names = "".join(f"<span>{html.escape(name)}</span>" for name in rows)
    st.html(
        f'<div class="mosaic" style="--shape: {_shape(png, len(rows)):.4g}"><div>{names}</div>'
        f'<img alt="{html.escape(description)}" src="{png_url(png)}"></div>{_STYLE}'
    )


def _shape(png: bytes, rows: int) -> float:
    """How often the height of one of its rows goes into the width of a PNG."""
    width, height = (int.from_bytes(png[start : start + 4]) for start in (16, 20))
    return rows * width / height


def image_rows(
    panels: Sequence[Panel],
    rows: Sequence[np.ndarray],
    image_shape: tuple[int, int],
    what: str,
    originals: np.ndarray | None = None,
) -> None:
    """Shows a row of images (N, D) uint8 for each panel, under one of the `originals` if any."""
    names = [panel.arm.label for panel in panels]
    colours = [activation_style(panel.arm.activation_key).colour for panel in panels]
    shown = list(rows)
    head = []
    if originals is not None:
        head, shown, colours = ["Test images"], [originals, *rows], ["", *colours]
    mosaic(
        path_grid(np.stack(shown), image_shape, colours=colours),
        [*head, *names],
        f"{what}, a row for each activation: {', '.join(names)}",
    )


_SQUARES = ((2, 3), (4, 4), (6, 3), (8, 4), (10, 5))  # up to so many: so many in a row
_SQUARES_STYLE = """<style>
.squares { display: grid; gap: 0.6rem;
  grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); }
@media (max-width: 640px) { .squares { grid-template-columns: 1fr 1fr; } }
.squares figure { margin: 0; }
.squares figcaption { border-left: 6px solid var(--colour); padding-left: 0.4rem;
  margin-bottom: 0.25rem; font-weight: 600; }
.squares img { width: 100%; display: block; border-radius: 3px; }
</style>"""


def squares(
    pngs: Sequence[bytes], names: Sequence[str], colours: Sequence[str], description: str
) -> None:
    """Shows PNGs of one size side by side, each under its name and colour ("#rrggbb").

    Few are large, many small.
    """
    columns = next((c for most, c in _SQUARES if len(pngs) <= most), 6)
    figures = "".join(
        f'<figure style="--colour: {colour}"><figcaption>{html.escape(name)}</figcaption>'
        f'<img alt="{html.escape(f"{name}: {description}")}" '
        f'src="{png_url(png)}"></figure>'
        for png, name, colour in zip(pngs, names, colours)
    )
    st.html(f'<div class="squares" style="--columns: {columns}">{figures}</div>{_SQUARES_STYLE}')
