"""A race's history as one safetensors file, and back, checked as if a stranger had sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results import arrays as packed
from vae_explorer.results.arrays import take_arrays
from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.snapshot import Curves, Snapshot
from vae_explorer.saved.fields import field
from vae_explorer.saved.history_check import check_curves, check_probe, check_snapshots

_KEY = "history"
_MOST_SNAPSHOTS = 10_000
_MOST_STEPS = 10**12  # of a shape: 10,000 epochs of a hundred million batches


def to_bytes(history: History, probe: ProbeImages) -> bytes:
    """The file's content."""
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
    return packed.to_bytes(_KEY, values, arrays)


def from_bytes(data: bytes, experiment: Experiment) -> tuple[History, ProbeImages]:
    """The inverse of to_bytes, of a race of `experiment`.

    ValueError, whose message says what is wrong, for anything else.
    """
    try:
        return _history(*packed.from_bytes(_KEY, data), experiment)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"it is no history of a race ({str(error)[:200]})") from error


def _history(
    values: Mapping[str, Any], arrays: Mapping[str, np.ndarray], experiment: Experiment
) -> tuple[History, ProbeImages]:
    shapes = experiment.shapes
    steps, plain = field(values, "steps", list), field(values, "snapshots", list)
    if len(steps) != len(shapes) or not plain:
        raise ValueError("it is of another experiment")
    if not all(_is_whole(each) and 0 < each <= _MOST_STEPS for each in steps):
        raise ValueError("a number of its steps is none")
    if len(plain) > _MOST_SNAPSHOTS:
        raise ValueError("it has too many snapshots")
    probe = ProbeImages(**_filled(values["probe"], arrays))
    check_probe(probe, experiment)
    curves = _curves(values, arrays)
    for number, each in curves.items():
        check_curves(each, shapes[number], steps[number])
    kept = [_snapshot(each, arrays) for each in plain]
    check_snapshots(kept, shapes, steps, probe)
    return History.of(steps, kept, curves), probe


def _curves(values: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[int, Curves]:
    """By the number of their shape."""
    numbers, curves = field(values, "populations", list), field(values, "curves", list)
    if not all(map(_is_whole, numbers)) or len(set(numbers)) != len(curves):
        raise ValueError("its curves are not one for each shape")
    if not all(0 <= number < len(values["steps"]) for number in numbers):
        raise ValueError("it has curves of a shape that there is not")
    return {n: Curves(**_filled(plain, arrays)) for n, plain in zip(numbers, curves, strict=True)}


def _snapshot(plain: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> Snapshot:
    plain = dict(plain)
    plain["shape"] = plain.pop("population")
    return Snapshot.from_plain(plain, arrays)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _filled(plain: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {
        name: arrays[value["array"]] if isinstance(value, dict) else value
        for name, value in plain.items()
    }
