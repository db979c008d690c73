"""What the Train page shows before there is a run: the images and the functions chosen."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae_explorer.activations import ACTIVATIONS, FAMILIES
from vae_explorer.config import Experiment
from vae_explorer.data import DataError, load_dataset
from vae_explorer.probe import Probe
from vae_explorer.ui import images
from vae_explorer.ui.mosaic import mosaic
from vae_explorer.ui.style import activation_style


def view(experiment: Experiment, verb: str) -> None:
    """Some images of the set, and a card for each activation; `verb` is on the button above."""
    st.markdown(_sentence(experiment, verb))
    _samples(experiment.dataset)
    names = dict.fromkeys([*experiment.activations, *(experiment.decoder_activations or ())])
    with st.grid("auto", min_column_width=270):
        for name in names:
            _card(name)


def _sentence(experiment: Experiment) -> str:
    widths = [experiment.image_size, *experiment.hidden, experiment.latent]
    widths += [*experiment.decoder_widths, experiment.image_size]
    count = len(experiment.members)
    what = "one VAE" if count == 1 else f"{count} VAEs at once, fairly"
    how = " from the same weights, batches and noise" if count > 1 else ""
    return f"Train will start {what}{how}: **{' – '.join(map(str, widths))}** units wide."


@st.cache_data(show_spinner=False)
def _sample_png(dataset: str) -> bytes:
    data = load_dataset(dataset)
    probe = Probe(data)
    rows = np.round(probe.pixels[:60] * 255).astype(np.uint8).reshape(2, 30, -1)
    return images.path_grid(rows, data.info.image_shape)


def _samples(dataset: str) -> None:
    try:
        mosaic(_sample_png(dataset), [], "Test images of the set")
    except DataError as error:
        st.error(str(error), icon=":material/error:")


def _card(name: str) -> None:
    activation = ACTIVATIONS[name]
    colour = activation_style(name).colour
    with st.container(border=True, height="stretch"):
        st.html(
            f'<b style="border-left: 6px solid {colour}; padding-left: 0.5rem">'
            f"{activation.label}</b>"
        )
        st.latex(activation.formula)
        st.caption(activation.intuition, help=f"{FAMILIES[activation.family]} {activation.source}")
