"""What Train and Compare show before anything trains: the images and the functions chosen."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae_explorer.activations import ACTIVATIONS, FAMILIES, sample
from vae_explorer.data import DataError, images_folder, load_or_embedded
from vae_explorer.data.probe import Probe
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.unused import unused
from vae_explorer.figures import images
from vae_explorer.figures.curve import LEFT, RIGHT, curve_image
from vae_explorer.figures.style import activation_style
from vae_explorer.ui.shared.mosaic import mosaic
from vae_explorer.ui.shared.plain import plain

_POINTS = 161  # of a drawing
_COLUMNS, _LINES = 30, 2  # of test images, at most
_FOLDER_SECONDS = 10.0  # for which the images of a folder are taken to be the same


def view(experiment: Experiment, verb: str) -> None:
    """Some images of the set, and a card for each activation; `verb` is on the button above."""
    no_activation(experiment)
    st.markdown(_sentence(experiment, verb))
    _samples(experiment.dataset, experiment.image_set)
    names = dict.fromkeys([*experiment.activations, *(experiment.decoder_activations or ())])
    with st.grid("auto", min_column_width=240):
        drawings = {name: _card(name) for name in names}
    # Last: the first drawing of a server waits for PyTorch, and the page should not.
    for name, drawing in drawings.items():
        drawing.html(_drawing(name))


def no_activation(experiment: Experiment) -> None:
    """Says, before anything else is shown of it, where an activation is chosen that no unit has."""
    if text := unused(experiment):
        st.info(text, icon=":material/info:")


@st.cache_data(show_spinner=False)
def _drawing(name: str) -> str:
    x = np.linspace(LEFT, RIGHT, _POINTS)
    description = f"{ACTIVATIONS[name].label} from {LEFT:g} to {RIGHT:g}"
    return curve_image(x, sample(name, x), activation_style(name).colour, description)


def _sentence(experiment: Experiment, verb: str) -> str:
    """What is started, and what before it."""
    trials = sum(len(each.members) for each in experiment.trials)
    if not trials:
        return _started(experiment, verb)
    rates = len(experiment.trials[0].swept_values)
    text = f"{verb} will first try {rates} learning rates with {trials} VAEs on images kept aside. "
    return text + _started(experiment, "With the best of each it")


def _started(experiment: Experiment, verb: str) -> str:
    count = len(experiment.members)
    shapes = [_shape(population) for population in experiment.shapes]
    layers = f"**{shapes[0]}** units wide"
    if len(shapes) > 1:
        layers = f"in {len(shapes)} shapes one after the other, from **{shapes[0]}** to "
        layers += f"**{shapes[-1]}** units wide"
        return f"{verb} will start {count} VAEs, {layers}."
    if count == 1:
        return f"{verb} will start one VAE, {layers}."
    return (
        f"{verb} will start {count} VAEs at once, each {layers}, with the same initial draw, "
        "batches and noise."
    )


def _shape(experiment: Experiment) -> str:
    return " – ".join(map(str, experiment.architecture.path))


@st.cache_data(show_spinner=False, ttl=_FOLDER_SECONDS)
def _sample_png(dataset: str, image_set: str) -> tuple[bytes, int, str | None]:
    """The images, in how many lines, and why they are not those of the folder."""
    data, why = load_or_embedded(dataset, image_set)
    pixels = Probe(data).pixels[: _LINES * _COLUMNS]
    lines = _LINES if len(pixels) == _LINES * _COLUMNS else 1
    rows = np.round(pixels * 255).astype(np.uint8)[: lines * _COLUMNS]
    return (
        images.path_grid(rows.reshape(lines, -1, rows.shape[1]), data.info.image_shape),
        lines,
        why,
    )


def _samples(dataset: str, image_set: str) -> None:
    # A full set that is published has the embedded images too: it is not fetched to be looked at.
    # What a folder has, nobody knows.
    if images_folder() is None:
        image_set = "embedded"
    try:
        png, lines, why = _sample_png(dataset, image_set)
    except DataError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if why is not None:
        st.warning(why, icon=":material/warning:")
    mosaic(png, [""] * lines, "Test images of the set")


def _card(name: str) -> DeltaGenerator:
    """Returns the place for its drawing, which keeps the room for it."""
    activation = ACTIVATIONS[name]
    colour = activation_style(name).colour
    with st.container(border=True, height="stretch"):
        st.html(
            f'<b style="border-left: 6px solid {colour}; padding-left: 0.5rem">'
            f"{activation.label}</b>"
        )
        drawing = st.empty()
        drawing.html(curve_image(np.empty(0), np.empty(0), colour, ""))
        st.latex(activation.formula)
        st.caption(activation.intuition, help=f"{FAMILIES[activation.family]} {activation.source}")
    return drawing
