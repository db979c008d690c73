"""The report of a saved race, with the figures that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.graph_objects as go

from vae_explorer.data import DATASETS
from vae_explorer.experiment.command import command_line
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain.standings import Standings
from vae_explorer.figures import images
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.report.page import report_html
from vae_explorer.figures.style import activation_style
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.scene import Panel, scene_at

_MOST_PANELS = 12  # side by side; more would be too small on paper
_IMAGES = 12  # of a row


def race_report(record: RaceRecord, reference: str) -> str:
    """The page of `report_html`, of the race at its end; `reference` is an arm's key."""
    race = record.judged
    return report_html(
        race,
        reference,
        figures=list(_figures(record, reference)),
        mosaics=list(_mosaics(record)),
        command=command_line(
            race.experiment,
            reference=reference,
            draws=race.loss_draws if race.loss_draws >= LEAST_DRAWS else None,
            out="race",
        ),
    )


def _figures(record: RaceRecord, reference: str) -> Iterator[tuple[go.Figure, str]]:
    race, history = record.judged, record.history
    scene = scene_at(race.experiment, history)
    standing = Standings(race, reference).of("test_loss")
    yield (
        race_figures.curves(scene, height=420),
        "Negative ELBO on the test images through training. Thin: one VAE a seed; thick: their "
        "mean, with its 95 % interval.",
    )
    yield (
        race_figures.against(standing, "test_loss"),
        "Differences of the negative ELBO to the reference, with intervals that hold at once for "
        "all pairs. Hollow: no clear difference.",
    )
    if race.experiment.sweep != "none":
        yield (
            race_figures.sweep(standing, race.experiment.sweep, "test_loss"),
            f"Negative ELBO against {SWEEPS[race.experiment.sweep].label}; bars are 95 % "
            "intervals, dots are seeds.",
        )
    elif race.experiment.decoder_activations is not None:
        yield (
            race_figures.grid(standing, race.experiment, "test_loss"),
            "Negative ELBO of each encoder's activation with each decoder's: mean over seeds and "
            "half of its 95 % interval.",
        )
    if race.tuning is not None:
        yield from race_figures.tuning(race.tuning, race.experiment)
    panels = scene.panels()[:_MOST_PANELS]
    yield (
        race_figures.latents(panels, record.probe.labels, race.experiment, align=True),
        "The same test images in the latent space of the first seed of each, turned or mirrored "
        "towards the first (Procrustes).",
    )
    for figure in race_figures.histograms(panels, "output"):
        yield (
            figure,
            "Outputs of every hidden layer on the probe images, heights as square roots of counts.",
        )
    for layer in race_figures.layer_names(panels)[:1]:
        for figure in race_figures.values_over_training(panels, history, -1, layer, "output"):
            yield figure, f"Outputs of {layer} through training."
    for figure in race_figures.gradients_over_training(panels, history, -1, race.experiment):
        yield figure, "Norm of each layer's gradient through training."


def _mosaics(record: RaceRecord) -> Iterator[tuple[bytes, Sequence[str], str]]:
    panels = scene_at(record.experiment, record.history).panels()[:_MOST_PANELS]
    originals = record.probe.images[: min(_IMAGES, record.probe.shown)]
    rows = [panel.snapshot.reconstructions[panel.row, :_IMAGES] for panel in panels]
    names = ["Test images", *(panel.arm.label for panel in panels)]
    yield _png(record, panels, [originals, *rows], True), names, "Test images and reconstructions."
    for kind, caption in (
        ("path_linear", "Decoded along the straight line between the codes of two test images."),
        ("samples", "The same draws of the prior, decoded by each."),
    ):
        rows = [getattr(panel.snapshot, kind)[panel.row, :_IMAGES] for panel in panels]
        yield _png(record, panels, rows, False), names[1:], caption


def _png(
    record: RaceRecord, panels: Sequence[Panel], rows: Sequence[np.ndarray], headed: bool
) -> bytes:
    """`headed` where the first row is of no panel."""
    colours = [activation_style(panel.arm.activation_key).colour for panel in panels]
    shape = DATASETS[record.experiment.dataset].image_shape
    return images.path_grid(np.stack(rows), shape, colours=["", *colours] if headed else colours)
