"""A button that copies the address of the page."""

from __future__ import annotations

import streamlit as st

from vae_explorer.figures.inline import beside

_COPY_LINK = st.components.v2.component(
    "vae_explorer_copy_link",
    js=beside(__file__, "copy_link.js"),
    css=beside(__file__, "copy_link.css"),
)


def copy_link(key: str) -> None:
    """The button. It reads the address bar when it is pressed, and says that it has copied it."""
    _COPY_LINK(key=key, width="content")
