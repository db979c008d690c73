"""The live pictures of a run: a fragment that draws the newest scene."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.figures import charts
from vae_explorer.figures import race as race_figures
from vae_explorer.jobs.background import Background
from vae_explorer.jobs.job import Job
from vae_explorer.results.history import ProbeImages
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.scene import Panel, Scene, scene_at
from vae_explorer.results.snapshot import BIN_EDGES, LAYER_VALUES, Snapshot
from vae_explorer.study.latent import PATH_LABELS
from vae_explorer.study.tsne import tsne_in_a_process
from vae_explorer.ui.shared import steady
from vae_explorer.ui.shared.downloads import figure_button
from vae_explorer.ui.shared.live_figure import live_figure
from vae_explorer.ui.shared.mosaic import image_rows
from vae_explorer.ui.shared.path_ends import choose_path_ends
from vae_explorer.ui.shared.preview import no_activation
from vae_explorer.ui.shared.status import REFRESH_SECONDS, status

_MOST_NOTICES = 10  # of a run: VAEs that diverged, and what is not as asked for
_MOST_SHOWN = 6  # members with pictures of their own; the loss chart shows all
_TSNE_REST_SECONDS = 4.0  # between two of them while training goes on


def view(job: Job, shown_state: str) -> None:
    """Draws the run, again and again while something new may come.

    `shown_state` is that of the run when the buttons above were drawn.
    """
    changing = job.is_live or _tsne().is_busy
    every = REFRESH_SECONDS if changing else None
    st.fragment(_draw, run_every=every)(job, changing, shown_state)


def _draw(job: Job, changing: bool, shown_state: str) -> None:
    status(job)
    if job.record is None or not job.record.history:
        st.skeleton(height=460)
    else:
        _pictures(job, job.record)
    steady.end(_MOST_NOTICES)
    if shown_state != job.state or changing != (job.is_live or _tsne().is_busy):
        st.rerun()  # buttons and the timer depend on the state, and are outside this fragment


def _pictures(job: Job, record: RaceRecord) -> None:
    no_activation(job.experiment)
    scene = scene_at(record.experiment, record.history)
    panels = scene.panels()[:_MOST_SHOWN]
    if len(scene.arms) > len(panels):
        st.caption(
            f"Latent spaces and images are those of the first {len(panels)} of {len(scene.arms)} "
            "activations; curves, histograms and gradients show all."
        )
    left, right = st.columns([5, 7])
    with left:
        _losses(job, scene)
        steady.end(1)
    with right:
        _latents(job, record.probe, panels)
        steady.end(2)
    left, right = st.columns(2)
    with left:
        _reconstructions(job, record.probe, panels)
    with right:
        _paths(job, record, panels)
    _layers(job, record.probe, scene)


def _figure(job: Job, figure: go.Figure, key: str, alt: str) -> None:
    """A live figure; once the run is at rest, with its page to download."""
    live_figure(figure, key, alt)
    if not job.is_live:
        figure_button(figure, alt, alt)


def _losses(job: Job, scene: Scene) -> None:
    quantity = st.segmented_control(
        "Curves",
        list(charts.QUANTITIES),
        default="loss",
        required=True,
        format_func=lambda name: charts.QUANTITIES[name].partition(" (")[0],
        label_visibility="collapsed",
        key="curves",
    )
    newest = scene.snapshots[-1]
    figure = charts.loss_curves(
        newest.curves,
        job.experiment.members,
        quantity,
        epochs=newest.epochs,
        frozen=scene.frozen,
        height=320,  # of a row of latent spaces
    )
    _figure(job, figure, "chart.losses", "Loss curves of every member")


def _latents(job: Job, probe: ProbeImages, panels: Sequence[Panel]) -> None:
    views = ["Latent space"] if job.experiment.latent <= 2 else ["Principal axes", "t-SNE"]
    chosen = st.segmented_control(
        "Latent view",
        views,
        default=views[0],
        required=True,
        label_visibility="collapsed",
        key="latent_view",
    )
    if chosen == "t-SNE":
        points = _embedded(job, panels)
        if points is None:
            return
        figure = race_figures.embedded(panels, points, probe.labels, job.experiment)
    else:
        figure = race_figures.latents(panels, probe.labels, job.experiment, align=False)
    _figure(job, figure, "chart.latents", "Test images in the latent space, coloured by class")


def _embedded(job: Job, panels: Sequence[Panel]) -> np.ndarray | None:
    """The newest t-SNE (M, P, 2); None, with something in its place, while there is none."""
    work, step = _tsne(), panels[0].snapshot.step
    means = np.stack([panel.snapshot.latent_mean[panel.row] for panel in panels])
    compute = partial(tsne_in_a_process, means, job.experiment.seed)
    work.ask((job.token, step), compute, hurry=not job.is_live)
    if work.key is None or work.key[0] != job.token:
        st.skeleton(height=300)
        return None
    if isinstance(work.answer, Exception):
        st.error(str(work.answer), icon=":material/error:")
        return None
    if work.key[1] != step:
        st.caption(f"As of step {work.key[1]:,}; a newer t-SNE is on its way.")
    return work.answer


def _tsne() -> Background:
    return st.session_state.setdefault("tsne", Background(_TSNE_REST_SECONDS))


def _reconstructions(job: Job, probe: ProbeImages, panels: Sequence[Panel]) -> None:
    count = probe.shown // 2
    rows = [panel.snapshot.reconstructions[panel.row, :count] for panel in panels]
    what = "Test images and their reconstructions"
    image_rows(panels, rows, _image_shape(job), what, probe.images[:count])


def _paths(job: Job, record: RaceRecord, panels: Sequence[Panel]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "Path",
            list(PATH_LABELS),
            default="linear",
            required=True,
            format_func=PATH_LABELS.__getitem__,
            label_visibility="collapsed",
            key="path_kind",
        )
        if choose_path_ends(job, record.probe, "train"):
            panels = scene_at(record.experiment, record.history).panels()[: len(panels)]
    rows = [getattr(panel.snapshot, f"path_{kind}")[panel.row] for panel in panels]
    what = f"Images along a {kind} path between two test images"
    image_rows(panels, rows, _image_shape(job), what)


def _image_shape(job: Job) -> tuple[int, int]:
    return DATASETS[job.experiment.dataset].image_shape


def _layers(job: Job, probe: ProbeImages, scene: Scene) -> None:
    newest, members = scene.snapshots[-1], job.experiment.members
    if newest.layers:
        _histograms(job, newest)
    else:
        st.info("These VAEs have no hidden layers.", icon=":material/info:")
    left, right = st.columns(2)
    with left:
        figure = charts.gradient_norms(
            newest.gradient_layers, newest.gradient_norms, members, height=300
        )
        _figure(job, figure, "chart.gradients", "Gradient norm by layer")
        steady.end(1)
    with right:
        st.caption(
            "**Histograms** count the values of all units of a hidden layer on "
            f"{len(probe.labels)} test images; heights are square roots of counts. A *dead* "
            "unit is flat on every one of them, so that nothing passes back through it; a "
            "*saturated* one is nearly flat on nearly all.\n\n"
            "**Gradient norm** is how hard the last mini-batch pulled at the weights of a layer. "
            "Where it is far smaller near the input than near the output, it vanishes on its way "
            "back."
        )


def _histograms(job: Job, snapshot: Snapshot) -> None:
    quantity = st.segmented_control(
        "Histograms of",
        list(LAYER_VALUES),
        default="output",
        required=True,
        format_func=LAYER_VALUES.__getitem__,
        label_visibility="collapsed",
        key="histograms",
    )
    functions = None
    if quantity == "pre_activation" and job.ready is not None:
        functions = {name: (BIN_EDGES, values) for name, values in job.ready.functions.items()}
    figure = charts.activation_histograms(
        snapshot.layers, job.experiment.members, quantity, functions=functions
    )
    _figure(job, figure, "chart.layers", "Histograms of every hidden layer")
