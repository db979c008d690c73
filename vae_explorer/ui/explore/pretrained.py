"""The pretrained catalogue on the Explore page: its choice, and what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.saved.catalogue import Catalogue, load_members, read_catalogue
from vae_explorer.saved.run import StoreError
from vae_explorer.saved.zips import zip_folders
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.canvas.canvas import Package, member_package
from vae_explorer.ui.explore.presenter import present_button
from vae_explorer.ui.explore.shown import Shown, images_of
from vae_explorer.ui.explore.source_menu import source_menu
from vae_explorer.ui.explore.state import PREFIX
from vae_explorer.ui.explore.view import MOST_SHOWN, View


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    return read_catalogue()


# --- The choice ---


def possible(view: View) -> View:
    """What there is of a view that nobody can choose anew. StoreError if that is nothing."""
    names = view.activations
    offered = catalogue().activations(view.dataset, view.latent)
    found = tuple(name for name in names if name in offered)
    if not found:
        raise StoreError(_none(view, names))
    if found != names:
        st.toast(_none(view, [name for name in names if name not in offered]))
    return view.replace(activations=found)


def _none(view: View, names: Sequence[str]) -> str:
    what = " and no ".join(ACTIVATIONS[name].label for name in names)
    return f"There is no {what} with {view.latent} latents for these images."


def chosen(view: View) -> View:
    """Draws the choice of images, latent size and activations; returns the view with it."""
    view = _choice(view)
    for problem in catalogue().problems:
        st.caption(f":material/info: {problem}")
    return view


def _choice(view: View) -> View:
    first, left, middle, right, last = st.columns(
        [0.65, 3, 2.1, 5.35, 1.1], vertical_alignment="center"
    )
    with first, st.container(key="sources"):
        source_menu(None)
    with last:
        present_button()
    dataset = left.segmented_control(
        "Images",
        list(DATASETS),
        format_func=lambda name: DATASETS[name].label,
        required=True,
        label_visibility="collapsed",
        key=PREFIX + "dataset",
    )
    assert dataset is not None  # it is required
    latents = catalogue().latents(dataset)
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
    offered = catalogue().activations(dataset, latent) if latent else ()
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
    if not activations:
        return view
    view = state.on_plane_of(view, dataset, latent or view.latent)
    return view.replace(activations=activations)


# --- What is chosen ---


def shown(view: View) -> Shown:
    """The VAEs of a view. StoreError if one is not there, or damaged."""
    found, names = catalogue(), view.activations

    def alone(k: int) -> Experiment:  # others may have been trained at another learning rate
        return found.experiment(view.dataset, view.latent, names[k : k + 1])

    sources = found.chosen(view.dataset, view.latent, names)
    return Shown(
        key=(view.dataset, view.latent, names),
        dataset=images_of(view.dataset),
        packages=tuple(_member(view.dataset, view.latent, name) for name in names),
        load=lambda: load_members(found, view.dataset, view.latent, names),
        runs=lambda: zip_folders([each.folder for each in sources]),
        alone=alone,
    )


@st.cache_resource(show_spinner="Loading the VAE…", max_entries=100)
def _member(dataset: str, latent: int, activation: str) -> Package:
    population = load_members(catalogue(), dataset, latent, (activation,))
    result = catalogue().results(dataset, latent)[activation]
    return member_package(population, images_of(dataset), result)
