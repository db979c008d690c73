"""A population in float64, to tell its own rounding from a difference."""

from __future__ import annotations

import torch

from vae_explorer.model.population import Population


def in_double(population: Population) -> Population:
    """The same weights in float64."""
    torch.set_default_dtype(torch.float64)
    try:
        double = Population(population.experiment)
    finally:
        torch.set_default_dtype(torch.float32)
    double.parameters.flat.copy_(population.parameters.flat)
    return double
