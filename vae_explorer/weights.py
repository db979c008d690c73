"""The weights of a population as safetensors: every named parameter, (K, ...) float32."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from vae_explorer.config import Experiment
from vae_explorer.population import Population, parameter_shapes


def to_bytes(population: Population) -> bytes:
    """The content of the file; read_population gives the same numbers back, bit for bit."""
    values = population.parameters.values
    return save({name: value.detach().numpy() for name, value in values.items()})


def read_population(path: Path, experiment: Experiment) -> Population:
    """The population of an experiment with the weights of a file.

    Names, types and shapes in the file's header are held against the experiment before any memory
    is taken for it. ValueError, with what is wrong, if they differ; OSError if the file cannot be
    read.
    """
    try:
        with safe_open(path, framework="pt") as file:
            _check_header(file, parameter_shapes(experiment))
            population = Population(experiment)
            _fill(population, file)
    except SafetensorError as error:
        raise ValueError(f"it is not in the safetensors format, or cut short ({error})") from error
    return population


def _check_header(file: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:
    names = file.keys()
    for name in shapes:
        if name not in names:
            raise ValueError(f"it lacks the weights {name}")
    for name in names:
        if name not in shapes:
            raise ValueError(f"it holds {name[:60]!r}, which the experiment does not have")
        entry = file.get_slice(name)
        if entry.get_dtype() != "F32":
            raise ValueError(f"{name} is of type {entry.get_dtype()}; it must be F32")
        if tuple(entry.get_shape()) != shapes[name]:
            raise ValueError(
                f"{name} has the shape {tuple(entry.get_shape())}; the experiment gives it "
                f"{shapes[name]}"
            )


@torch.no_grad()
def _fill(population: Population, file: Any) -> None:
    for name, value in population.parameters.values.items():
        value.copy_(file.get_tensor(name))
        if not torch.isfinite(value).all():
            raise ValueError(f"{name} holds numbers that are not finite")
