"""What hidden layers do on a set of images: histograms, dead and saturated units, gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from vae_explorer.model.layers import Activate, Dense
from vae_explorer.model.population import Population
from vae_explorer.results.snapshot import BIN_EDGES, LayerView

DEAD_DERIVATIVE = 1e-6  # a unit whose derivative stays below this passes no gradient on
FLAT_DERIVATIVE = 0.05  # below this a unit hardly answers to its input
SATURATED_SHARE = 0.95  # of the images on which a saturated unit is flat

# Histograms count at most so many values a layer (of evenly chosen images), so that drawing a
# large population does not hold its training up.
_MOST_VALUES = 2_000_000


@torch.no_grad()
def layer_views(
    population: Population, images: Tensor, pictured: Sequence[int] | None = None
) -> tuple[LayerView, ...]:
    """One view a hidden layer, encoder first. images is (P, D); the decoder sees the means.

    Histograms are of the members that are `pictured`, by default of all.
    """
    rows = list(range(len(population)) if pictured is None else pictured)
    encoder = population.encoder.hidden(images.expand(len(population), -1, -1))
    mean, _ = population.encode(images)
    decoder = population.decoder.hidden(mean)
    sides = (("encoder", encoder), ("decoder", decoder))
    return tuple(
        _layer_view(f"{side} {index}", *layer, rows)
        for side, layers in sides
        for index, layer in enumerate(layers, start=1)
    )


def _layer_view(
    name: str, activate: Activate, pre_activation: Tensor, output: Tensor, rows: list[int]
) -> LayerView:
    slope = activate.derivative(pre_activation).abs_()
    dead = (slope < DEAD_DERIVATIVE).all(1)  # (K, H)
    saturated = (slope < FLAT_DERIVATIVE).float().mean(1).ge(SATURATED_SHARE) & ~dead
    stride = max(1, pre_activation.numel() // _MOST_VALUES)
    return LayerView(
        name=name,
        pre_activation=histogram(pre_activation[rows, ::stride]),
        output=histogram(output[rows, ::stride]),
        dead=dead.float().mean(1).numpy(),
        saturated=saturated.float().mean(1).numpy(),
    )


def histogram(values: Tensor) -> np.ndarray:
    """(K, B) counts of values (K, ...) in the bins of BIN_EDGES; NaN is not counted.

    Values beyond the edges are counted in the outermost bins.
    """
    low, high = float(BIN_EDGES[0]), float(BIN_EDGES[-1])
    bins = len(BIN_EDGES) - 1
    inside = values.reshape(len(values), -1).clamp(low, high)
    counts = [torch.histc(row, bins, low, high) for row in inside]  # leaves NaN out
    return torch.stack(counts).numpy().astype(np.int32)


def gradient_norms(population: Population) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of all dense layers from input to output, and (K, layers) norms of weight gradients."""
    layers = named_dense(population)
    norms = [
        torch.linalg.vector_norm(dense.weight_gradient.flatten(1), dim=1)
        for dense in layers.values()
    ]
    return tuple(layers), torch.stack(norms, dim=1).numpy()


def named_dense(population: Population) -> dict[str, Dense]:
    """Every dense layer from input to output by a name that a person reads."""
    names: dict[str, Dense] = {}
    for side, network, last in (
        ("encoder", population.encoder, "heads"),
        ("decoder", population.decoder, "output"),
    ):
        for index, dense in enumerate(network.dense[:-1], start=1):
            names[f"{side} {index}"] = dense
        names[last] = network.dense[-1]
    return names


def first_not_finite(population: Population, member: int) -> str:
    """The layer at which the last step of `member` first came to a number that is not finite.

    In the order of computation: outputs from the image to the picture, each the next layer's
    input, then gradients from the picture back to the image.
    """
    layers = named_dense(population)
    names = list(layers)
    for before, name in pairwise(names):
        if not torch.isfinite(layers[name].last_inputs[member]).all():
            return before
    for order in (math.inf, 2):  # entries that are too large, then those whose squares are
        for name, dense in reversed(layers.items()):
            norm = torch.linalg.vector_norm(dense.weight_gradient[member], order)
            if not torch.isfinite(norm):
                return name
    return names[-1]
