"""The menu of where VAEs come from: the pretrained catalogue, this tab's trainings, saved runs."""

from __future__ import annotations

import streamlit as st

from vae_explorer.saved.run import StoreError
from vae_explorer.saved.zips import MOST_BYTES
from vae_explorer.ui.explore import sources, state
from vae_explorer.ui.explore.sources import Source
from vae_explorer.ui.explore.view import View
from vae_explorer.ui.shared.plain import plain

_MENU = "explore.menu"
_TURN = "explore.upload.turn"
_HELP = "Where VAEs come from: pretrained, trained in this tab, or saved."


def source_menu(source: Source | None) -> None:
    """The button under which all is that can be shown; `source` is shown now, None the catalogue.

    Where that is pretrained the row is full, and the button has no words.
    """
    shown = "" if source is None else source.name
    label = ":material/database:" if source is None else ":material/database: Trained"
    dataset = View().dataset if source is None else source.experiment.dataset
    menu = st.popover(label, help=_HELP, width="stretch", key=_MENU, on_change="rerun")
    if menu.open:  # folders are looked into by whoever asks
        with menu:
            _content(View(dataset=dataset), shown)


def _content(pretrained: View, shown: str) -> None:
    """A button for each of what there is, and the place for a file."""
    _button("Pretrained catalogue", pretrained, shown)
    for page, each in sources.trainings().items():
        what = f"{page.capitalize()}: {sources.title(each)}, {each.state}"
        _button(what, View(run=each.name), shown)
    found, problems = sources.saved()
    for run in found.values():
        _button(f"{run.label}: {sources.title(run)}, {run.state}", View(run=run.name), shown)
    for problem in problems:
        st.caption(f":material/info: {plain(problem)}")
    _upload()


def _show(view: View) -> None:
    st.session_state[_MENU] = False  # it would cover what was chosen
    state.ask(view)


def _button(what: str, view: View, shown: str) -> None:
    is_shown = view.run == shown
    st.button(
        plain(what),
        icon=":material/check:" if is_shown else None,
        key=f"explore.source.{view.run}",
        type="tertiary",
        on_click=_show,
        args=(view,),
        disabled=is_shown,
    )


def _upload() -> None:
    turn = st.session_state.setdefault(_TURN, 0)
    key = f"explore.upload.{turn}"
    st.file_uploader(
        "Open a saved run or race",
        type="zip",
        max_upload_size=MOST_BYTES // 2**20,
        key=key,
        on_change=_take,
        args=(key,),
    )


def _take(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:  # or the page was left meanwhile
        return
    try:
        found = sources.open_zip(file.getvalue(), file.name.removesuffix(".zip"))
    except StoreError as error:
        st.session_state.notices = [str(error)]
        return
    st.session_state[_TURN] += 1  # an uploader with nothing in it
    _show(View(run=found[0].name))
