"""The weights of a population as safetensors: every named parameter, (K, ...), float32 or float16.

Training saves float32. The pretrained catalogue saves float16, half the size, which moves a loss by
hundredths of a nat; both are read into float32.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population, parameter_shapes

_TYPES = ("F32", "F16")


class TooLarge(ValueError):
    """Weights that float16 cannot hold."""


def to_bytes(population: Population, half: bool = False) -> bytes:
    """The content of the file; reading it gives the same numbers back, bit for bit.

    With `half` they are first rounded to float16, and TooLarge says which it cannot hold.
    """
    values = population.parameters.values
    arrays = {name: value.detach().numpy() for name, value in values.items()}
    if half:
        arrays = {name: _rounded(name, array) for name, array in arrays.items()}
    return save(arrays)


def _rounded(name: str, array: np.ndarray) -> np.ndarray:
    largest = float(np.finfo(np.float16).max)
    if not (np.abs(array) <= largest).all():
        raise TooLarge(f"{name} holds numbers beyond {largest:,.0f}, float16's largest")
    return array.astype(np.float16)


@contextmanager
def rounded_to_half(population: Population) -> Iterator[None]:
    """Inside its with block the weights are those that a float16 file of them gives back."""
    flat = population.parameters.flat
    exact = flat.clone()
    with torch.no_grad():
        flat.copy_(exact.half())
    try:
        yield
    finally:
        with torch.no_grad():
            flat.copy_(exact)


def read_population(
    path: Path, experiment: Experiment, rows: Sequence[int] | None = None
) -> Population:
    """The population of an experiment, or some of its members, with the weights of a file.

    Names, types and shapes in the file's header are held against the experiment before any memory
    is taken for it. ValueError, with what is wrong, if they differ; OSError if the file cannot be
    read.
    """
    check_header(path, experiment)
    population = Population(experiment, rows)
    wanted = range(len(population)) if rows is None else rows
    copy_members(population, path, experiment, enumerate(wanted))
    return population


def from_bytes(data: bytes, experiment: Experiment, members: Sequence[int]) -> Population:
    """Those members of an experiment, with the weights that `to_bytes` was given of them.

    ValueError if they are others.
    """
    population = Population(experiment, members)
    arrays = load(data)
    values = population.parameters.values
    if {name: array.shape for name, array in arrays.items()} != {
        name: tuple(value.shape) for name, value in values.items()
    }:
        raise ValueError("the weights are of other VAEs")
    with torch.no_grad():
        for name, value in values.items():
            value.copy_(torch.from_numpy(arrays[name]))
    return population


def check_header(path: Path, experiment: Experiment) -> None:
    """ValueError, as in read_population, unless the file holds weights of this experiment."""
    with _open(path, experiment):
        pass


def copy_members(
    population: Population,
    path: Path,
    experiment: Experiment,
    pairs: Iterable[tuple[int, int]],
) -> None:
    """Copies members of a file, which is of `experiment`, into a population of the same widths.

    Only the bytes of those members are read. pairs are (member there, member in the file) with the
    same recipe. What the file has and the population lacks, as the learned numbers of activations
    of none of its members, is left out; what it lacks is used by none of these members.
    """
    pairs = list(pairs)
    with _open(path, experiment) as file, torch.no_grad():
        names = file.keys()
        for name, value in population.parameters.values.items():
            if name not in names:
                continue
            entry = file.get_slice(name)
            for place, row in pairs:
                value[place].copy_(entry[row : row + 1][0])
            if not torch.isfinite(value).all():
                raise ValueError(f"{name} holds numbers that are not finite")


@contextmanager
def _open(path: Path, experiment: Experiment) -> Iterator[Any]:
    try:
        with safe_open(path, framework="pt") as file:
            _check(file, parameter_shapes(experiment))
            yield file
    except SafetensorError as error:
        raise ValueError(f"it is not in the safetensors format, or cut short ({error})") from error


def _check(file: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:
    names = file.keys()
    for name in shapes:
        if name not in names:
            raise ValueError(f"it lacks the weights {name}")
    for name in names:
        if name not in shapes:
            raise ValueError(f"it holds {name[:60]!r}, which the experiment does not have")
        entry = file.get_slice(name)
        if entry.get_dtype() not in _TYPES:
            raise ValueError(
                f"{name} is of type {entry.get_dtype()}; it must be {' or '.join(_TYPES)}"
            )
        if tuple(entry.get_shape()) != shapes[name]:
            raise ValueError(
                f"{name} has the shape {tuple(entry.get_shape())}; the experiment gives it "
                f"{shapes[name]}"
            )
