"""Side by side: the same images, the same draws and the same axes for every arm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st

from vae_explorer import alignment
from vae_explorer.data import DATASETS
from vae_explorer.scene import Panel, Scene, film
from vae_explorer.snapshot import LayerView, Snapshot
from vae_explorer.ui import charts, images, session
from vae_explorer.ui.compare.shown import ShownRace
from vae_explorer.ui.figure import live_figure
from vae_explorer.ui.mosaic import mosaic, squares
from vae_explorer.ui.style import activation_style
from vae_explorer.ui.views.sheet import sheet

_SQUARE = 512  # px about which a square of images is wide: crisp at any size on the page
_MOST_SHOWN = 12  # arms side by side, unless others are chosen


def side_by_side(shown: ShownRace, scene: Scene, index: int) -> None:
    """Draws one kind of picture of the chosen arms; `index` is the place in the history."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "Side by side",
            list(_KINDS),
            default=next(iter(_KINDS)),
            required=True,
            label_visibility="collapsed",
            key="compare.kind",
            persist_state="session",
        )
    keys = _chosen(shown)
    panels = scene.panels(keys)
    if panels:
        _KINDS[kind](shown, panels, index)
    else:
        st.caption("Choose at least one of those that race.")


def _chosen(shown: ShownRace) -> tuple[str, ...]:
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


def latent_points(
    panels: Sequence[Panel], align: bool
) -> tuple[np.ndarray, tuple[str, str], list[str]]:
    """Points (M, P, 2), axis titles, and a note a panel on how alike it is to the first."""
    means = [panel.snapshot.latent_mean[panel.row] for panel in panels]
    log_variances = [panel.snapshot.latent_log_variance[panel.row] for panel in panels]
    points, titles = alignment.side_by_side(means, log_variances, align)
    notes = [""] * len(panels)
    if align and len(panels) > 1:
        notes = [
            f"{100 * alignment.likeness(mean, means[0]):.0f} % alike"
            if k and mean.shape == means[0].shape
            else ""
            for k, mean in enumerate(means)
        ]
    return points, titles, notes


def _latents(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    align = st.toggle(
        "Turn each towards the first",
        value=True,
        key="compare.align",
        persist_state="session",
        help="Where a VAE puts its axes is luck. Rotations and reflections that bring the same "
        "images closest (Procrustes) leave only the differences that mean something. Alike says "
        "how much of one is found in the first.",
    )
    points, titles, notes = latent_points(panels, align)
    members = [panel.member for panel in panels]
    live_figure(
        charts.latent_scatter(
            points,
            shown.probe.labels,
            members,
            DATASETS[shown.experiment.dataset].class_names,
            titles,
            prior=shown.experiment.latent == 2,
            panel_height=270,
            notes=notes if any(notes) else (),
        ),
        "chart.race_latents",
        "The same test images in the latent space of each",
    )


def _manifold(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    st.caption("A grid over the latent plane, decoded: what lies where, and how it changes.")
    _image_panels(shown, panels, "manifold", 8)


def _samples(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    st.caption("The same twenty draws of the prior, decoded by each.")
    _image_rows(shown, panels, [panel.snapshot.samples[panel.row] for panel in panels])


def _reconstructions(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    originals = shown.probe.images[: shown.probe.shown]
    rows = [originals, *(p.snapshot.reconstructions[p.row] for p in panels)]
    _image_rows(shown, panels, rows, first="Test images")


def _interpolation(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "Path",
            ["linear", "spherical"],
            default="linear",
            required=True,
            format_func=str.capitalize,
            label_visibility="collapsed",
            key="compare.path",
            persist_state="session",
        )
        if shown.run is not None:
            _ends(shown)
    _image_rows(shown, panels, [getattr(p.snapshot, f"path_{kind}")[p.row] for p in panels])


def _ends(shown: ShownRace) -> None:
    """The choice of the two images, which a race whose process is there can change."""
    names = DATASETS[shown.experiment.dataset].class_names
    labels = shown.probe.labels
    run = shown.run
    assert run is not None

    def name(image: int) -> str:
        return names[labels[image]] + (" (another)" if image >= len(names) else "")

    ends = [
        st.selectbox(
            f"Image to interpolate {place}",
            range(shown.probe.shown),
            index=run.path[place == "to"],
            format_func=name,
            label_visibility="collapsed",
            key=f"compare.path_{place}",
            width=150,
        )
        for place in ("from", "to")
    ]
    if tuple(ends) != run.path:
        session.tell(run, partial(run.choose_path, *ends))
        st.rerun(scope="fragment")


def _histograms(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    """Layers of arms of one depth, in one figure; of other depths in others."""
    quantity = _value_kind()
    by_depth: dict[tuple[str, ...], list[Panel]] = {}
    for panel in panels:
        names = tuple(layer.name for layer in panel.snapshot.layers)
        by_depth.setdefault(names, []).append(panel)
    for number, group in enumerate(by_depth.values()):
        live_figure(
            charts.activation_histograms(
                _layers(group), [panel.member for panel in group], quantity
            ),
            f"chart.race_layers.{number}",
            "Histograms of every hidden layer",
        )


def _layers(panels: Sequence[Panel]) -> list[LayerView]:
    """The layers of several snapshots as if they were of one, with a member a panel."""
    return [
        LayerView(
            name=layer.name,
            pre_activation=np.stack([p.snapshot.layers[i].pre_activation[p.row] for p in panels]),
            output=np.stack([p.snapshot.layers[i].output[p.row] for p in panels]),
            dead=np.array([p.snapshot.layers[i].dead[p.number] for p in panels]),
            saturated=np.array([p.snapshot.layers[i].saturated[p.number] for p in panels]),
        )
        for i, layer in enumerate(panels[0].snapshot.layers)
    ]


def _value_kind() -> str:
    return st.segmented_control(
        "Histograms of",
        ["output", "pre_activation"],
        default="output",
        required=True,
        format_func=lambda name: "Outputs" if name == "output" else "Pre-activations",
        label_visibility="collapsed",
        key="compare.histograms",
        persist_state="session",
    )


def _over_training(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    """One layer of each arm: how its values moved, so that death and saturation are seen."""
    names = list(dict.fromkeys(layer.name for p in panels for layer in p.snapshot.layers))
    if not names:
        st.caption("There is no hidden layer.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        layer = st.selectbox(
            "Layer", names, label_visibility="collapsed", key="compare.layer", width=160
        )
        quantity = _value_kind()
    having = [p for p in panels if layer in [each.name for each in p.snapshot.layers]]
    for number, group in _by_population(having).items():
        frames = film(group[0], shown.history, index)
        live_figure(
            charts.histograms_over_training(
                np.stack([_counts(frames, layer, quantity)[:, p.row] for p in group]),
                np.array([snapshot.epoch for snapshot in frames]),
                [panel.arm.label for panel in group],
                keys=[panel.arm.activation_key for panel in group],
                value_label="Output" if quantity == "output" else "Pre-activation",
                whole=shown.experiment.epochs,
            ),
            f"chart.race_over_training.{number}",
            f"Values in {layer} through training",
        )


def _by_population(panels: Sequence[Panel]) -> dict[int, list[Panel]]:
    """Panels whose snapshots are of the same times."""
    groups: dict[int, list[Panel]] = {}
    for panel in panels:
        groups.setdefault(panel.snapshot.population, []).append(panel)
    return groups


def _counts(frames: Sequence[Snapshot], name: str, quantity: str) -> np.ndarray:
    """(T, M, B) of one layer."""
    return np.stack(
        [
            next(getattr(layer, quantity) for layer in snapshot.layers if layer.name == name)
            for snapshot in frames
        ]
    )


def _gradients(shown: ShownRace, panels: Sequence[Panel], index: int) -> None:
    members = shown.experiment.members
    for number, group in _by_population(panels).items():
        frames = film(group[0], shown.history, index)
        first = min(panel.arm.rows[0] - panel.number for panel in group)
        rows = [row for panel in group for row in panel.arm.rows]
        live_figure(
            charts.gradients_over_training(
                np.array([snapshot.epoch for snapshot in frames]),
                np.stack([s.gradient_norms[[row - first for row in rows]] for s in frames]),
                group[0].snapshot.gradient_layers,
                [members[row] for row in rows],
                whole=shown.experiment.epochs,
            ),
            f"chart.race_gradients.{number}",
            "Gradient norm of each layer through training",
        )


def _image_rows(
    shown: ShownRace, panels: Sequence[Panel], rows: Sequence[np.ndarray], first: str = ""
) -> None:
    """A row an arm of images (N, D), under a first one of the images themselves."""
    colours = [activation_style(panel.arm.activation_key).colour for panel in panels]
    mosaic(
        images.path_grid(
            np.stack(rows),
            DATASETS[shown.experiment.dataset].image_shape,
            colours=["", *colours] if first else colours,
        ),
        [*([first] if first else []), *(panel.arm.label for panel in panels)],
        "Images, a row for each activation",
    )


def _image_panels(shown: ShownRace, panels: Sequence[Panel], name: str, columns: int) -> None:
    """A square of images an arm, side by side."""
    shape = DATASETS[shown.experiment.dataset].image_shape
    scale = max(1, round(_SQUARE / (shape[1] * columns)))
    squares(
        [
            sheet(getattr(panel.snapshot, name)[panel.row], shape, columns, scale)
            for panel in panels
        ],
        [panel.arm.label for panel in panels],
        [activation_style(panel.arm.activation_key).colour for panel in panels],
        "images decoded on a grid over the latent plane",
    )


_KINDS: dict[str, Callable[[ShownRace, Sequence[Panel], int], None]] = {
    "Latent space": _latents,
    "Manifold": _manifold,
    "Reconstructions": _reconstructions,
    "Interpolation": _interpolation,
    "Samples": _samples,
    "Histograms": _histograms,
    "Values over time": _over_training,
    "Gradients over time": _gradients,
}
