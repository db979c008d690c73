"""Projections: the test images' codes from several sides, coloured by class or by cost."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from vae_explorer.experiment.settings import facts
from vae_explorer.figures import charts
from vae_explorer.jobs.background import Background
from vae_explorer.study.latent import plane
from vae_explorer.study.pictures import principal_projection
from vae_explorer.study.tsne import tsne_in_a_process
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.model import LoadedModel
from vae_explorer.ui.explore.view import View
from vae_explorer.ui.explore.widgets import choice, start
from vae_explorer.ui.shared.downloads import kept_figure

_PROJECTIONS = facts(View, "projection")["choices"]
_COLOURS = facts(View, "colour")["choices"]
_SEED = 0
_REFRESH_SECONDS = 0.5
# A t-SNE takes a core; of all sessions together so many run at once, the others wait.
_TURNS = threading.BoundedSemaphore(2)


def projections(model: LoadedModel) -> None:
    """Draws the section, again and again while a t-SNE is on its way."""
    # What the widgets begin as is known before they are drawn, and so whether there is a t-SNE to
    # wait for: a rerun right after the first drawing would lose what they were set to.
    start("explore.projection", allowed=list(_kinds(model)))
    if st.session_state["explore.projection"] == "tsne":
        _ask_for_embedding(model)
    busy = _work().is_busy
    st.fragment(_draw, run_every=_REFRESH_SECONDS if busy else None)(model, busy)


def _kinds(model: LoadedModel) -> dict[str, str]:
    """The projections that there are: more than two dimensions are not shown as they are."""
    direct = model.population.latent <= 2
    return {kind: name for kind, name in _PROJECTIONS.items() if direct or kind != "direct"}


def _draw(model: LoadedModel, timed: bool) -> None:
    st.markdown(
        "Look for classes that keep apart, and for images between them: they cost the most to "
        "reconstruct."
    )
    with st.container(horizontal=True, gap="medium"):
        kind = choice("projection", _kinds(model))
        axes = choice("axes", {2: "2-D", 3: "3-D"})
        colour = choice("colour")
    if kind == "tsne":
        drawn = _embedding_of_all(model)
        if drawn is None:
            st.skeleton(height=400)
        else:
            _show(model, kind, axes, colour, drawn)
    else:
        _show(model, kind, axes, colour, None)
    state.remember()
    if _work().is_busy != timed:
        st.rerun()  # the timer is outside of this fragment


def _show(
    model: LoadedModel, kind: str, axes: int, colour: str, embedded: np.ndarray | None
) -> None:
    """The figure, and a caption where it leaves something out."""
    figure = _figure(model, kind, axes, colour, embedded)
    what = "class" if colour == "class" else _in_a_sentence(colour)
    name = _PROJECTIONS[kind]
    kept_figure(
        figure,
        # A zoom belongs to one plane, whatever its points are coloured by.
        f"explore.chart.{model.dataset.info.name}.{model.population.latent}.{kind}.{axes}",
        f"{len(model.labels)} test images, {name} of each VAE, coloured by {what}",
        f"{name} by {what}",
    )
    st.caption(" ".join(_remarks(model, kind, axes, colour)))


def _remarks(model: LoadedModel, kind: str, axes: int, colour: str) -> list[str]:
    count, all_of_them = len(model.labels), len(model.dataset.test.labels)
    remarks = [
        f"All {count:,} test images."
        if count == all_of_them
        else f"{count:,} of {all_of_them:,} test images, drawn at random."
    ]
    if axes == 3 and len(model.members) > charts.MOST_SPACES:
        remarks.append(f"The first {charts.MOST_SPACES} of {len(model.members)} VAEs are shown.")
    if axes == 3 and (kind != "pca" or model.population.latent < 3):
        remarks.append(f"Upright: {_in_a_sentence(_height(colour))} in nats.")
    if "reconstruction" in (colour, _height(colour) if axes == 3 else ""):
        remarks.append("Errors are those of the posterior's mean, z = μ.")
    if colour != "class":
        remarks.append("All VAEs share one scale; the highest 1 % have its last colour.")
    if kind == "tsne":
        remarks.append("t-SNE keeps neighbours together; distances between groups mean little.")
    return remarks


def _figure(
    model: LoadedModel, kind: str, axes: int, colour: str, embedded: np.ndarray | None
) -> go.Figure:
    count = len(model.members)
    values = None if colour == "class" else getattr(model.codes, colour)
    shown = range(min(count, charts.MOST_SPACES) if axes == 3 else count)
    points, titles, notes = _points(model, kind, axes, shown, embedded)
    if axes == 2:
        scatter = (
            partial(charts.latent_scatter, points, model.labels, model.members, model.class_names)
            if values is None
            else partial(
                charts.value_scatter,
                points,
                values,
                [model.class_names[label] for label in model.labels],
                model.members,
                _COLOURS[colour],
            )
        )
        return scatter(
            (titles[0], titles[1]),
            prior=kind == "direct" and model.population.latent == 2,
            panel_height=430 if count <= charts.MOST_SPACES else 262,
            notes=notes,
        )
    upright = points.shape[2] == 2
    if upright:  # the third axis is what the images cost
        third = getattr(model.codes, _height(colour))[: len(shown), :, None]
        points = np.concatenate([points, third], axis=2)
        titles = (*titles[:2], "")  # the caption names it: there is no room
    return charts.latent_space(
        points,
        model.labels,
        model.members,
        model.class_names,
        (titles[0], titles[1], titles[2]),
        values=values,
        quantity="" if colour == "class" else _COLOURS[colour],
        upright=upright,
        notes=notes,
    )


def _in_a_sentence(quantity: str) -> str:
    name = _COLOURS[quantity]
    return name if name.startswith("KL") else name.lower()


def _height(colour: str) -> str:
    """What stands upright in a space where codes have two axes."""
    return "kl" if colour == "kl" else "reconstruction"


def _points(
    model: LoadedModel,
    kind: str,
    axes: int,
    shown: Sequence[int],
    embedded: np.ndarray | None,
) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    """Points (K, N, 2 or 3), the axes' titles, and a note on each member."""
    mean, log_variance = model.codes.mean, model.codes.log_variance
    if kind == "tsne":
        assert embedded is not None
        return embedded[list(shown)], ("", "", ""), []
    if kind == "direct" or mean.shape[2] == 1:
        planes = [plane(mean[k], log_variance[k]) for k in shown]
        return np.stack([points for points, _ in planes]), planes[0][1], []
    found = [principal_projection(mean[k], axes) for k in shown]
    notes = [f"{p.shares.sum():.0%} of the variance".replace("%", " %") for p in found]
    name = "principal axis" if axes == 2 else "axis"  # a space has little room for it
    titles = tuple(f"{name} {i + 1}" for i in range(axes))
    return np.stack([p.points for p in found]), titles, notes


# --- t-SNE ---


def _work() -> Background:
    return st.session_state.setdefault("explore_tsne", Background())


@st.cache_resource(max_entries=16, show_spinner=False)
def _embeddings(key: Hashable) -> dict[int, np.ndarray]:
    """The t-SNE (N, 2) of each member so far; a thread fills it, for all sessions."""
    return {}


def _ask_for_embedding(model: LoadedModel) -> None:
    """Starts what is missing, in a thread, if nothing runs."""
    found = _embeddings(model.key)
    if len(found) < len(model.members):
        _work().ask(model.key, partial(_embed, model.codes.mean, found))


def _embedding_of_all(model: LoadedModel) -> np.ndarray | None:
    """(K, N, 2); None, with its progress in its place, while there is none."""
    _ask_for_embedding(model)
    found, work = _embeddings(model.key), _work()
    count = len(model.members)
    if len(found) == count:
        return np.stack([found[k] for k in range(count)])
    if work.key == model.key and isinstance(work.answer, Exception):
        st.error(str(work.answer), icon=":material/error:")
    else:
        done = f"{len(found)} of {count} VAEs done" if count > 1 else "a few seconds"
        st.progress(len(found) / count, f"t-SNE of {model.codes.mean.shape[1]:,} images: {done}")
    return None


def _embed(mean: np.ndarray, found: dict[int, np.ndarray]) -> None:
    """Fills `found` with what it lacks, for codes (K, N, L)."""
    for k, points in enumerate(mean):
        if k not in found:
            with _TURNS:
                found[k] = tsne_in_a_process(points[None], _SEED)[0]
