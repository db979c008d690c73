"""A race's history as one safetensors file, and back, checked as if a stranger had sent it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_explorer.data import DATASETS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.arrays import take_arrays
from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.snapshot import BIN_EDGES, Curves, Snapshot

_KEY = "history"
_MOST_SNAPSHOTS = 10_000


def to_bytes(history: History, probe: ProbeImages) -> bytes:
    """The file's content."""
    from safetensors.numpy import save

    kept, curves = history.parts()
    arrays: dict[str, np.ndarray] = {}
    values = {
        "steps": list(history.steps),
        "probe": take_arrays(probe, "probe", arrays),
        "curves": take_arrays(list(curves.values()), "curves", arrays),
        "populations": list(curves),
        "snapshots": take_arrays(list(kept), "snapshots", arrays),
    }
    for plain in values["snapshots"]:
        plain["population"] = plain.pop("shape")  # as the file calls it
    return save(arrays, metadata={_KEY: json.dumps(values)})


def from_bytes(data: bytes, experiment: Experiment) -> tuple[History, ProbeImages]:
    """The inverse of to_bytes, of a race of `experiment`.

    ValueError, whose message says what is wrong, for anything else.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        values = json.loads(header["__metadata__"][_KEY])
        probe = ProbeImages(**_filled(values["probe"], arrays))
        _check_probe(probe, experiment)
        curves = {
            number: Curves(**_filled(plain, arrays))
            for number, plain in zip(values["populations"], values["curves"])
        }
        if len(values["snapshots"]) > _MOST_SNAPSHOTS:
            raise ValueError("it has too many snapshots")
        for plain in values["snapshots"]:
            plain["shape"] = plain.pop("population")
        kept = [Snapshot.from_plain(plain, arrays) for plain in values["snapshots"]]
        shapes = experiment.shapes
        if len(values["steps"]) != len(shapes) or not kept:
            raise ValueError("it is of another experiment")
        for snapshot in kept:
            _check_snapshot(snapshot, shapes, probe)
        for number, each in curves.items():
            _check_curves(each, len(shapes[number].members))
        return History.of(values["steps"], kept, curves), probe
    except (SafetensorError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"it is no history of a race ({error})") from error


def _filled(plain: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {
        name: arrays[value["array"]] if isinstance(value, dict) else value
        for name, value in plain.items()
    }


def _check_probe(probe: ProbeImages, experiment: Experiment) -> None:
    count = len(probe.labels)
    _check("probe images", probe.images, np.uint8, (count, experiment.image_size))
    _check("probe labels", probe.labels, np.uint8, (count,))
    if count and probe.labels.max() >= len(DATASETS[experiment.dataset].class_names):
        raise ValueError("a label of its images is of no class")
    if not isinstance(probe.shown, int) or not 0 < probe.shown <= count:
        raise ValueError(f"it shows {probe.shown} of {count} images")


def _check_curves(curves: Curves, members: int) -> None:
    rows = len(curves.step)
    _check("steps", curves.step, np.int64, (rows,))
    _check("epochs", curves.epoch, np.float32, (rows,))
    for name in ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl"):
        _check(name, getattr(curves, name), np.float32, (rows, members))
    if (np.diff(curves.step) <= 0).any() or not np.isfinite(curves.epoch).all():
        raise ValueError("its curves do not go forward")


def _check_snapshot(snapshot: Snapshot, shapes: tuple[Experiment, ...], probe: ProbeImages) -> None:
    """Every array has the shape and type that the pages take it to have."""
    experiment = shapes[snapshot.shape]
    members, pictured = len(experiment.members), len(snapshot.pictured)
    if not all(isinstance(row, int) and 0 <= row < members for row in snapshot.pictured):
        raise ValueError("it pictures members that there are not")
    codes = (pictured, len(probe.labels), experiment.latent)
    _check("latent means", snapshot.latent_mean, np.float32, codes)
    _check("latent log-variances", snapshot.latent_log_variance, np.float32, codes)
    for name, count in (
        ("reconstructions", probe.shown),
        *((name, None) for name in ("path_linear", "path_spherical", "manifold", "samples")),
    ):
        images = getattr(snapshot, name)
        there = images.shape[1] if images.ndim == 3 and count is None else count
        _check(name, images, np.uint8, (pictured, there, experiment.image_size))
    bins = len(BIN_EDGES) - 1
    for layer in snapshot.layers:
        _check("histograms", layer.pre_activation, np.int32, (pictured, bins))
        _check("histograms", layer.output, np.int32, (pictured, bins))
        _check("shares of units", layer.dead, np.float32, (members,))
        _check("shares of units", layer.saturated, np.float32, (members,))
    norms = (members, len(snapshot.gradient_layers))
    _check("gradient norms", snapshot.gradient_norms, np.float32, norms)
    _check("active latents", snapshot.active_latents, np.int32, (members,))
    numbers = (snapshot.step, snapshot.epoch, snapshot.seconds, snapshot.images_per_second)
    if not all(isinstance(number, (int, float)) and number >= 0 for number in numbers):
        raise ValueError("a number of a snapshot is none")
    for freeze in snapshot.frozen:
        if not 0 <= freeze.member < members or not isinstance(freeze.reason, str):
            raise ValueError("a member that there is not has stopped")
    if not all(isinstance(name, str) for name in (*snapshot.gradient_layers, *_names(snapshot))):
        raise ValueError("a layer has no name")


def _names(snapshot: Snapshot) -> list[Any]:
    return [layer.name for layer in snapshot.layers]


def _check(name: str, array: Any, kind: type, shape: tuple[int | None, ...]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != kind or array.shape != shape:
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else "missing"
        raise ValueError(f"its {name} are {found}, not {np.dtype(kind)} {shape}")
