"""A button that copies the address of the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


_COPY_LINK = st.components.v2.component(
    "vae_explorer_copy_link", js=_beside("copy_link.js"), css=_beside("copy_link.css")
)


def copy_link(key: str) -> None:
    """The button. It reads the address bar when it is pressed, and says that it has copied it."""
    _COPY_LINK(key=key, width="content")
