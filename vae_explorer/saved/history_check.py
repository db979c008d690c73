"""What a race's history may hold: every array, number and name that a picture is drawn from.

Whatever is wrong is a ValueError with half a sentence. Losses, latents and gradients may be no
numbers, or infinite: those of a VAE that diverged are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from vae_explorer.data import DATASETS
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.history import ProbeImages
from vae_explorer.results.snapshot import BIN_EDGES, Curves, LayerView, Snapshot
from vae_explorer.saved.fields import check_name, check_text

_MOST_IMAGES = 256  # of one kind and VAE: a picture of more would fill the memory
_LOSSES = ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl")
_PICTURES = ("path_linear", "path_spherical", "manifold", "samples")
_LARGEST = float(np.finfo(np.float32).max)


def check_probe(probe: ProbeImages, experiment: Experiment) -> None:
    count = len(probe.labels)
    _check("probe images", probe.images, np.uint8, (count, experiment.image_size))
    _check("probe labels", probe.labels, np.uint8, (count,))
    if count and probe.labels.max() >= len(DATASETS[experiment.dataset].class_names):
        raise ValueError("a label of its images is of no class")
    if not _is_whole(probe.shown, 1, min(count, _MOST_IMAGES)):
        raise ValueError(f"it shows {str(probe.shown)[:40]} of {count} images")


def check_curves(curves: Curves, experiment: Experiment, steps: int) -> None:
    """Of one shape, which trains for so many steps."""
    rows = len(curves.step)
    _check("steps", curves.step, np.int64, (rows,))
    _check("epochs", curves.epoch, np.float32, (rows,))
    for name in _LOSSES:
        _check(name, getattr(curves, name), np.float32, (rows, len(experiment.members)))
    inside = _are_from(curves.step, 1, steps) and _are_from(curves.epoch, 0, experiment.epochs)
    if not inside or (np.diff(curves.step) <= 0).any() or (np.diff(curves.epoch) < 0).any():
        raise ValueError("its curves do not go forward from the first step to the last")


def check_snapshots(
    snapshots: Sequence[Snapshot],
    shapes: Sequence[Experiment],
    steps: Sequence[int],
    probe: ProbeImages,
) -> None:
    """One by one, and that they can stand in one film: the same is pictured in all of a shape."""
    first: dict[int, tuple[Any, ...]] = {}
    counts = {name: np.shape(getattr(snapshots[0], name))[1:2] for name in _PICTURES}
    for snapshot in snapshots:
        number = snapshot.shape
        if not _is_whole(number, 0, len(shapes) - 1):
            raise ValueError("a snapshot is of a shape that there is not")
        _check_numbers(snapshot, shapes[number], steps[number], probe)
        _check_pictures(snapshot, shapes[number], probe)
        for name, count in counts.items():
            if getattr(snapshot, name).shape[1:2] != count:
                raise ValueError("its snapshots show different numbers of images")
        _check_layers(snapshot, shapes[number])
        _check_frozen(snapshot, shapes[number], steps[number])
        names = tuple(layer.name for layer in snapshot.layers)
        pictured = (snapshot.pictured, names, snapshot.gradient_layers)
        if first.setdefault(number, pictured) != pictured:
            raise ValueError("its snapshots show different members or layers")


def _check_numbers(
    snapshot: Snapshot, experiment: Experiment, steps: int, probe: ProbeImages
) -> None:
    if snapshot.steps != steps or snapshot.epochs != experiment.epochs:
        raise ValueError("a snapshot is of another number of steps or epochs")
    if not _is_whole(snapshot.step, 0, steps):
        raise ValueError(f"a snapshot is of no step up to {steps:,}")
    numbers = (
        *(snapshot.seconds, snapshot.wall_seconds),
        *(snapshot.images_per_second, snapshot.learning_rate),
    )
    if not all(_is_number(number, _LARGEST) for number in numbers):
        raise ValueError("a number of a snapshot is none")
    if not _is_number(snapshot.epoch, experiment.epochs):
        raise ValueError(f"a snapshot is of no epoch up to {experiment.epochs:,}")
    check_name("precision", snapshot.precision)
    _check("beta", snapshot.beta, np.float32, (len(experiment.members),))
    ends = snapshot.path_images
    if len(ends) != 2 or not all(_is_whole(end, 0, len(probe.labels) - 1) for end in ends):
        raise ValueError("its paths join images that there are not")
    check_curves(snapshot.curves, experiment, steps)
    if len(snapshot.curves.step):
        raise ValueError("a snapshot has curves of its own")


def _check_pictures(snapshot: Snapshot, experiment: Experiment, probe: ProbeImages) -> None:
    """Every array of pictured members has the shape and type that the pages take it to have."""
    members, pictured = len(experiment.members), len(snapshot.pictured)
    if not all(_is_whole(row, 0, members - 1) for row in snapshot.pictured):
        raise ValueError("it pictures members that there are not")
    needed = {arm.rows[0] for arm in arms_of(experiment)}
    if len(set(snapshot.pictured)) != pictured or not needed <= set(snapshot.pictured):
        raise ValueError("it does not picture one member of each arm")
    codes = (pictured, len(probe.labels), experiment.latent)
    _check("latent means", snapshot.latent_mean, np.float32, codes)
    _check("latent log-variances", snapshot.latent_log_variance, np.float32, codes)
    for name in ("reconstructions", *_PICTURES):
        images = getattr(snapshot, name)
        there = probe.shown if name == "reconstructions" else np.shape(images)[1]
        _check(name, images, np.uint8, (pictured, there, experiment.image_size))
        if not 0 < there <= _MOST_IMAGES:
            raise ValueError(f"it has {there:,} images {name}, not 1 to {_MOST_IMAGES}")


def _check_layers(snapshot: Snapshot, experiment: Experiment) -> None:
    hidden = len(experiment.hidden) + len(experiment.decoder_widths)
    _check_names((layer.name for layer in snapshot.layers), hidden)
    _check_names(snapshot.gradient_layers, hidden + 2)  # and the two that have no activation
    members = len(experiment.members)
    for layer in snapshot.layers:
        _check_layer(layer, len(snapshot.pictured), members)
    norms = (members, len(snapshot.gradient_layers))
    _check("gradient norms", snapshot.gradient_norms, np.float32, norms)
    _check("active latents", snapshot.active_latents, np.int32, (members,))
    if not _are_from(snapshot.active_latents, 0, experiment.latent):
        raise ValueError("a member has more active latents than latents")


def _check_layer(layer: LayerView, pictured: int, members: int) -> None:
    for counts in (layer.pre_activation, layer.output):
        _check("histograms", counts, np.int32, (pictured, len(BIN_EDGES) - 1))
        if (counts < 0).any():
            raise ValueError("a histogram counts less than nothing")
    for shares in (layer.dead, layer.saturated):
        _check("shares of units", shares, np.float32, (members,))
        if (shares < 0).any() or (shares > 1).any():
            raise ValueError("a share of the units of a layer is not from 0 to 1")


def _check_frozen(snapshot: Snapshot, experiment: Experiment, steps: int) -> None:
    stopped = [freeze.member for freeze in snapshot.frozen]
    if not all(_is_whole(member, 0, len(experiment.members) - 1) for member in stopped):
        raise ValueError("a member that there is not has stopped")
    if len(set(stopped)) != len(stopped):
        raise ValueError("a member has stopped twice")
    for freeze in snapshot.frozen:
        if not _is_whole(freeze.step, 0, steps):
            raise ValueError(f"a member stopped at no step up to {steps:,}")
        check_name("layer", freeze.layer)
        check_text("reason", freeze.reason)


def _check_names(names: Iterable[Any], count: int) -> None:
    names = list(names)
    for name in names:
        check_name("layer", name)
    if len(names) != count or len(set(names)) != count:
        raise ValueError(f"it has {len(set(names))} layers, and its experiment has {count}")


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: Any, most: float) -> bool:
    """From 0 to `most`, give or take what rounding does; false for NaN."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and 0 <= value <= most * (1 + 1e-6)


def _are_from(values: np.ndarray, least: float, most: float) -> bool:
    return bool(((values >= least) & (values <= most * (1 + 1e-6))).all())


def _check(name: str, array: Any, kind: type, shape: tuple[int, ...]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != kind or array.shape != shape:
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else "missing"
        raise ValueError(f"its {name} are {found}, not {np.dtype(kind)} {shape}")
