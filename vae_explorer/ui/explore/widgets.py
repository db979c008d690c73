"""The sections' widgets begin as the view says, and one way to make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from vae_explorer.ui.explore import state


def start(key: str, allowed: Sequence[Any] | None = None) -> None:
    """Gives a widget its starting value, and one that it may not have (any more) a new one."""
    value = getattr(st.session_state.view, key.removeprefix(state.PREFIX))
    if allowed is not None and value not in allowed:
        value = allowed[0]
    if key not in st.session_state or (
        allowed is not None and st.session_state[key] not in allowed
    ):
        st.session_state[key] = value


def choice(label: str, key: str, names: Mapping[Any, str]) -> Any:
    """One of `names`' keys, chosen among buttons; the label is for screen readers."""
    start(key, list(names))
    return st.segmented_control(
        label,
        list(names),
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        key=key,
    )
