"""Figures and mosaics on the page, with buttons that take them away as images and pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st
from PIL import Image

from vae_explorer.figures.page import figure_html, file_name, images_html
from vae_explorer.ui.shared.live_figure import live_figure
from vae_explorer.ui.shared.mosaic import mosaic


def kept_figure(figure: go.Figure, key: str, alt: str, title: str) -> None:
    """A live figure, whose own bar of buttons saves a PNG, with its page to download."""
    live_figure(figure, key, alt)
    figure_button(figure, alt, title)


def kept_mosaic(png: bytes, rows: list[str], description: str, title: str) -> None:
    """A mosaic with its image, twice as large, and its page to download."""
    mosaic(png, rows, description)
    with st.container(horizontal=True, gap="small"):
        images_buttons(png, description, title, rows)


def images_buttons(
    png: bytes, description: str, title: str, rows: Sequence[str] = (), of: str = ""
) -> None:
    """The two buttons of an image that is on the page already; `of` tells it from others there."""
    _button(title, "png", lambda: twice(png), of)
    _button(title, "html", lambda: images_html(png, title, description, rows), of)


def twice(png: bytes) -> bytes:
    """The image with four pixels for each."""
    image = Image.open(io.BytesIO(png))
    large = image.resize((2 * image.width, 2 * image.height), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    large.save(buffer, format="PNG")
    return buffer.getvalue()


def figure_button(figure: go.Figure, alt: str, title: str) -> None:
    """The button of a figure that is on the page already."""
    _button(title, "html", lambda: figure_html(figure, title, alt))


def _button(title: str, kind: str, make: Callable[[], bytes | str], of: str = "") -> None:
    st.download_button(
        f"{of} {kind.upper()}".lstrip(),
        make,
        file_name(title, kind),
        {"html": "text/html", "png": "image/png"}[kind],
        key=f"download.{kind}.{title}",
        icon=":material/download:",
        type="tertiary",
        help=f"{title}, {'a page that opens anywhere' if kind == 'html' else 'twice as large'}",
    )
