"""Figures and mosaics as pages of one file: they open anywhere, with no network, in any theme."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from vae_explorer.ui.takeaway import file_name
from vae_explorer.ui.takeaway.page import MOSAIC_STYLE, figure_values, mosaic, page, script_json

_CAPTION_STYLE = """figcaption { margin-top: 1rem; padding-top: 0.6rem;
  border-top: 1px solid var(--line); }
"""
_ROW_HEIGHT = 1.7  # rem


def figure_html(figure: go.Figure, title: str, alt: str) -> str:
    """A page with the figure, Plotly included (5 MB); `alt` says below it what it shows."""
    options = {"filename": file_name(title, "")[:-1], "scale": 2, "width": None, "height": None}
    values = {"figure": figure_values(figure), "image": options}
    script = (Path(__file__).parent / "standalone.js").read_text(encoding="utf-8")
    body = (
        f'<div id="chart" role="img" aria-label="{html.escape(alt)}"></div>\n'
        f"{script_json('values', values)}\n"
        f"<script>{get_plotlyjs()}</script>\n<script>\n{script}</script>"
    )
    return _captioned(title, alt, body, "")


def images_html(png: bytes, title: str, caption: str, rows: Sequence[str] = ()) -> str:
    """A page with a mosaic, and the names of its rows beside it where they are given."""
    return _captioned(title, caption, mosaic(png, caption, rows, _ROW_HEIGHT), MOSAIC_STYLE)


def _captioned(title: str, caption: str, body: str, style: str) -> str:
    caption = f"<figcaption>{html.escape(caption)}</figcaption>"
    return page(title, f"<figure>\n{body}\n{caption}\n</figure>", _CAPTION_STYLE + style)
