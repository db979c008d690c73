"""The live pictures of a run: a fragment that draws the newest snapshot."""

from __future__ import annotations

import base64
import html
from functools import partial

import numpy as np
import streamlit as st

from vae_explorer.background import Background
from vae_explorer.data import DATASETS
from vae_explorer.latent import plane, tsne
from vae_explorer.pipe import Ready
from vae_explorer.runs import Run
from vae_explorer.snapshot import BIN_EDGES, Snapshot
from vae_explorer.ui import charts, images
from vae_explorer.ui.style import activation_style

_REFRESH_SECONDS = 0.9
_MOST_SHOWN = 6  # members with pictures of their own; the loss chart shows all
_MOSAIC_STYLE = """<style>
.mosaic { display: flex; gap: 0.5rem; }
.mosaic div { display: flex; flex-direction: column; font-size: 0.85rem; text-align: right; }
.mosaic span { flex: 1; display: flex; align-items: center; justify-content: flex-end; }
.mosaic img { flex: 1; min-width: 0; image-rendering: pixelated; align-self: flex-start; }
</style>"""
_TSNE_REST_SECONDS = 4.0  # between two of them while training goes on


def view(run: Run) -> None:
    """Draws the run, again and again while something new may come."""
    changing = run.is_live or _tsne().is_busy
    st.fragment(_draw, run_every=_REFRESH_SECONDS if changing else None)(run, changing)


def _draw(run: Run, changing: bool) -> None:
    _status(run)
    if run.ready is None or run.snapshot is None:
        st.skeleton(height=460)
    else:
        _pictures(run, run.ready, run.snapshot)
    if st.session_state.get("drawn_state") != run.state or changing != (
        run.is_live or _tsne().is_busy
    ):
        # Buttons and the timer depend on the state, and are outside this fragment.
        st.session_state.drawn_state = run.state
        st.rerun()


def _status(run: Run) -> None:
    """Progress, speed and time left in one line, and sentences on what went wrong."""
    snapshot = run.snapshot
    if snapshot is not None:
        st.progress(min(1.0, snapshot.step / snapshot.steps), text=_progress_text(run, snapshot))
        for freeze in snapshot.frozen:
            label = run.experiment.members[freeze.member].label
            st.warning(f"**{label}** diverged and is frozen. {freeze.reason}", icon="❄️")
    elif run.state != "failed":
        st.progress(0.0, text=run.progress or "Starting PyTorch in a process of its own…")
    if run.notice:
        st.warning(run.notice, icon=":material/info:")
    if run.error:
        st.error(run.error, icon=":material/error:")


def _progress_text(run: Run, snapshot: Snapshot) -> str:
    count = len(run.experiment.members)
    parts = [f"Epoch {snapshot.epoch:.1f} of {snapshot.epochs}"]
    if snapshot.images_per_second:
        each = f" through each of {count} VAEs" if count > 1 else ""
        parts.append(f"{snapshot.images_per_second:,.0f} images/s{each}")
    if snapshot.finished:
        parts.append(f"trained in {snapshot.seconds:.1f} s")
    elif run.state != "running":
        parts.append(run.state)
    elif snapshot.step:
        left = snapshot.wall_seconds * (snapshot.steps - snapshot.step) / snapshot.step
        parts.append(f"{left:.0f} s left")
    if snapshot.precision != "float32":
        parts.append("matrix products in bfloat16")
    return " · ".join(parts)


def _pictures(run: Run, ready: Ready, snapshot: Snapshot) -> None:
    shown = _shown_members(run)
    left, right = st.columns([5, 7])
    with left:
        _losses(run, snapshot)
    with right:
        _latents(run, ready, snapshot, shown)
    left, right = st.columns(2)
    with left:
        _reconstructions(run, ready, snapshot, shown)
    with right:
        _paths(run, ready, snapshot, shown)
    _layers(run, ready, snapshot, shown)


def _shown_members(run: Run) -> list[int]:
    """The first seed of each activation, as many as there is room for."""
    first: dict[str, int] = {}
    for index, member in enumerate(run.experiment.members):
        first.setdefault(member.activation_key, index)
    return list(first.values())[:_MOST_SHOWN]


def _losses(run: Run, snapshot: Snapshot) -> None:
    quantity = st.segmented_control(
        "Curves",
        list(charts.QUANTITIES),
        default="loss",
        format_func={"loss": "Loss", "reconstruction": "Reconstruction", "kl": "KL"}.get,
        label_visibility="collapsed",
        key="curves",
    )
    st.plotly_chart(
        charts.loss_curves(
            snapshot.curves,
            run.experiment.members,
            quantity or "loss",
            epochs=snapshot.epochs,
            frozen=snapshot.frozen,
            height=300,
        ),
        key="chart.losses",
    )


def _latents(run: Run, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
    members = [run.experiment.members[k] for k in shown]
    planes = [plane(snapshot.latent_mean[k], snapshot.latent_log_variance[k]) for k in shown]
    points, titles = np.stack([p for p, _ in planes]), planes[0][1]
    direct = run.experiment.latent <= 2
    views = ["Latent space"] if direct else ["Principal axes", "t-SNE"]
    chosen = st.segmented_control(
        "Latent view", views, default=views[0], label_visibility="collapsed", key="latent_view"
    )
    if chosen == "t-SNE":
        ask = [snapshot.latent_mean[k] for k in shown]
        key = (run.process_id, snapshot.step)
        _tsne().ask(key, partial(_embed, ask, run.experiment.seed), hurry=not run.is_live)
        if _tsne().key is None or _tsne().key[0] != run.process_id:
            st.skeleton(height=300)
            return
        points, titles = _tsne().answer, ("", "")
    st.plotly_chart(
        charts.latent_scatter(
            points,
            ready.probe_labels,
            members,
            DATASETS[run.experiment.dataset].class_names,
            titles,
            prior=direct and run.experiment.latent == 2,
            panel_height=250,
        ),
        key="chart.latents",
    )


def _embed(codes: list[np.ndarray], seed: int) -> np.ndarray:
    """(K, P, 2)"""
    return np.stack([tsne(np.nan_to_num(code), seed) for code in codes])


def _tsne() -> Background:
    return st.session_state.setdefault("tsne", Background(_TSNE_REST_SECONDS))


def _colours(run: Run, shown: list[int]) -> list[str]:
    return [activation_style(run.experiment.members[k].activation_key).colour for k in shown]


def _reconstructions(run: Run, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
    count = ready.shown // 2
    _mosaic(
        images.reconstruction_grid(
            ready.probe_images[:count],
            snapshot.reconstructions[shown, :count],
            DATASETS[run.experiment.dataset].image_shape,
            colours=_colours(run, shown),
        ),
        ["Test images", *_labels(run, shown)],
        "Test images above the reconstructions of each activation",
    )


def _paths(run: Run, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
    _mosaic(
        images.path_grid(
            snapshot.path_linear[shown],
            DATASETS[run.experiment.dataset].image_shape,
            colours=_colours(run, shown),
        ),
        _labels(run, shown),
        "Images decoded along the way between two test images, a row for each activation",
    )


def _labels(run: Run, shown: list[int]) -> list[str]:
    return [run.experiment.members[k].label for k in shown]


def _mosaic(png: bytes, rows: list[str], description: str) -> None:
    """A mosaic with its rows' names beside it.

    The picture is part of the message: one that the browser fetches later may be gone by then,
    replaced by the next.
    """
    names = "".join(f"<span>{html.escape(name)}</span>" for name in rows)
    source = base64.b64encode(png).decode()
    st.html(
        f'<div class="mosaic"><div>{names}</div>'
        f'<img alt="{html.escape(description)}" src="data:image/png;base64,{source}"></div>'
        + _MOSAIC_STYLE
    )


def _layers(run: Run, ready: Ready, snapshot: Snapshot, shown: list[int]) -> None:
    members = run.experiment.members
    functions = {name: (BIN_EDGES, values) for name, values in ready.functions.items()}
    st.plotly_chart(
        charts.activation_histograms(snapshot.layers, members, "output", functions=functions),
        key="chart.layers",
    )
    st.plotly_chart(
        charts.gradient_norms(snapshot.gradient_layers, snapshot.gradient_norms, members),
        key="chart.gradients",
    )
