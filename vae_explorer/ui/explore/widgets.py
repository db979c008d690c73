"""The sections' widgets begin as the view says, and one way to make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from vae_explorer.experiment.settings import facts
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.view import View


def start(key: str, allowed: Sequence[Any] | None = None) -> None:
    """Gives a widget its starting value, and one that it may not have (any more) a new one."""
    value = getattr(st.session_state.view, key.removeprefix(state.PREFIX))
    if allowed is not None and value not in allowed:
        value = allowed[0]
    if key not in st.session_state or (
        allowed is not None and st.session_state[key] not in allowed
    ):
        st.session_state[key] = value


def choice(name: str, names: Mapping[Any, str] | None = None) -> Any:
    """A setting of the view, chosen among buttons: of all that it may be, or of `names`' keys."""
    about = facts(View, name)
    names = names or about["choices"]
    key = state.PREFIX + name
    start(key, list(names))
    return st.segmented_control(
        about["label"],
        list(names),
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        key=key,
    )
