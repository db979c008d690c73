"""The pages of the app, for the navigation and for links from one to another."""

from __future__ import annotations

from importlib import import_module

import streamlit as st

_PAGES = {  # by the name of their folder, which is their path as well: title and icon
    "explore": ("Explore", "travel_explore"),
    "train": ("Train", "play_circle"),
    "compare": ("Compare", "leaderboard"),
    "words": ("Words", "dictionary"),
}
_FRONT = "explore"


def page(name: str) -> st.Page:
    """A page of the app, whose code is imported when it is first opened."""

    def draw() -> None:
        import_module(f"vae_explorer.ui.{name}.page").page()

    title, icon = _PAGES[name]
    icon = f":material/{icon}:"
    return st.Page(draw, title=title, icon=icon, url_path=name, default=name == _FRONT)


def pages() -> list[st.Page]:
    """All of them, in the order of the navigation."""
    return [page(name) for name in _PAGES]
