"""An app of two pages with all that is taken away, for test_takeaway.py to click."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae_explorer.ui.explore.copy_link import copy_link
from vae_explorer.ui.explore.share import qr_code
from vae_explorer.ui.shared.address import audience_problem, page_address
from vae_explorer.ui.shared.live_figure import live_figure, load_plotly


def share() -> None:
    st.query_params["pins"] = "0.5:-1,2:3"
    copy_link("copy")
    address = page_address()
    if address is not None:
        st.code(address, language=None)
        qr_code(address, 220)
        st.caption(audience_problem(address) or "Anyone can open it.")


def chart() -> None:
    rng = np.random.default_rng(0)
    figure = go.Figure(go.Scattergl(x=rng.normal(size=50), y=rng.normal(size=50), mode="markers"))
    figure.update_layout(height=300, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    live_figure(figure, "chart", "Fifty points, at random")
    load_plotly()


pages = [
    st.Page(share, title="Share", default=True),
    st.Page(lambda: share(), title="Again", url_path="again"),
    st.Page(chart, title="Chart", url_path="chart"),
]
st.navigation(pages, position="top").run()
