"""Figures of a race at one place of its history, for the page and for the report alike.

They choose the arrays; `charts` draws them. None needs Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import plotly.graph_objects as go

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import INITS, SWEEPS
from vae_explorer.explain.standing import Standing
from vae_explorer.figures import charts
from vae_explorer.results.history import History
from vae_explorer.results.race import QUANTITIES
from vae_explorer.results.scene import Panel, Scene, film
from vae_explorer.results.snapshot import LayerView, Snapshot
from vae_explorer.results.tuning import Tuning
from vae_explorer.study import alignment

_MOST_WITH_ALL_DOTS = 6  # panels
HEIGHT = 356  # px, of the figures that stand beside the leaderboard


def curves(
    scene: Scene,
    quantity: str = "loss",
    overlay: Scene | None = None,
    height: int = HEIGHT,
    legend: bool = True,
) -> go.Figure:
    """Every seed's test loss and each arm's mean; `quantity` as in `charts.QUANTITIES`."""
    return charts.race_curves(
        scene.lines(quantity),
        scene.arms,
        quantity_label=charts.QUANTITIES[quantity],
        epochs=scene.experiment.epochs,
        frozen=scene.frozen,
        overlay=None if overlay is None else (overlay.lines(quantity), overlay.arms),
        height=height,
        legend=legend,
    )


def sweep(standing: Standing, sweep: str, quantity: str) -> go.Figure:
    """One of `QUANTITIES` against the swept setting."""
    about = QUANTITIES[quantity]
    return charts.sweep_lines(
        standing.arms,
        standing.values * about.factor,
        sweep,
        quantity_label=about.label,
        unit=about.unit,
        digits=about.digits,
        height=HEIGHT,
    )


def tuning(
    found: Tuning, experiment: Experiment, ended: bool = True
) -> Iterator[tuple[go.Figure, str]]:
    """Losses of trials against the learning rate, with a caption.

    A figure for each swept value and kind of initial weights, but for those whose turn is to come.
    """
    arms = arms_of(experiment)
    for places, (number, init) in product(experiment.arms_by_value, enumerate(found.inits)):
        if np.isnan(found.losses[list(places), number]).all() and (places[0] or number):
            continue
        own = [found.choices[arm] for arm in places]
        figure = charts.rate_lines(
            [arms[arm].activation_key for arm in places],
            found.rates,
            found.losses[list(places), number],
            [None if each is None or each[0] != number else each[1] for each in own],
            height=HEIGHT,
        )
        value = arms[places[0]].value_text
        what = [f"{SWEEPS[experiment.sweep].label} {value}"] if value else []
        what += [f"initial weights: {INITS[init]}"] if len(found.inits) > 1 else []
        yield (
            figure,
            (
                "".join(f"{each[:1].upper()}{each[1:]}. " for each in what)
                + f"Each learning rate on {found.images:,} validation images: the mean of "
                f"{found.losses.shape[3]} seeds (dots). Ringed: "
                + ("what each chose" if ended else "the best so far")
                + ", the lowest rate within a standard error of the best."
            ),
        )


def grid(standing: Standing, experiment: Experiment, quantity: str) -> go.Figure:
    """The same for each encoder's activation with each decoder's."""
    decoders = experiment.decoder_activations or ()
    about = QUANTITIES[quantity]
    alone = standing.leaders[0] if len(standing.leaders) == 1 < len(standing.arms) else None
    return charts.activation_grid(
        [ACTIVATIONS[name].label for name in experiment.activations],
        [ACTIVATIONS[name].label for name in decoders],
        standing.values.reshape(len(experiment.activations), len(decoders), -1) * about.factor,
        quantity_label=about.label,
        unit=about.unit,
        best=None if alone is None else divmod(alone, len(decoders)),
        digits=about.digits,
    )


def against(standing: Standing, quantity: str) -> go.Figure:
    """Differences to the reference, with their intervals."""
    about = QUANTITIES[quantity]
    return charts.difference_plot(
        standing.times(about.factor), about.label, about.unit, digits=about.digits
    )


# --- Side by side: panels of one seed an arm ---


def latents(
    panels: Sequence[Panel], labels: np.ndarray, experiment: Experiment, align: bool
) -> go.Figure:
    """The probe images in each latent space; aligned, with how alike each is to the first.

    `labels` (P,) are the images'.
    """
    means = [panel.snapshot.latent_mean[panel.row] for panel in panels]
    log_variances = [panel.snapshot.latent_log_variance[panel.row] for panel in panels]
    points, titles = alignment.side_by_side(means, log_variances, align)
    prior = all(mean.shape[1] == 2 for mean in means)
    notes = _notes(panels, means, align)
    return _scatter(panels, points, labels, experiment, titles, prior, notes)


def embedded(
    panels: Sequence[Panel], points: np.ndarray, labels: np.ndarray, experiment: Experiment
) -> go.Figure:
    """The probe images where an embedding, such as t-SNE, puts them: `points` (M, P, 2)."""
    return _scatter(panels, points, labels, experiment, ("", ""), False, ())


def _scatter(
    panels: Sequence[Panel],
    points: np.ndarray,
    labels: np.ndarray,
    experiment: Experiment,
    titles: tuple[str, str],
    prior: bool,
    notes: Sequence[str],
) -> go.Figure:
    # Many small panels would hide their dots behind each other, and a browser takes a second.
    every = 1 if len(panels) <= _MOST_WITH_ALL_DOTS else 2
    return charts.latent_scatter(
        points[:, ::every],
        labels[::every],
        [panel.member for panel in panels],
        DATASETS[experiment.dataset].class_names,
        titles,
        prior=prior,
        panel_height=_panel_height(len(panels)),
        notes=notes,
    )


def _panel_height(count: int) -> int:
    """px: narrow panels are no taller than the square that they hold needs."""
    return min(270, 40 + 1000 // charts.panel_columns(count))


def _notes(panels: Sequence[Panel], means: Sequence[np.ndarray], align: bool) -> list[str]:
    """The swept values, and how alike the codes are to those of the first panel of their size."""
    first: dict[int, np.ndarray] = {}
    notes = []
    for panel, mean in zip(panels, means):
        reference = first.setdefault(mean.shape[1], mean)
        parts = [] if panel.arm.value is None else [panel.arm.label.partition(", ")[2]]
        if align and mean is not reference:
            alike = alignment.likeness(mean, reference)
            parts += [f"{100 * alike:.0f} % alike"] if np.isfinite(alike) else []
        notes.append(", ".join(parts))
    return notes


def histograms(panels: Sequence[Panel], quantity: str) -> Iterator[go.Figure]:
    """Values in every hidden layer: a figure for the panels of one depth.

    `quantity` is output or pre_activation.
    """
    by_depth: dict[tuple[str, ...], list[Panel]] = {}
    for panel in panels:
        by_depth.setdefault(_layer_names(panel), []).append(panel)
    for names, group in by_depth.items():
        if names:
            members = [panel.member for panel in group]
            yield charts.activation_histograms(_layers(group), members, quantity)


def _layer_names(panel: Panel) -> tuple[str, ...]:
    return tuple(layer.name for layer in panel.snapshot.layers)


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


def layer_names(panels: Sequence[Panel]) -> list[str]:
    """Of all hidden layers that any of the panels has."""
    return list(dict.fromkeys(name for panel in panels for name in _layer_names(panel)))


def values_over_training(
    panels: Sequence[Panel], history: History, until: int, layer: str, quantity: str
) -> Iterator[go.Figure]:
    """Values in one layer as it learned: a figure for the panels that learned at the same time."""
    for group in _by_population([p for p in panels if layer in _layer_names(p)]):
        frames = film(group[0], history, until)
        yield charts.histograms_over_training(
            np.stack([_counts(frames, layer, quantity)[:, panel.row] for panel in group]),
            np.array([snapshot.epoch for snapshot in frames]),
            [panel.arm.label for panel in group],
            keys=[panel.arm.activation_key for panel in group],
            value_label="Output" if quantity == "output" else "Pre-activation",
            whole=group[0].snapshot.epochs,
        )


def gradients_over_training(
    panels: Sequence[Panel], history: History, until: int, experiment: Experiment
) -> Iterator[go.Figure]:
    """Gradient norms of all seeds: a figure for the panels that learned at the same time."""
    for group in _by_population(panels):
        frames = film(group[0], history, until)
        first = group[0].arm.rows[0] - group[0].number  # the population's first member
        rows = [row for panel in group for row in panel.arm.rows]
        numbers = [row - first for row in rows]
        yield charts.gradients_over_training(
            np.array([snapshot.epoch for snapshot in frames]),
            np.stack([snapshot.gradient_norms[numbers] for snapshot in frames]),
            group[0].snapshot.gradient_layers,
            [experiment.members[row] for row in rows],
            whole=group[0].snapshot.epochs,
        )


def _by_population(panels: Sequence[Panel]) -> Iterator[list[Panel]]:
    groups: dict[int, list[Panel]] = {}
    for panel in panels:
        groups.setdefault(panel.snapshot.shape, []).append(panel)
    yield from groups.values()


def _counts(frames: Sequence[Snapshot], name: str, quantity: str) -> np.ndarray:
    """(T, M, B) of one layer."""
    return np.stack(
        [
            next(getattr(layer, quantity) for layer in snapshot.layers if layer.name == name)
            for snapshot in frames
        ]
    )
