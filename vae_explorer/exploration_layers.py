"""What each hidden layer of a trained population does on many images.

As `diagnostics.layer_views` tells it of a run's few probe images, but for any number of them, unit
by unit and class by class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_explorer.diagnostics import (
    DEAD_DERIVATIVE,
    FLAT_DERIVATIVE,
    SATURATED_SHARE,
    histogram,
)
from vae_explorer.exploration import chunks
from vae_explorer.model.layers import Activate
from vae_explorer.model.population import Population
from vae_explorer.results.snapshot import BIN_EDGES


@dataclass(frozen=True, eq=False)
class LayerStudy:
    """One hidden layer of every member. H units, C classes, B bins of `snapshot.BIN_EDGES`."""

    name: str  # "encoder 1", "decoder 1", counted from the input
    pre_activation: np.ndarray  # (K, B) int64 counts
    output: np.ndarray  # (K, B) int64 counts
    dead: np.ndarray  # (K, H) bool: the derivative is all but 0 on every image
    saturated: np.ndarray  # (K, H) bool: not dead, and flat on 95 % of the images
    class_means: np.ndarray  # (K, C, H) float32, mean output on the images of each class
    function: np.ndarray  # (K, B + 1) float32, f at BIN_EDGES, as learned

    @property
    def units(self) -> int:
        return self.dead.shape[1]


@torch.no_grad()
def activation_study(
    population: Population, images: np.ndarray, labels: np.ndarray, classes: int
) -> tuple[LayerStudy, ...]:
    """One study a hidden layer, encoder first, of images (N, D) in [0, 1] with labels (N,).

    The decoder sees the posteriors' means. A class without images has a mean output of NaN.
    """
    tallies: list[_Tally] = []
    start = 0
    for chunk in chunks(population, images):
        of_class = torch.from_numpy(labels[start : start + len(chunk)].astype(np.int64))
        start += len(chunk)
        one_hot = torch.nn.functional.one_hot(of_class, classes).float().T  # (C, N)
        pixels = torch.from_numpy(chunk)
        encoder = population.encoder.hidden(pixels.expand(len(population), -1, -1))
        mean, _ = population.encode(pixels)
        layers = [*encoder, *population.decoder.hidden(mean)]
        tallies = tallies or [_Tally(output.shape, classes) for _, _, output in layers]
        for tally, layer in zip(tallies, layers):
            tally.add(*layer, one_hot)
    counts = torch.bincount(torch.from_numpy(labels.astype(np.int64)), minlength=classes)
    names = [
        (side, index)
        for side, network in (("encoder", population.encoder), ("decoder", population.decoder))
        for index in range(len(network.activate))
    ]
    return tuple(
        tally.study(f"{side} {index + 1}", counts, _functions(population, side, index))
        for tally, (side, index) in zip(tallies, names)
    )


class _Tally:
    """What is added up of one layer, chunk by chunk."""

    def __init__(self, shape: torch.Size, classes: int):
        members, _, units = shape
        bins = len(BIN_EDGES) - 1
        self._images = 0
        self._pre_activation = np.zeros((members, bins), dtype=np.int64)
        self._output = np.zeros((members, bins), dtype=np.int64)
        self._steepest = torch.zeros(members, units)
        self._flat = torch.zeros(members, units)  # images on which a unit is
        self._sums = torch.zeros(members, classes, units, dtype=torch.float64)

    def add(
        self, activate: Activate, pre_activation: Tensor, output: Tensor, one_hot: Tensor
    ) -> None:
        """pre_activation and output (K, N, H); one_hot (C, N)."""
        slope = activate.derivative(pre_activation).abs_()
        self._images += slope.shape[1]
        self._pre_activation += histogram(pre_activation)
        self._output += histogram(output)
        if slope.shape[1]:
            self._steepest = torch.maximum(self._steepest, slope.amax(1))  # a NaN stays
        self._flat += (slope < FLAT_DERIVATIVE).sum(1)
        self._sums += one_hot @ output

    def study(self, name: str, class_counts: Tensor, functions: np.ndarray) -> LayerStudy:
        dead = self._steepest < DEAD_DERIVATIVE
        saturated = (self._flat >= SATURATED_SHARE * self._images) & ~dead
        means = self._sums / class_counts.double().unsqueeze(1)  # 0 / 0 is NaN
        return LayerStudy(
            name=name,
            pre_activation=self._pre_activation,
            output=self._output,
            dead=dead.numpy(),
            saturated=saturated.numpy(),
            class_means=means.float().numpy(),
            function=functions,
        )


def _functions(population: Population, side: str, index: int) -> np.ndarray:
    """(K, B + 1): f of one hidden layer at BIN_EDGES, with each learned number's mean over units.

    Each number is the only unit of a layer of its own, as in `activations.sample`, so average
    pooling is the identity.
    """
    network = population.encoder if side == "encoder" else population.decoder
    x = torch.from_numpy(BIN_EDGES.copy()).view(1, -1, 1)
    lines = []
    for activation, rows in network.activate[index].groups:
        name = f"{side}.{index}.activation"
        learned = {
            key: population.parameters.values[f"{name}.{key}"][rows].mean(2, keepdim=True)
            for key in activation.parameters
        }
        inputs = x.expand(rows.stop - rows.start, -1, -1)
        lines.append(activation.function(inputs, **learned).squeeze(2))
    return torch.cat(lines).numpy()
