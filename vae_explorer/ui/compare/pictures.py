"""Side by side: the same images, the same draws and the same axes for every arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import plotly.graph_objects as go
import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.experiment.settings import facts
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.images import sheet
from vae_explorer.figures.style import activation_style
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.scene import Panel, Scene
from vae_explorer.results.snapshot import LAYER_VALUES
from vae_explorer.study.latent import PATH_LABELS
from vae_explorer.ui.compare import state
from vae_explorer.ui.compare.shown import PAGE, shown_job
from vae_explorer.ui.compare.view import RaceView
from vae_explorer.ui.shared import steady
from vae_explorer.ui.shared.live_figure import live_figure
from vae_explorer.ui.shared.mosaic import image_rows, squares
from vae_explorer.ui.shared.path_ends import choose_path_ends

_SQUARE = 512  # px about which a square of images is wide: crisp at any size on the page
_MOST_ELEMENTS = 13  # of a kind: a row of choices, and a figure for each shape
_MOST_SHOWN = 12  # arms side by side, unless others are chosen


def side_by_side(shown: RaceRecord, scene: Scene, index: int) -> None:
    """Draws one kind of picture of the chosen arms; `index` is the place in the history."""
    kind = st.segmented_control(
        "Side by side",
        list(_KINDS),
        required=True,
        format_func=facts(RaceView, "pictures")["choices"].__getitem__,
        label_visibility="collapsed",
        **state.widget("pictures"),
    )
    keys = _chosen(shown)
    panels = scene.panels(keys)
    if panels:
        _KINDS[kind](shown, panels, index)
    else:
        st.caption("Choose at least one of those that race.")
    steady.end(_MOST_ELEMENTS)


def _chosen(shown: RaceRecord) -> tuple[str, ...]:
    """Which arms: all, where there is room for them."""
    labels = {arm.key: arm.label for arm in shown.arms}
    if len(labels) <= _MOST_SHOWN:
        return tuple(labels)
    state = st.session_state
    kept = [key for key in state.get("compare.arms", []) if key in labels]
    state["compare.arms"] = kept or list(labels)[:_MOST_SHOWN]
    return tuple(
        st.multiselect(
            "Arms",
            list(labels),
            format_func=labels.__getitem__,
            label_visibility="collapsed",
            key="compare.arms",
            persist_state="session",
        )
    )


def _latents(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    align = st.toggle(
        "Turn each towards the first",
        **state.widget("aligned"),
        help="Where a VAE puts its axes is luck. Rotations and reflections that bring the same "
        "images closest (Procrustes) leave only the differences that mean something. Alike says "
        "how much of one is found in the first.",
    )
    live_figure(
        race_figures.latents(panels, shown.probe.labels, shown.experiment, align),
        "chart.race_latents",
        "The same test images in the latent space of "
        + ", ".join(panel.arm.label for panel in panels),
    )


def _manifold(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    st.caption("A grid over the latent plane, decoded: what lies where, and how it changes.")
    _image_panels(shown, panels, "manifold", 8)


def _samples(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    st.caption("The same twenty draws of the prior, decoded by each.")
    rows = [p.snapshot.samples[p.row] for p in panels]
    image_rows(panels, rows, _image_shape(shown), "Draws of the prior, decoded")


def _reconstructions(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    originals = shown.probe.images[: shown.probe.shown]
    rows = [p.snapshot.reconstructions[p.row] for p in panels]
    what = "Test images and their reconstructions"
    image_rows(panels, rows, _image_shape(shown), what, originals)


def _interpolation(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "Path",
            list(PATH_LABELS),
            required=True,
            format_func=PATH_LABELS.__getitem__,
            label_visibility="collapsed",
            **state.widget("way"),
        )
        job = shown_job()  # a saved race has paths, and no process to draw others
        if job is not None and choose_path_ends(job, shown.probe, PAGE):
            st.rerun(scope="fragment")
    rows = [getattr(p.snapshot, f"path_{kind}")[p.row] for p in panels]
    what = f"Images along a {kind} path between two test images"
    image_rows(panels, rows, _image_shape(shown), what)


def _histograms(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    _figures(
        race_figures.histograms(panels, _value_kind()),
        "chart.race_layers",
        "Histograms of every hidden layer",
    )


def _figures(figures: Iterable[go.Figure], key: str, alt: str) -> None:
    """One below the other; several where arms differ in shape."""
    count = 0
    for figure in figures:
        live_figure(figure, f"{key}.{count}", alt)
        count += 1
    if not count:
        st.caption("There is no hidden layer.")


def _value_kind() -> str:
    return st.segmented_control(
        "Histograms of",
        list(LAYER_VALUES),
        required=True,
        format_func=LAYER_VALUES.__getitem__,
        label_visibility="collapsed",
        **state.widget("histogram"),
    )


def _over_training(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    """One layer of each arm: how its values moved, so that death and saturation are seen."""
    names = race_figures.layer_names(panels)
    if not names:
        st.caption("There is no hidden layer.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        layer = st.selectbox(
            "Layer", names, label_visibility="collapsed", key="compare.layer", width=160
        )
        quantity = _value_kind()
    _figures(
        race_figures.values_over_training(panels, shown.history, index, layer, quantity),
        "chart.race_over_training",
        f"Values in {layer} through training",
    )


def _gradients(shown: RaceRecord, panels: Sequence[Panel], index: int) -> None:
    _figures(
        race_figures.gradients_over_training(panels, shown.history, index, shown.experiment),
        "chart.race_gradients",
        "Gradient norm of each layer through training",
    )


def _image_shape(shown: RaceRecord) -> tuple[int, int]:
    return DATASETS[shown.experiment.dataset].image_shape


def _image_panels(shown: RaceRecord, panels: Sequence[Panel], name: str, columns: int) -> None:
    """A square of images an arm, side by side."""
    shape = _image_shape(shown)
    scale = max(1, round(_SQUARE / (shape[1] * columns)))
    line = 2 if shape[0] < 16 else 0  # digits of 8 pixels would run into each other
    squares(
        [
            sheet(getattr(panel.snapshot, name)[panel.row], shape, columns, scale, line)
            for panel in panels
        ],
        [panel.arm.label for panel in panels],
        [activation_style(panel.arm.activation_key).colour for panel in panels],
        "images decoded on a grid over the latent plane",
    )


_KINDS: dict[str, Callable[[RaceRecord, Sequence[Panel], int], None]] = {
    "latents": _latents,
    "manifold": _manifold,
    "reconstructions": _reconstructions,
    "interpolation": _interpolation,
    "samples": _samples,
    "histograms": _histograms,
    "values": _over_training,
    "gradients": _gradients,
}
