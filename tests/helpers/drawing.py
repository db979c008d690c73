"""All that the pages and the report draw of a saved race, drawn."""

from __future__ import annotations

import numpy as np

from vae_explorer.data import DATASETS
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.charts import QUANTITIES
from vae_explorer.figures.films import FILMS, race_film
from vae_explorer.figures.images import path_grid, sheet
from vae_explorer.figures.report.race import race_report
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.scene import scene_at
from vae_explorer.saved.race_json import to_csv, to_json


def draw_all(saved: RaceRecord) -> None:
    race, history, probe = saved.race, saved.history, saved.probe
    reference = race.arms[0].key
    to_csv(race), to_json(race, reference)
    race_report(saved, reference)
    _draw_scene(saved, len(history) - 1)
    for kind in FILMS:
        race_film(race.experiment, history, probe, kind)
    race_film(race.experiment, history, probe, "latents", align=False)


def _draw_scene(saved: RaceRecord, index: int) -> None:
    experiment, history, probe = saved.race.experiment, saved.history, saved.probe
    scene = scene_at(experiment, history, index)
    panels = scene.panels()
    for quantity in QUANTITIES:
        race_figures.curves(scene, quantity, overlay=scene).to_json()
        scene.newest(quantity)
    for align in (True, False):
        race_figures.latents(panels, probe.labels, experiment, align).to_json()
    for quantity in ("output", "pre_activation"):
        for figure in race_figures.histograms(panels, quantity):
            figure.to_json()
        for layer in race_figures.layer_names(panels):
            for figure in race_figures.values_over_training(
                panels, history, index, layer, quantity
            ):
                figure.to_json()
    for figure in race_figures.gradients_over_training(panels, history, index, experiment):
        figure.to_json()
    shape = DATASETS[experiment.dataset].image_shape
    for panel in panels:
        sheet(panel.snapshot.manifold[panel.row], shape, 8, 4, 2)
    rows = [[getattr(p.snapshot, name)[p.row] for p in panels] for name in _ROWS]
    for row in (*rows, [probe.images[: probe.shown], *rows[0]]):
        path_grid(np.stack(row), shape)


_ROWS = ("reconstructions", "samples", "path_linear", "path_spherical")
