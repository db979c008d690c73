"""Packs a population for the browser, where network.js evaluates it.

No activation is written a second time in JavaScript: each travels as a table of cubics through
values of the registry's own function, side by side in cells of one width, and in a straight line
beyond the last ones. Where f has learned parameters, every unit has a row of its own. What mixes
units but is linear (average pooling) needs no table: it is folded into the next layer's weights.

Cubics and not lines: with as many numbers they come a hundred times closer to a wave. Cells and not
one smooth spline: f may have kinks, which at whole numbers fall between cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_explorer.activations import ACTIVATIONS, Activation
from vae_explorer.model.network import Network
from vae_explorer.model.population import Population

# Cells are 1, 1/2, 1/4, ... wide: as wide as they may be with no checked value further off than
# the first, or than the second of its size: float32 itself is out by 6e-8 of it.
ABSOLUTE, RELATIVE = 1e-5, 1e-6

BENDS = 8.0  # every table reaches this far from 0, whatever was seen: there most functions bend

# Cells of a row at most, and how far from 0 it may reach. Rows a unit are most of what is sent.
SHARED = (16_384, 512.0)
BY_UNIT = (512, 64.0)

# Where in a cell its cubic meets f, the ends included, so that neighbours join: the extrema of a
# Chebyshev polynomial (Trefethen 2013, "Approximation Theory and Approximation Practice", ch. 2).
MEETING = torch.tensor([0, 0.25, 0.75, 1], dtype=torch.float64)
_TO_COEFFICIENTS = torch.linalg.inv(torch.linalg.vander(MEETING))

_LARGEST = torch.finfo(torch.float32).max  # beyond it a unit overflows, as it does in PyTorch
_CHECKED_ROWS = 16  # units whose rows decide the cells' width
_MOST_IMAGES = 500  # that are encoded to see how far pre-activations go
_DRAWS = 1_000  # latents that are decoded to see it


@torch.no_grad()
def pack(population: Population, images: np.ndarray) -> tuple[dict[str, Any], bytes]:
    """A header for JSON, and the numbers that it points into: every member, in order.

    Parameters
    ----------
    population : Population
    images : (N, D) array in [0, 1]
        Images like those to be encoded: they set how far the tables reach.

    Returns
    -------
    header : dict
        ``output``, "bernoulli" or "gaussian"; ``latent`` and ``imageSize``, numbers of dimensions;
        ``floats``, numbers in the blob; ``members``, each with the layers of its ``encoder``, whose
        outputs are the means and then the log-variances, and of its ``decoder``, and the
        ``logVariance`` of its pixels where they are Gaussian. A layer has ``in``, ``out``, the
        offsets of its ``weight``, (in, out) row by row, and of its ``bias``, and a ``table`` or
        None: the ``offset`` of ``rows`` (1 or ``out``) × ``cells`` × 4 coefficients of f = c₀ + c₁t
        + c₂t² + c₃t³, where the first cell starts at ``low``, each is ``step`` wide, t goes from 0
        to 1 in it, and the first and the last are lines that hold beyond it. Offsets count floats.
    blob : bytes
        float32, little-endian.
    """
    images = images[:: max(1, len(images) // _MOST_IMAGES)]
    seen = np.concatenate([images, np.zeros_like(images[:1])])  # drawing starts on a blank image
    pixels = torch.as_tensor(seen, dtype=torch.float32).expand(len(population), -1, -1)
    codes, _ = population.encode(seen)
    blob = _Blob()
    encoders = _layers(population, "encoder", pixels, blob)
    decoders = _layers(population, "decoder", _wide_latents(codes), blob)
    header = {
        "output": population.experiment.output,
        "latent": population.latent,
        "imageSize": population.image_size,
        "floats": blob.size,
        "members": [
            {"encoder": e, "decoder": d, "logVariance": v}
            for e, d, v in zip(encoders, decoders, _pixel_log_variances(population))
        ],
    }
    return header, blob.bytes()


def _pixel_log_variances(population: Population) -> list[float | None]:
    """Each member's, as it has learned it; None where pixels are Bernoulli."""
    if population.experiment.output == "bernoulli":
        return [None] * len(population)
    return population.parameters.values["output.log_variance"].flatten().tolist()


class _Blob:
    """Arrays one after the other in float32."""

    def __init__(self) -> None:
        self.size = 0
        self._arrays: list[np.ndarray] = []

    def add(self, values: Tensor) -> int:
        """Appends them row by row and gives the offset of the first."""
        array = values.detach().numpy().astype("<f4").ravel()
        offset = self.size
        self._arrays.append(array)
        self.size += len(array)
        return offset

    def bytes(self) -> bytes:
        return np.concatenate(self._arrays).tobytes()


def _wide_latents(codes: Tensor) -> Tensor:
    """(K, N, L): the codes and draws from a box that reaches 3 times as far, and at least to 6."""
    reach = (3 * codes.nan_to_num(0, 100, -100).abs().amax(1, keepdim=True)).clamp(6, 300)
    uniform = np.random.default_rng(0).uniform(-1, 1, (_DRAWS, codes.shape[2]))
    return torch.cat([codes, torch.as_tensor(uniform, dtype=codes.dtype) * reach], dim=1)


def _layers(
    population: Population, side: str, inputs: Tensor, blob: _Blob
) -> list[list[dict[str, Any]]]:
    """Every member's layers of one side; inputs (K, N, in) show how far pre-activations go."""
    network: Network = getattr(population, side)
    ranges = [_ranges(pre_activation) for _, _, pre_activation, _ in network.hidden(inputs)]
    named = population.parameters.values
    members = []
    for member, recipe in enumerate(population.members):
        activation = ACTIVATIONS[network.chain.activation_of(recipe)]
        layers = []
        mixing: Tensor | None = None  # what the layer before does to its units, (H, H)
        for depth, block in enumerate(network.chain.blocks):
            weight = named[f"{block.key}.weight"][member].double()
            layer: dict[str, Any] = {
                "in": block.inputs,
                "out": block.outputs,
                "weight": blob.add(weight if mixing is None else mixing @ weight),
                "bias": blob.add(named[f"{block.key}.bias"][member]),
                "table": None,
            }
            mixing = None
            if block.hidden:
                learned = _learned(population, block.activation_key, activation, member)
                function = _on_doubles(activation, learned)
                if activation.elementwise:
                    layer["table"] = _table(function, *ranges[depth][member], blob)
                else:
                    mixing = _matrix(activation, function, block.outputs)
            layers.append(layer)
        members.append(layers)
    return members


def _ranges(pre_activation: Tensor) -> list[tuple[float, float]]:
    """Each member's lowest and highest pre-activation of (K, N, H), and some way beyond."""
    finite = pre_activation.nan_to_num().flatten(1)
    lowest, highest = finite.amin(1), finite.amax(1)
    margin = 1 + (highest - lowest) / 4
    return list(zip((lowest - margin).tolist(), (highest + margin).tolist()))


def _learned(
    population: Population, name: str, activation: Activation, member: int
) -> dict[str, Tensor]:
    """A member's learned parameters of one layer of activations, each (1, 1, H) in float64."""
    named = population.parameters.values
    return {
        key: named[f"{name}.{key}"][member : member + 1].double() for key in activation.parameters
    }


def _on_doubles(activation: Activation, learned: dict[str, Tensor]) -> Callable[..., Tensor]:
    """f in float64, (N, H) to (N, H); stride leaves out units with learned parameters.

    N numbers as (N, 1) give a column of its own to every unit that has them.
    """

    def function(x: Tensor, stride: int = 1) -> Tensor:
        some = {key: value[..., ::stride] for key, value in learned.items()}
        return activation.function(x.double()[None], **some)[0]

    return function


def _table(
    function: Callable[..., Tensor], lowest: float, highest: float, blob: _Blob
) -> dict[str, Any] | None:
    """A table of f from lowest to highest, as far as it may reach; None for the identity."""
    rows = function(torch.zeros(1, 1)).shape[1]
    most, reach = SHARED if rows == 1 else BY_UNIT
    low, high = max(min(lowest, -BENDS), -reach), min(max(highest, BENDS), reach)
    step, starts = 1.0, _starts(low, high, 1.0)
    if torch.equal(function(starts + 0.31), starts + 0.31):
        return None
    while _error(function, starts, step, rows) > ABSOLUTE and 2 * len(starts) <= most:
        step /= 2
        starts = _starts(low, high, step)
    cells = _with_lines_beyond(_cubics(function, starts, step))
    return {
        "offset": blob.add(cells.clamp(-_LARGEST, _LARGEST)),
        "rows": rows,
        "cells": cells.shape[1],
        "low": starts[0].item() - step,
        "step": step,
    }


def _starts(low: float, high: float, step: float) -> Tensor:
    """(N, 1) where cells start, at multiples of step, that together hold low and high."""
    first, last = math.floor(low / step), math.ceil(high / step)
    return step * torch.arange(first, last, dtype=torch.float64)[:, None]


def _cubics(
    function: Callable[..., Tensor], starts: Tensor, step: float, stride: int = 1
) -> Tensor:
    """(H, N, 4) coefficients, the constant first, of f in each cell, over t from 0 to 1."""
    x = (starts + step * MEETING).view(-1, 1)
    values = function(x, stride).view(len(starts), len(MEETING), -1)  # (N, 4, H)
    return (_TO_COEFFICIENTS @ values).permute(2, 0, 1)


def _with_lines_beyond(cells: Tensor) -> Tensor:
    """(H, N, 4) to (H, N + 2, 4): before and behind them cells with the tangents at the ends."""
    first, last = cells[:, 0], cells[:, -1]
    lines = torch.zeros(2, *first.shape, dtype=cells.dtype)
    lines[0, :, 0], lines[0, :, 1] = first[:, 0] - first[:, 1], first[:, 1]
    lines[1, :, 0] = last.sum(1)  # f, and below its slope, at t = 1
    lines[1, :, 1] = last[:, 1] + 2 * last[:, 2] + 3 * last[:, 3]
    return torch.cat([lines[0, :, None], cells, lines[1, :, None]], dim=1)


def _error(function: Callable[..., Tensor], starts: Tensor, step: float, rows: int) -> float:
    """How far the cubics of some units are off at most; less counts where f is large."""
    stride = -(-rows // _CHECKED_ROWS)
    cubics = _cubics(function, starts, step, stride)
    worst = 0.0
    for t in (0.1, 0.5, 0.9):
        truth = function(starts + t * step, stride).T
        powers = torch.tensor([1, t, t**2, t**3], dtype=torch.float64)
        error = (cubics @ powers - truth).abs() / (truth.abs() * RELATIVE / ABSOLUTE).clamp(min=1)
        worst = max(worst, error.max().item())
    return worst


def _matrix(activation: Activation, function: Callable[..., Tensor], width: int) -> Tensor:
    """(H, H) M with f(x) = x M for every row x; ValueError where f is not linear."""
    matrix = function(torch.eye(width))
    probe = torch.linspace(-2, 3, 4 * width, dtype=torch.float64).view(4, width)
    if not torch.allclose(function(probe), probe @ matrix):
        raise ValueError(
            f"{activation.label} mixes units and is not linear: it can be packed neither as a "
            "table nor as a matrix."
        )
    return matrix
