"""What the browser told of a component, as far as that is still on the page."""

from __future__ import annotations

from typing import Any

import streamlit as st


def told(key: str, name: str) -> Any:
    """A state or trigger of the component with this key; None if it is not on the page any more.

    A browser that is late tells of what the page has since left out: Streamlit then calls what was
    to be called, with nothing of it in the session.
    """
    found = st.session_state.get(key)
    return None if found is None else found.get(name)
