"""Activation functions that are more than a line: the registry's entries name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae_explorer.activations.lazy import F, torch

if TYPE_CHECKING:
    from torch import Tensor

MIXED = ("tanh", "relu", "silu", "sine", "linear")  # what the adaptive mixture blends, in order


def prelu(x: Tensor, slope: Tensor) -> Tensor:
    # F.prelu's slopes do not broadcast like this, and torch.where takes three times as long.
    return F.relu(x) - slope * F.relu(-x)


def average_pooling(x: Tensor) -> Tensor:
    # The first and the last unit have one neighbour: they average two values.
    return F.avg_pool1d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)


def snake(x: Tensor, frequency: Tensor) -> Tensor:
    # 1 / frequency, but 0 at 0: training may carry a frequency there, where snake is the identity.
    reciprocal = frequency / (frequency.square() + 1e-12)
    return x + torch.sin(frequency * x).square() * reciprocal


def adaptive_mixture(x: Tensor, **gates: Tensor) -> Tensor:
    scale = torch.stack([gates[f"{name}_scale"] for name in MIXED])  # (5, K, 1, H)
    bias = torch.stack([gates[f"{name}_bias"] for name in MIXED])
    weights = torch.softmax(torch.addcmul(bias, scale, x), dim=0)  # (5, K, N, H)
    outputs = torch.stack([torch.tanh(x), F.relu(x), F.silu(x), torch.sin(x), x])
    return (weights * outputs).sum(dim=0)
