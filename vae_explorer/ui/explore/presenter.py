"""Talks: saved views, played on a projector with the arrow keys."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode

import streamlit as st

from vae_explorer.figures.inline import beside
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.talk import MOST_BYTES, Talk, TalkError, TalkView
from vae_explorer.ui.explore.view import View
from vae_explorer.ui.shared.plain import plain
from vae_explorer.ui.shared.told import told

_KEYS = st.components.v2.component(
    "vae_explorer_keys",
    html='<p role="note"></p>',
    css="p { position: absolute; width: 1px; height: 1px; margin: 0; clip-path: inset(50%); }",
    js=beside(__file__, "presenter.js"),
)
# A projector: nothing but the picture, and type that the last row can read. What is sized in rem
# grows with it.
_STYLE = """<style>
html { font-size: clamp(16px, 1.76vh, 34px); }
[data-testid="stHeader"], [data-testid="stSidebar"] { display: none; }
.stApp .stMainBlockContainer { padding: 0.6rem 1.8rem 0; gap: 0.4rem; }
.stMainBlockContainer > .stVerticalBlock { gap: 0.3rem; }
</style>"""


def current() -> Talk:
    return st.session_state.setdefault("talk", Talk("My talk"))


def _position() -> int:
    return min(st.session_state.get("talk_position", 0), max(len(current().views) - 1, 0))


def _query(view: View) -> str:
    """As the address bar has it, without presenter mode."""
    return urlencode(view.replace(present=False).to_query(), quote_via=quote, safe=",:")


def view_at(position: int) -> View:
    """The talk's view at a position; what its address has that cannot be shown is left out."""
    query = dict(parse_qsl(current().views[position].query, keep_blank_values=True))
    return View.from_query(query)[0].replace(present=True)


def present_button() -> None:
    st.button(
        "Present",
        key="present",
        icon=":material/slideshow:",
        on_click=state.ask_to_present,
        args=(True,),
        help="Larger type and nothing but the picture; arrow keys go through a talk, Esc ends it.",
    )


# --- On the projector ---


def presenter_head(sentence: str) -> None:
    """The title of the view that is shown, or the sentence where there is no talk.

    Buttons do what the keys do, for those who hold a tablet.
    """
    views = current().views
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = views[_position()].title if views else sentence
        st.markdown(f"#### {plain(title)}", width="stretch")
        if len(views) > 1:
            st.caption(f"{_position() + 1} of {len(views)}", width="content")
            _head_button("Previous view", ":material/arrow_back:", -1, _position() == 0)
            _head_button("Next view", ":material/arrow_forward:", 1, _position() == len(views) - 1)
        _head_button("End presenter mode", ":material/close:", 0)


def _head_button(name: str, icon: str, step: int, disabled: bool = False) -> None:
    key = f"talk.head.{step}"
    st.button(
        icon, key=key, help=name, type="tertiary", on_click=_go, args=(step,), disabled=disabled
    )


def presenter() -> None:
    """Gives the page the look of presenter mode, and listens to its keys."""
    st.html(_STYLE)
    _KEYS(key="keys", height=1, on_step_change=_step)


def _step() -> None:
    """Another view of the talk, or the end of presenter mode."""
    _go(told("keys", "step"))


def _go(step: int | None) -> None:
    if step == 0:
        state.ask_to_present(False)
    elif step is not None and current().views:
        show(max(0, min(_position() + step, len(current().views) - 1)))


# --- At the desk ---


def editor(view: View) -> None:
    """Builds, loads, saves and starts a talk."""
    with st.expander("A talk of saved views", icon=":material/slideshow:"):
        st.caption("Save views in order; play them in presenter mode with the arrow keys.")
        with (
            st.form("talk.add", border=False, clear_on_submit=True),
            st.container(horizontal=True, vertical_alignment="bottom"),
        ):
            title = st.text_input("Title of this view", max_chars=120, width=320)
            added = st.form_submit_button("Add this view", icon=":material/add:")
        if added:
            _change(lambda talk: talk.add(TalkView(title or "A view", "", _query(view))))
        for index, saved in enumerate(current().views):
            _row(index, saved)
        _files()


def _row(index: int, saved: TalkView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{index + 1}\\. {plain(saved.title)}", width=300)
        actions = {
            "show": ("Show", ":material/slideshow:"),
            "up": ("Earlier", ":material/arrow_upward:"),
            "down": ("Later", ":material/arrow_downward:"),
            "remove": ("Remove", ":material/delete:"),
        }
        for name, (label, icon) in actions.items():
            key = f"talk.{name}.{index}"
            st.button(label, icon=icon, key=key, type="tertiary", on_click=_act, args=(name, index))


def _act(name: str, index: int) -> None:
    if name == "show":
        show(index)
    elif name == "remove":
        _change(lambda talk: talk.remove(index))
    else:
        _change(lambda talk: talk.move(index, max(0, index + (1 if name == "down" else -1))))


def show(index: int) -> None:
    """Goes to presenter mode with a view of the talk, if it is there."""
    if index >= len(current().views):  # a late press beside one that was removed
        return
    st.session_state.talk_position = index
    state.ask(view_at(index))


def _change(change: Callable[[Talk], Talk]) -> None:
    try:
        st.session_state.talk = change(current())
    except TalkError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _files() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Save the talk",
            current().to_json(),
            "talk.json",
            "application/json",
            icon=":material/save:",
            disabled=not current().views,
        )
        upload = st.file_uploader("Load a talk", type="json", key="talk.upload")
    if upload is None or st.session_state.get("talk_loaded") == upload.file_id:
        return
    st.session_state.talk_loaded = upload.file_id
    if upload.size > MOST_BYTES:
        st.error(f"The file has more than {MOST_BYTES // 1000} kB; a talk is smaller.")
        return
    try:
        talk = Talk.from_json(upload.getvalue())
    except TalkError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    shown = tuple(saved for saved in talk.views if not saved.page)
    if len(shown) < len(talk.views):
        st.toast(f"{len(talk.views) - len(shown)} views are of other pages and left out.")
    st.session_state.talk = Talk(talk.title, shown)
    st.rerun()
