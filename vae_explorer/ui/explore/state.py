"""The view of a session: in its state, in its widgets, and in the address bar, always the same."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from vae_explorer.experiment.settings import ConfigError
from vae_explorer.ui.explore.view import LOOKS, PLACES, View
from vae_explorer.ui.shared.address import keep_in_address, leads
from vae_explorer.ui.shared.plain import plain

PREFIX = "explore."  # of the widgets' keys, before the name of what they set
_CHOSEN = ("dataset", "latent", "activations", "members", "section")


def current() -> View:
    """The view of this session, or of the address where that leads, as it does at first.

    With one quiet notice of what the address has and nobody understands.
    """
    if leads("explore") or "view" not in st.session_state:
        view, notices = View.from_query(st.query_params.to_dict())
        show(view)
        if notices:
            st.toast(plain(" ".join(notices)), icon=":material/info:")
    if "asked_view" in st.session_state:
        show(st.session_state.pop("asked_view"))
    if "asked_to_present" in st.session_state:
        present = st.session_state.pop("asked_to_present")
        _take_up(st.session_state.view.replace(present=present))
    for name in _CHOSEN:  # widgets forget after a visit to another page
        st.session_state.setdefault(PREFIX + name, _to_widget(getattr(st.session_state.view, name)))
    return st.session_state.view


def ask(view: View) -> None:
    """Has the next run of the page show a view: widgets that are drawn cannot be set any more."""
    st.session_state.asked_view = view


def ask_to_present(present: bool) -> None:
    """Has the next run begin or end presenter mode; the canvas keeps what it shows.

    No view is asked for: the canvas may tell of a change after the click and before that run.
    """
    st.session_state.asked_to_present = present


def show(view: View) -> None:
    """Has the page, its widgets and the canvas take up a view."""
    _take_up(view)
    renew_canvas()


def _take_up(view: View) -> None:
    st.session_state.view = view
    for name in (*_CHOSEN, *LOOKS):
        st.session_state[PREFIX + name] = _to_widget(getattr(view, name))


def renew_canvas() -> None:
    """Has the canvas take up the view instead of going on with its own.

    The name that the view gets is no other session's: by it the browser keeps what was changed.
    """
    st.session_state.view_id = secrets.token_hex(8)


def on_plane_of(view: View, dataset: str, latent: int) -> View:
    """The view with another set or latent size; its pins, window and image go with the old plane,
    on which alone they mean anything."""
    if (dataset, latent) == (view.dataset, view.latent):
        return view
    renew_canvas()
    places = {name: getattr(View(), name) for name in PLACES}
    return view.replace(dataset=dataset, latent=latent, **places)


def take_from_canvas(told: Any) -> bool:
    """Takes up what the canvas told of its own; False if that is of a view before this one."""
    if not isinstance(told, dict) or told.get("view_id") != st.session_state.view_id:
        return False
    st.session_state.view = st.session_state.view.from_canvas(told)
    return True


def keep(view: View) -> None:
    """Remembers the view, in the address too."""
    st.session_state.view = view
    keep_in_address(view.to_query())


def remember() -> None:
    """Remembers what the sections' widgets are set to."""
    view = st.session_state.view
    state = st.session_state
    looks = {name: state[PREFIX + name] for name in LOOKS if PREFIX + name in state}
    try:
        keep(view.replace(**looks))
    except ConfigError:  # a widget that is being drawn for the first time may hold nothing yet
        keep(view)


def _to_widget(value: Any) -> Any:
    if value == "none":
        return None
    return list(value) if isinstance(value, tuple) else value
