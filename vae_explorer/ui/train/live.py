"""The live pictures of a run: a fragment that draws the newest snapshot."""

from __future__ import annotations

from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.figures import charts, images
from vae_explorer.figures.style import activation_style
from vae_explorer.jobs.background import Background
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.pipe import Ready
from vae_explorer.results.snapshot import BIN_EDGES, LAYER_VALUES, Snapshot
from vae_explorer.study.latent import PATH_LABELS, plane
from vae_explorer.study.tsne import tsne_in_a_process
from vae_explorer.ui.shared.downloads import figure_button
from vae_explorer.ui.shared.live_figure import live_figure
from vae_explorer.ui.shared.mosaic import mosaic
from vae_explorer.ui.shared.path_ends import choose_path_ends
from vae_explorer.ui.shared.preview import no_activation
from vae_explorer.ui.shared.status import REFRESH_SECONDS, status

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
    if job.ready is None or job.snapshot is None:
        st.skeleton(height=460)
    else:
        _pictures(job, job.ready, job.snapshot)
    if shown_state != job.state or changing != (job.is_live or _tsne().is_busy):
        st.rerun()  # buttons and the timer depend on the state, and are outside this fragment


def _pictures(job: Job, ready: Ready, snapshot: Snapshot) -> None:
    no_activation(job.experiment)
    shown = _shown_members(job)
    count = len({member.activation_key for member in job.experiment.members})
    if count > len(shown):
        st.caption(
            f"Latent spaces and images are those of the first {len(shown)} of {count} activations; "
            "curves, histograms and gradients show all."
        )
    left, right = st.columns([5, 7])
    with left:
        _losses(job, snapshot)
    with right:
        _latents(job, ready, snapshot, shown)
    left, right = st.columns(2)
    with left:
        _reconstructions(job, ready, snapshot, shown)
    with right:
        _paths(job, ready, snapshot, shown)
    _layers(job, ready, snapshot)


def _figure(job: Job, figure: go.Figure, key: str, alt: str) -> None:
    """A live figure; once the run is at rest, with its page to download."""
    live_figure(figure, key, alt)
    if not job.is_live:
        figure_button(figure, alt, alt)


def _shown_members(job: Job) -> list[int]:
    """The first seed of each activation, as many as there is room for."""
    first: dict[str, int] = {}
    for index, member in enumerate(job.experiment.members):
        first.setdefault(member.activation_key, index)
    return list(first.values())[:_MOST_SHOWN]


def _losses(job: Job, snapshot: Snapshot) -> None:
    quantity = st.segmented_control(
        "Curves",
        list(charts.QUANTITIES),
        default="loss",
        required=True,
        format_func=lambda name: "KL" if name == "kl" else name.capitalize(),
        label_visibility="collapsed",
        key="curves",
    )
    _figure(
        job,
        charts.loss_curves(
            snapshot.curves,
            job.experiment.members,
            quantity,
            epochs=snapshot.epochs,
            frozen=snapshot.frozen,
            height=300,
        ),
        "chart.losses",
        "Loss curves of every member",
    )


def _latents(job: Job, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
    members = [job.experiment.members[k] for k in shown]
    planes = [plane(snapshot.latent_mean[k], snapshot.latent_log_variance[k]) for k in shown]
    points, titles = np.stack([p for p, _ in planes]), planes[0][1]
    direct = job.experiment.latent <= 2
    views = ["Latent space"] if direct else ["Principal axes", "t-SNE"]
    chosen = st.segmented_control(
        "Latent view",
        views,
        default=views[0],
        required=True,
        label_visibility="collapsed",
        key="latent_view",
    )
    if chosen == "t-SNE":
        embedded = _embedded(job, snapshot, shown)
        if embedded is None:
            return
        points, titles = embedded, ("", "")
    _figure(
        job,
        charts.latent_scatter(
            points,
            ready.probe.labels,
            members,
            DATASETS[job.experiment.dataset].class_names,
            titles,
            prior=direct and job.experiment.latent == 2,
            panel_height=250,
        ),
        "chart.latents",
        "Test images in the latent space, coloured by class",
    )


def _embedded(job: Job, snapshot: Snapshot, shown: list[int]) -> np.ndarray | None:
    """The newest t-SNE (K, P, 2); None, with something in its place, while there is none."""
    work = _tsne()
    compute = partial(tsne_in_a_process, snapshot.latent_mean[shown], job.experiment.seed)
    work.ask((job.process_id, snapshot.step), compute, hurry=not job.is_live)
    if work.key is None or work.key[0] != job.process_id:
        st.skeleton(height=300)
        return None
    if isinstance(work.answer, Exception):
        st.error(str(work.answer), icon=":material/error:")
        return None
    if work.key[1] != snapshot.step:
        st.caption(f"As of step {work.key[1]:,}; a newer t-SNE is on its way.")
    return work.answer


def _tsne() -> Background:
    return st.session_state.setdefault("tsne", Background(_TSNE_REST_SECONDS))


def _colours(job: Job, shown: list[int]) -> list[str]:
    return [activation_style(job.experiment.members[k].activation_key).colour for k in shown]


def _reconstructions(job: Job, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
    count = ready.probe.shown // 2
    mosaic(
        images.reconstruction_grid(
            ready.probe.images[:count],
            snapshot.reconstructions[shown, :count],
            DATASETS[job.experiment.dataset].image_shape,
            colours=_colours(job, shown),
        ),
        ["Test images", *_labels(job, shown)],
        "Test images above the reconstructions of each activation",
    )


def _paths(job: Job, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
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
        if choose_path_ends(job, ready.probe, "train"):
            snapshot = job.snapshot or snapshot
    paths = snapshot.path_spherical if kind == "spherical" else snapshot.path_linear
    mosaic(
        images.path_grid(
            paths[shown],
            DATASETS[job.experiment.dataset].image_shape,
            colours=_colours(job, shown),
        ),
        _labels(job, shown),
        "Images decoded along the way between two test images, a row for each activation",
    )


def _labels(job: Job, shown: list[int]) -> list[str]:
    return [job.experiment.members[k].label for k in shown]


def _layers(job: Job, ready: Ready, snapshot: Snapshot) -> None:
    members = job.experiment.members
    if snapshot.layers:
        _histograms(job, ready, snapshot)
    else:
        st.info("These VAEs have no hidden layers.", icon=":material/info:")
    left, right = st.columns(2)
    with left:
        _figure(
            job,
            charts.gradient_norms(
                snapshot.gradient_layers, snapshot.gradient_norms, members, height=300
            ),
            "chart.gradients",
            "Gradient norm by layer",
        )
    with right:
        st.caption(
            "**Histograms** count the values of all units of a hidden layer on "
            f"{len(ready.probe.labels)} test images; heights are square roots of counts. A *dead* "
            "unit is flat on every image and learns no more; a *saturated* one is nearly flat on "
            "nearly all of them.\n\n"
            "**Gradient norm** is how hard the last mini-batch pulled at the weights of a layer. "
            "Where it is far smaller near the input than near the output, it vanishes on its way "
            "back."
        )


def _histograms(job: Job, ready: Ready, snapshot: Snapshot) -> None:
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
    if quantity == "pre_activation":
        functions = {name: (BIN_EDGES, values) for name, values in ready.functions.items()}
    _figure(
        job,
        charts.activation_histograms(
            snapshot.layers, job.experiment.members, quantity, functions=functions
        ),
        "chart.layers",
        "Histograms of every hidden layer",
    )
