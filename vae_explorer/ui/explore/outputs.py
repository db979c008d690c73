"""Activation outputs: what goes into each hidden layer, what comes out, and for which class."""

from __future__ import annotations

import streamlit as st

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.figures import charts
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.model import LoadedModel, activation_studies
from vae_explorer.ui.explore.widgets import choice
from vae_explorer.ui.shared.downloads import kept_figure

_CELL_HEIGHT = 196  # px, so that three rows of layers are on the first screen


@st.fragment
def activation_outputs(model: LoadedModel) -> None:
    """Histograms with f over them, and a heat map of one member's units by class."""
    st.markdown(
        "Look for values that pile up where f is flat: units there are dead, or saturated, and "
        "learn no more."
    )
    studies = activation_studies(model)
    if not studies:
        st.info("These VAEs have no hidden layers.", icon=":material/info:")
        return
    kept_figure(
        charts.layer_transfers(studies, model.members, cell_height=_CELL_HEIGHT),
        "explore.chart.transfers",
        "Histograms of pre-activations and outputs of every hidden layer, with the function",
        "Activation outputs",
    )
    st.caption(_remarks(model))
    st.markdown("Look for units that answer to one class: a staircase of orange.")
    with st.container(horizontal=True, gap="medium"):
        k = choice("member", dict(enumerate(model.names)))
        relative = choice("relative", {True: "Above the unit's own mean", False: "Mean output"})
    kept_figure(
        charts.class_heat_map(studies, k, model.class_names, relative=relative),
        "explore.chart.heat_map",
        f"Mean output of every unit of {model.names[k]} on the test images of each class",
        f"Units of {model.names[k]} by class",
    )
    st.caption(
        "A column a unit, sorted by the class that it answers to most; dead units stand last."
    )
    state.remember()


def _remarks(model: LoadedModel) -> str:
    remarks = [
        f"All {len(model.dataset.test.labels):,} test images. The line is f; its values stand on "
        "the upright axis, which the outputs share. Heights are square roots of counts; "
        "the outermost bins hold all that lies beyond. Dead: a derivative below 10⁻⁶ on every "
        "image. Saturated: below 0.05 on 95 % of them."
    ]
    used = {
        name
        for member in model.members
        for name in (member.encoder_activation, member.decoder_activation)
    }
    if any(ACTIVATIONS[name].parameters for name in used):
        remarks.append("A learned f is drawn with the mean of its numbers over the layer's units.")
    if not all(ACTIVATIONS[name].elementwise for name in used):
        remarks.append("Average pooling mixes neighbours, so its f is what it does to equal ones.")
    return " ".join(remarks)
