"""The Explore page: a view of trained VAEs, from the address to the canvas and back."""

from __future__ import annotations

import contextlib

import streamlit as st

from vae_explorer.experiment.settings import facts
from vae_explorer.saved.run import StoreError
from vae_explorer.ui.explore import presenter, pretrained, sources, state, trained
from vae_explorer.ui.explore.canvas.canvas import latent_canvas
from vae_explorer.ui.explore.gallery import gallery
from vae_explorer.ui.explore.model import load_model
from vae_explorer.ui.explore.outputs import activation_outputs
from vae_explorer.ui.explore.projections import projections
from vae_explorer.ui.explore.share import share
from vae_explorer.ui.explore.shown import Shown, images_shown
from vae_explorer.ui.explore.sources import Source
from vae_explorer.ui.explore.state import PREFIX
from vae_explorer.ui.explore.view import View
from vae_explorer.ui.shared import session
from vae_explorer.ui.shared.live_figure import load_plotly
from vae_explorer.ui.shared.plain import plain
from vae_explorer.ui.shared.told import told
from vae_explorer.ui.shared.words import explained

_SENTENCE = "Move over the plane: every point is a code, and a decoder draws it as an image."
_HANDS = {  # by what points: CSS shows the one that is there
    "fine": "Click to pin, drag to pan, Ctrl and scroll to zoom. A name shows its plane.",
    "coarse": "Tap to decode, hold to pin, two fingers to zoom. A name shows its plane.",
}
_ONE_HAND = """<style>
@media not (pointer: fine) { .st-key-hand_fine { display: none; } }
@media not (pointer: coarse) { .st-key-hand_coarse { display: none; } }
</style>"""
_VIEWS = {"projections": projections, "gallery": gallery, "activations": activation_outputs}


def page() -> None:
    """Draws the whole page."""
    view = state.current()
    source = sources.find(view.run)
    if view.present:
        presenter.presenter()  # first, so that no key is lost while images are packed
        presenter.presenter_head(_SENTENCE)
    else:
        _head()
    if view.run and source is None:
        trained.missing()
        return
    try:
        if not view.present:
            view = trained.chosen(view, source) if source else pretrained.chosen(view)
        elif source is None:
            view = pretrained.possible(view)
        shown = trained.shown(view, source) if source else pretrained.shown(view)
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    state.keep(view)
    session.show_notices()
    _canvas(shown, source)
    if not view.present:
        _closer(shown)


def _head() -> None:
    """What the page is, and what the hand does."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(
            f"##### {_SENTENCE}",
            width="content",
            help=explained("vae", "latent", "decoder", "same_image"),
        )
        for kind, words in _HANDS.items():
            with st.container(key=f"hand_{kind}", width="content"):
                st.caption(words, width="content")
    st.html(_ONE_HAND)


def _canvas(shown: Shown, source: Source | None) -> None:
    """A fragment, so that what the canvas tells redraws nothing else, and newer weights do not."""
    live = source is not None and source.is_live
    st.fragment(_draw, run_every=trained.REFRESH_SECONDS if live else None)(shown, source, live)


def _draw(shown: Shown, source: Source | None, live: bool) -> None:
    view = st.session_state.view
    if source is not None:
        with contextlib.suppress(StoreError):  # what was had of them stays
            shown = trained.shown(view, source)
    images = images_shown(shown.dataset.info.name, shown.dataset.image_set)
    latent_canvas(images, shown.packages, view, st.session_state.view_id, _take_from_canvas)
    state.keep(view)
    is_shared = st.session_state.pop("canvas_told", False) and view.section == "share"
    if is_shared or (source is not None and source.is_live != live):
        st.rerun()  # the link and the interpolation are of the view as it is now


def _closer(shown: Shown) -> None:
    """What lies below the canvas, one section at a time."""
    sections = facts(View, "section")["choices"]
    section = st.segmented_control(
        "Look closer",
        [name for name in sections if name != "none"],
        format_func=sections.__getitem__,
        key=PREFIX + "section",
    )
    view = st.session_state.view.replace(section=section or "none")
    state.keep(view)
    if section is None:
        return
    planes = tuple(each.plane for each in shown.packages if each.plane is not None)
    model = load_model(shown.key, lambda: (shown.load(), shown.dataset), planes)
    if section == "share":
        share(model, view, shown)
    else:
        _VIEWS[section](model)
    load_plotly()


def _take_from_canvas() -> None:
    st.session_state.canvas_told = state.take_from_canvas(told("canvas", "view"))
