"""What hidden layers do on a set of images: histograms, dead and saturated units, gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from vae_explorer.model.layers import Activate, Dense
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator
from vae_explorer.results.snapshot import BIN_EDGES, LayerView
from vae_explorer.study.codes import chunks

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
    """One view a hidden layer, encoder first, of images (P, D) in [0, 1].

    The decoder sees the means. Histograms are of the members that are `pictured`, by default of
    all. ValueError for images that `Population.encode` does not take.
    """
    rows = list(range(len(population)) if pictured is None else pictured)
    views = []
    for name, activate, pre_activation, output in _hidden_layers(population, images):
        units = _Units(len(population), activate.width)
        units.add(activate.derivative(pre_activation))
        stride = max(1, pre_activation.numel() // _MOST_VALUES)
        views.append(
            LayerView(
                name=name,
                pre_activation=histogram(pre_activation[rows, ::stride]),
                output=histogram(output[rows, ::stride]),
                dead=units.dead.float().mean(1).numpy(),
                saturated=units.saturated.float().mean(1).numpy(),
            )
        )
    return tuple(views)


@dataclass(frozen=True, eq=False)
class UnitShares:
    """Shares of the units of one hidden layer, each (K,)."""

    name: str  # "encoder 1", "decoder 1", counted from the input
    dead: np.ndarray  # the derivative is all but 0 on every image
    saturated: np.ndarray  # not dead, and flat on 95 % of the images
    one_sided: np.ndarray  # the pre-activation has one sign on all: no kink at 0 is ever crossed


@torch.no_grad()
def unit_shares(population: Population, images: np.ndarray, seed: int) -> tuple[UnitShares, ...]:
    """As training has them: on images (N, D) in [0, 1], with a z drawn for each.

    One a hidden layer, encoder first. ValueError unless the images are floats in [0, 1].
    """
    stream = generator(seed, "evaluation", 1)
    noise = torch.randn(len(images), population.latent, generator=stream)
    units: dict[str, _Units] = {}
    signs: dict[str, Tensor] = {}  # (2, K, H) whether the pre-activation ever is above, and below 0
    start = 0
    for chunk in chunks(population, images):
        pixels = torch.from_numpy(chunk)
        mean, log_variance = population.encode(pixels)
        draws = noise[start : start + len(chunk)]
        start += len(chunk)
        latents = torch.addcmul(mean, draws, torch.exp(0.5 * log_variance))
        for name, activate, before, _ in _hidden_layers(population, pixels, latents):
            units.setdefault(name, _Units(len(population), activate.width)).add(
                activate.derivative(before)
            )
            seen = torch.stack([(before > 0).any(1), (before < 0).any(1)])
            signs[name] = seen | signs[name] if name in signs else seen
    return tuple(
        UnitShares(
            name=name,
            dead=found.dead.float().mean(1).numpy(),
            saturated=found.saturated.float().mean(1).numpy(),
            one_sided=(~signs[name].all(0)).float().mean(1).numpy(),
        )
        for name, found in units.items()
    )


def _hidden_layers(
    population: Population, images: Tensor, latents: Tensor | None = None
) -> list[tuple[str, Activate, Tensor, Tensor]]:
    """As `Network.hidden`, encoder first, of images (P, D).

    The decoder sees the latents (K, P, L), by default the posteriors' means.
    """
    pixels = images.expand(len(population), -1, -1)
    codes = population.encode(images)[0] if latents is None else latents
    return population.encoder.hidden(pixels) + population.decoder.hidden(codes)


class _Units:
    """How the units of a layer answer to their inputs, image by image: slopes are (K, N, H)."""

    def __init__(self, members: int, units: int):
        self._images = 0
        self._steepest = torch.zeros(members, units)
        self._flat = torch.zeros(members, units)  # images on which a unit is

    def add(self, slopes: Tensor) -> None:
        """Those of more images."""
        steep = slopes.abs()
        self._images += steep.shape[1]
        if steep.shape[1]:
            self._steepest = torch.maximum(self._steepest, steep.amax(1))  # a NaN stays
        self._flat += (steep < FLAT_DERIVATIVE).sum(1)

    @property
    def dead(self) -> Tensor:
        """(K, H) bool: the derivative is all but 0 on every image."""
        return self._steepest < DEAD_DERIVATIVE

    @property
    def saturated(self) -> Tensor:
        """(K, H) bool: not dead, and flat on nearly all images."""
        return (self._flat >= SATURATED_SHARE * self._images) & ~self.dead


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
    return population.encoder.titled | population.decoder.titled


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
    ValueError unless the images are floats in [0, 1].
    """
    tallies: dict[str, _Tally] = {}
    start = 0
    for chunk in chunks(population, images):
        of_class = torch.from_numpy(labels[start : start + len(chunk)].astype(np.int64))
        start += len(chunk)
        one_hot = torch.nn.functional.one_hot(of_class, classes).float().T  # (C, N)
        for name, activate, before, output in _hidden_layers(population, torch.from_numpy(chunk)):
            if name not in tallies:
                tallies[name] = _Tally(activate, output.shape, classes)
            tallies[name].add(before, output, one_hot)
    counts = torch.bincount(torch.from_numpy(labels.astype(np.int64)), minlength=classes)
    return tuple(tally.study(name, counts) for name, tally in tallies.items())


class _Tally:
    """What is added up of one layer, chunk by chunk."""

    def __init__(self, activate: Activate, shape: torch.Size, classes: int):
        members, _, units = shape
        bins = len(BIN_EDGES) - 1
        self._activate = activate
        self._units = _Units(members, units)
        self._pre_activation = np.zeros((members, bins), dtype=np.int64)
        self._output = np.zeros((members, bins), dtype=np.int64)
        self._sums = torch.zeros(members, classes, units, dtype=torch.float64)

    def add(self, pre_activation: Tensor, output: Tensor, one_hot: Tensor) -> None:
        """pre_activation and output (K, N, H); one_hot (C, N)."""
        self._units.add(self._activate.derivative(pre_activation))
        self._pre_activation += histogram(pre_activation)
        self._output += histogram(output)
        self._sums += one_hot @ output

    def study(self, name: str, class_counts: Tensor) -> LayerStudy:
        means = self._sums / class_counts.double().unsqueeze(1)  # 0 / 0 is NaN
        return LayerStudy(
            name=name,
            pre_activation=self._pre_activation,
            output=self._output,
            dead=self._units.dead.numpy(),
            saturated=self._units.saturated.numpy(),
            class_means=means.float().numpy(),
            function=self._activate.sample(torch.from_numpy(BIN_EDGES.copy())).numpy(),
        )
