"""The view of the Compare page: in its state, in its widgets, and in the address, always the same.

Widgets show what the view holds and change it when they are used, never otherwise: one that cannot
show it for a while, as a quantity that there is not yet, leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.results.record import RaceRecord
from vae_explorer.ui.compare.view import RaceView
from vae_explorer.ui.shared.address import keep_in_address

_HELD = "compare.view"
_ADDRESS = "compare.address"  # of the experiment alone
_DEFAULT = RaceView()


@dataclass
class Held:
    """The newest view; for what a button makes later, when there is no session to ask."""

    view: RaceView


def held() -> Held:
    """The one of this session, once `current` has been asked."""
    return st.session_state[_HELD]


def current(experiment: Experiment, address_leads: bool) -> RaceView:
    """The view of this session; at first, and where it leads, that of the address.

    What the address has and nobody understands is told with the session's notices.
    """
    state = st.session_state
    if address_leads or _HELD not in state:
        view, notices = RaceView.from_query(st.query_params.to_dict())
        if not _is_there(view.reference, experiment):
            notices.append(f"The address holds others against {view.reference}, which is not here.")
            view = view.replace(reference=_DEFAULT.reference)
        state.setdefault(_HELD, Held(view)).view = view  # the same, for buttons that have it
        if notices:
            state.notices = [" ".join([*state.get("notices", []), *notices])]
    return held().view


def _is_there(reference: str, experiment: Experiment) -> bool:
    return reference == _DEFAULT.reference or reference in [arm.key for arm in arms_of(experiment)]


def keep(experiment: Experiment) -> None:
    """Has the address hold the experiment that the side bar shows, and the view."""
    # One setting at least: an address without any opens the first preset.
    st.session_state[_ADDRESS] = experiment.to_query() or {"dataset": experiment.dataset}
    _keep_in_address()


def _keep_in_address() -> None:
    keep_in_address(st.session_state.get(_ADDRESS, {}) | held().view.to_query())


def reference_key(shown: RaceRecord, of: Held | None = None) -> str:
    """The key of the arm that others are held against; the first's if it has not the view's."""
    wanted = (of or held()).view.reference
    keys = [arm.key for arm in shown.arms]
    return wanted if wanted in keys else keys[0]


def widget(name: str, value: Any = None, options: Sequence[str] = ()) -> dict[str, Any]:
    """The arguments of a widget that shows one setting of the view and changes it.

    `value` is what it shows instead; where that is none of the `options`, it shows their first.
    Where the page has to change what it shows it is another widget.
    """
    wish = getattr(held().view, name)
    shown = wish if value is None else value
    if options and shown not in options:
        shown = options[0]
    state = st.session_state
    if state.get(_key(name), shown) != shown:
        state[_number(name)] += 1
    key = _key(name)
    state.setdefault(key, shown)
    instead = None if shown == wish else shown
    return {"key": key, "on_change": _take, "args": (name, key, instead)}


def _key(name: str) -> str:
    """Of the widget that shows a setting now."""
    return f"compare.view.{name}.{st.session_state.setdefault(_number(name), 0)}"


def _number(name: str) -> str:
    return f"compare.widget.{name}"


def _take(name: str, key: str, instead: Any) -> None:
    """Takes what a hand has chosen.

    With all that it asks a browser sends what its widgets show: what one showed `instead` of the
    wish, or one that the page has since replaced, is none.
    """
    chosen = st.session_state.get(key)
    if key != _key(name) or chosen == instead:
        return
    try:
        held().view = held().view.replace(**{name: chosen})
    except ConfigError:  # a widget that the browser has just drawn may hold nothing yet
        return
    _keep_in_address()
