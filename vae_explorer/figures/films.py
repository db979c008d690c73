"""Races as GIFs: what every arm came to through training, side by side. Needs no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vae_explorer.data import DATASETS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures.gif import gif, scatter_gif
from vae_explorer.figures.style import CLASS_COLOURS, activation_style
from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.scene import Panel, film, scene_at
from vae_explorer.results.snapshot import Snapshot
from vae_explorer.study import alignment

# Kinds of films, and what people call them.
FILMS: Mapping[str, str] = {
    "latents": "Latent space",
    "manifold": "Manifold",
    "reconstructions": "Reconstructions",
    "interpolation": "Interpolation",
    "samples": "Samples",
}
_IMAGES = {"interpolation": "path_linear"}  # where a snapshot calls them otherwise
_MOST_ARMS = 12
_MOST_FRAMES = 60
_LEAST_REACH = 3.0  # of a latent plane: the prior at least


def race_film(
    experiment: Experiment, history: History, probe: ProbeImages, kind: str, align: bool = True
) -> bytes:
    """A GIF of one of `FILMS` through a whole race, of its first twelve arms.

    Populations that trained one after the other are shown as if they had at once. `align` turns
    latent spaces towards the first one.
    """
    panels = scene_at(experiment, history).panels()[:_MOST_ARMS]
    times = _together(panels, history)
    labels = [panel.arm.label for panel in panels]
    colours = [activation_style(panel.arm.activation_key).colour for panel in panels]
    if kind == "latents":
        planes = np.stack([_planes(panels, each, align) for each in times])
        classes = probe.labels.astype(int) % len(CLASS_COLOURS)
        return scatter_gif(planes, classes, CLASS_COLOURS, _reach(planes), labels, colours)
    height, width = DATASETS[experiment.dataset].image_shape
    name = _IMAGES.get(kind, kind)
    rows = [[getattr(each, name)[p.row] for p, each in zip(panels, now)] for now in times]
    count = rows[0][0].shape[0]
    columns = int(np.ceil(np.sqrt(count)))
    lines = -(-count // columns)
    frames = [[_sheet(images, lines, columns, (height, width)) for images in row] for row in rows]
    shape = (lines * height, columns * width)
    return gif(np.array(frames), shape, labels, colours, boomerang=False)


def _together(panels: Sequence[Panel], history: History) -> list[tuple[Snapshot, ...]]:
    """For each time of the film the snapshot of every panel."""
    films = [film(panel, history) for panel in panels]
    count = min(max(map(len, films)), _MOST_FRAMES)
    shares = np.linspace(0, 1, count)
    return [tuple(frames[round(share * (len(frames) - 1))] for frames in films) for share in shares]


def _planes(panels: Sequence[Panel], now: Sequence[Snapshot], align: bool) -> np.ndarray:
    """(M, P, 2) the points of M panels at one time."""
    means = [each.latent_mean[panel.row] for panel, each in zip(panels, now)]
    spreads = [each.latent_log_variance[panel.row] for panel, each in zip(panels, now)]
    return alignment.side_by_side(means, spreads, align)[0]


def _reach(planes: np.ndarray) -> float:
    """Half the width of all planes: all but the farthest points are within."""
    finite = np.abs(planes[np.isfinite(planes)])
    return max(_LEAST_REACH, float(np.quantile(finite, 0.995)) if len(finite) else 0.0)


def _sheet(images: np.ndarray, lines: int, columns: int, shape: tuple[int, int]) -> np.ndarray:
    """Images (N, D) uint8 as one (lines · height · columns · width,), read as text is."""
    sheet = np.zeros((lines * columns, images.shape[1]), np.uint8)
    sheet[: len(images)] = images
    return sheet.reshape(lines, columns, *shape).swapaxes(1, 2).reshape(-1)
