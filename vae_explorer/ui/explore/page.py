"""The Explore page: a view of pretrained VAEs, from the address to the canvas and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS, Dataset, load_dataset
from vae_explorer.experiment.settings import facts
from vae_explorer.saved.catalogue import Catalogue, load_members, read_catalogue
from vae_explorer.saved.run import StoreError
from vae_explorer.ui.explore import presenter, state
from vae_explorer.ui.explore.canvas.canvas import (
    Package,
    images_package,
    latent_canvas,
    member_package,
)
from vae_explorer.ui.explore.gallery import gallery
from vae_explorer.ui.explore.model import load_model
from vae_explorer.ui.explore.outputs import activation_outputs
from vae_explorer.ui.explore.projections import projections
from vae_explorer.ui.explore.share import share
from vae_explorer.ui.explore.state import PREFIX
from vae_explorer.ui.explore.view import MOST_SHOWN, PLACES, View
from vae_explorer.ui.shared.live_figure import load_plotly
from vae_explorer.ui.shared.plain import plain
from vae_explorer.ui.shared.told import told

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
    view, catalogue = state.current(), _catalogue()
    if view.present:
        presenter.presenter()  # first, so that no key is lost while images are packed
        presenter.presenter_head(_SENTENCE)
    else:
        _head()
        view = _chosen(view, catalogue)
        for problem in catalogue.problems:
            st.caption(f":material/info: {problem}")
    try:
        if view.present:
            view = _possible(view, catalogue)
        packages = [
            _images(view.dataset),
            *(_member(view.dataset, view.latent, name) for name in view.activations),
        ]
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    state.keep(view)
    _canvas(packages)
    if not view.present:
        _closer(catalogue, packages)


def _head() -> None:
    """What the page is, and what the hand does."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f"##### {_SENTENCE}", width="content")
        for kind, words in _HANDS.items():
            with st.container(key=f"hand_{kind}", width="content"):
                st.caption(words, width="content")
    st.html(_ONE_HAND)


@st.fragment
def _canvas(packages: list[Package]) -> None:
    """A fragment, so that what the canvas tells redraws nothing else."""
    view = st.session_state.view
    view_id = st.session_state.view_id
    latent_canvas(packages[0], packages[1:], view, view_id, _take_from_canvas)
    state.keep(view)
    if st.session_state.pop("canvas_told", False) and view.section == "share":
        st.rerun()  # the link and the interpolation are of the view as it is now


def _closer(catalogue: Catalogue, packages: list[Package]) -> None:
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
    model = load_model(
        (view.dataset, view.latent, view.activations),
        lambda: (
            load_members(catalogue, view.dataset, view.latent, view.activations),
            _dataset(view.dataset),
        ),
    )
    if section == "share":
        share(model, view, catalogue, packages)
    else:
        _VIEWS[section](model)
    load_plotly()


def _take_from_canvas() -> None:
    st.session_state.canvas_told = state.take_from_canvas(told("canvas", "view"))


# --- Choosing what to look at ---


def _possible(view: View, catalogue: Catalogue) -> View:
    """What there is of a view that nobody can choose anew. StoreError if that is nothing."""
    names = view.activations
    offered = catalogue.activations(view.dataset, view.latent)
    found = tuple(name for name in names if name in offered)
    if not found:
        raise StoreError(_none(view, names))
    if found != names:
        st.toast(_none(view, [name for name in names if name not in offered]))
    return view.replace(activations=found)


def _none(view: View, names: Sequence[str]) -> str:
    what = " and no ".join(ACTIVATIONS[name].label for name in names)
    return f"There is no {what} with {view.latent} latents for these images."


def _chosen(view: View, catalogue: Catalogue) -> View:
    """Draws the choice of images, latent size and activations; returns the view with it."""
    left, middle, right, last = st.columns([3, 2.1, 6, 1.1], vertical_alignment="center")
    last.button(
        "Present",
        key="present",
        icon=":material/slideshow:",
        on_click=state.ask_to_present,
        args=(True,),
        help="Larger type and nothing but the picture; arrow keys go through a talk, Esc ends it.",
    )
    dataset = left.segmented_control(
        "Images",
        list(DATASETS),
        format_func=lambda name: DATASETS[name].label,
        required=True,
        label_visibility="collapsed",
        key=PREFIX + "dataset",
    )
    assert dataset is not None  # it is required
    latents = catalogue.latents(dataset)
    asked = st.session_state[PREFIX + "latent"]
    if asked not in latents and latents:
        st.toast(f"There is nothing with {asked} latents for these images.")
        st.session_state[PREFIX + "latent"] = latents[0]
    latent = middle.segmented_control(
        "Latent size",
        latents,
        format_func=lambda size: f"{size} latents",
        required=True,
        label_visibility="collapsed",
        key=PREFIX + "latent",
    )
    offered = catalogue.activations(dataset, latent) if latent else ()
    missing = [name for name in view.activations if name not in offered]
    if missing and latent == asked:
        st.toast(_none(view.replace(latent=latent), missing))
    chosen = st.session_state[PREFIX + "activations"]
    left_over = [name for name in chosen if name in offered]
    # Who has cleared them wants to choose: what was shown stays until one is chosen.
    if chosen and left_over != chosen:  # set again, it would undo what is chosen meanwhile
        st.session_state[PREFIX + "activations"] = left_over or list(offered[:3])
    activations = right.multiselect(
        "Activations",
        offered,
        format_func=lambda name: ACTIVATIONS[name].label,
        max_selections=MOST_SHOWN,
        placeholder=f"Choose up to {MOST_SHOWN} activations",
        label_visibility="collapsed",
        key=PREFIX + "activations",
    )
    changes: dict[str, Any] = {"dataset": dataset, "latent": latent or view.latent}
    if (dataset, latent) != (view.dataset, view.latent):
        # Another plane: its pins, window and image would mean something else.
        changes |= {name: getattr(View(), name) for name in PLACES}
        state.renew_canvas()
    if not activations:
        return view
    return view.replace(**changes, activations=activations)


@st.cache_resource(show_spinner=False)
def _catalogue() -> Catalogue:
    return read_catalogue()


@st.cache_resource(show_spinner=False)
def _dataset(name: str) -> Dataset:
    return load_dataset(name)


@st.cache_resource(show_spinner=False)
def _images(dataset: str) -> Package:
    return images_package(_dataset(dataset))


@st.cache_resource(show_spinner="Loading the VAE…", max_entries=100)
def _member(dataset: str, latent: int, activation: str) -> Package:
    population = load_members(_catalogue(), dataset, latent, (activation,))
    result = _catalogue().results(dataset, latent)[activation]
    return member_package(population, _dataset(dataset), result)
