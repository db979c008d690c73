"""Plotly figures that change in place, for charts of data that streams in.

`st.plotly_chart` gives a chart a new identity whenever its data changes, with a key or without:
the browser throws the old one away and builds another, so zoom is lost and the page flickers.
This component keeps the chart and hands it each new figure.
"""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from vae_explorer.figures.inline import beside
from vae_explorer.ui.shared import plotly_file

_PLOTLY_JS = f'const PLOTLY_FILE = "{plotly_file.NAME}";\n' + beside(__file__, "plotly_file.js")
_FIGURE_JS = _PLOTLY_JS + beside(__file__, "live_figure.js")
_FIGURE = st.components.v2.component(
    "vae_explorer_figure",
    js=_FIGURE_JS,
    isolate_styles=False,  # Plotly puts its style sheet into the document
)
_LIBRARY = st.components.v2.component(
    "vae_explorer_plotly",
    js=_PLOTLY_JS + beside(__file__, "load_plotly.js"),
    isolate_styles=False,
)


def load_plotly() -> None:
    """Has the page fetch Plotly while it is read. Once in a run of it, outside of fragments."""
    _LIBRARY(key="plotly", height=1)


def live_figure(figure: go.Figure, key: str, alt: str) -> None:
    """Draws the figure, or changes the one with the same key; `alt` says what it shows."""
    height, meta = figure.layout.height, figure.layout.meta
    _FIGURE(
        data={
            "figure": figure.to_json(validate=False),
            "height": height,
            "narrow_height": meta["narrow"]["height"] if meta else height,
            "alt": alt,
        },
        key=key,
        height="content" if meta else height,
    )
