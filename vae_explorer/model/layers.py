"""Layers over the member axis, each with its own forward and backward.

The matrix products are most of a training step, so what surrounds them is kept thin: gradients are
written straight into one buffer instead of through an autograd graph of the whole network, which
took a third more time a step (benchmarks/README.md). Autograd still differentiates the activations,
so a new one needs no derivative by hand. Tests hold every gradient against autograd of a plain
torch.nn network.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.model.parameters import Parameters


class Dense:
    """An affine map for every member: (K, N, in) to (K, N, out)."""

    def __init__(self, parameters: Parameters, name: str):
        self.weight = parameters.values[f"{name}.weight"]  # (K, in, out)
        self.bias = parameters.values[f"{name}.bias"]  # (K, 1, out)
        self.weight_gradient = parameters.gradients[f"{name}.weight"]
        self._bias_gradient = parameters.gradients[f"{name}.bias"]
        self.product_type = self.weight.dtype  # of the matrix products in training

    @staticmethod
    def shapes(name: str, members: int, fan_in: int, fan_out: int) -> dict[str, tuple[int, ...]]:
        return {
            f"{name}.weight": (members, fan_in, fan_out),
            f"{name}.bias": (members, 1, fan_out),
        }

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.bmm(inputs, self.weight).add_(self.bias)

    def forward_for_backward(self, inputs: Tensor) -> Tensor:
        """As forward, in `product_type`, and remembers what backward needs."""
        self.last_inputs = inputs.to(self.product_type)
        self._weight = self.weight.to(self.product_type)
        product = torch.bmm(self.last_inputs, self._weight)
        return (
            product.add_(self.bias) if self.product_type == self.bias.dtype else product + self.bias
        )

    def backward(self, gradient: Tensor) -> None:
        """Writes the parameters' gradients; gradient is (K, N, out)."""
        self._gradient = gradient.to(self.product_type)
        if self.product_type == self.weight.dtype:
            torch.bmm(self.last_inputs.transpose(1, 2), gradient, out=self.weight_gradient)
        else:
            self.weight_gradient.copy_(torch.bmm(self.last_inputs.transpose(1, 2), self._gradient))
        torch.sum(gradient, 1, keepdim=True, out=self._bias_gradient)

    def input_gradient(self) -> Tensor:
        """(K, N, in), of the gradient that backward was given last."""
        return torch.bmm(self._gradient, self._weight.transpose(1, 2)).to(self.weight.dtype)


class Activate:
    """A hidden layer's activations: members side by side, each with its own function.

    Neighbouring members with the same function are one call. In training some outputs are set to
    zero where a member has a dropout rate (Srivastava et al. 2014, inverted scaling).
    """

    def __init__(
        self,
        parameters: Parameters,
        name: str,
        activations: Sequence[str],
        dropout: Sequence[float],
    ):
        self._name = name
        runs = [(ACTIVATIONS[key], len(list(run))) for key, run in itertools.groupby(activations)]
        stops = list(itertools.accumulate(size for _, size in runs))
        self.groups = [
            (activation, slice(stop - size, stop)) for (activation, size), stop in zip(runs, stops)
        ]
        self._sizes = [size for _, size in runs]
        self._learned = [
            {key: self._view(parameters.values, key, rows) for key in activation.parameters}
            for activation, rows in self.groups
        ]
        self._learned_gradients = [
            [self._view(parameters.gradients, key, rows) for key in activation.parameters]
            for activation, rows in self.groups
        ]
        for group in self._learned:
            for value in group.values():
                value.requires_grad_()
        rates = torch.tensor(
            [rate or ACTIVATIONS[key].dropout for key, rate in zip(activations, dropout)]
        ).view(-1, 1, 1)
        self._rates = rates if bool((rates > 0).any()) else None

    def _view(self, named: Mapping[str, Tensor], key: str, rows: slice) -> Tensor:
        return named[f"{self._name}.{key}"][rows]

    @staticmethod
    def shapes(name: str, activations: Sequence[str], width: int) -> dict[str, tuple[int, ...]]:
        """Learnable numbers, one a unit: (K, 1, width), with rows unused where f has none."""
        keys = [key for activation in activations for key in ACTIVATIONS[activation].parameters]
        return {f"{name}.{key}": (len(activations), 1, width) for key in keys}

    @torch.no_grad()
    def initialise(self) -> None:
        """Sets each learnable number to the value that its activation starts from."""
        for (activation, _), learned in zip(self.groups, self._learned):
            for key, value in learned.items():
                value.fill_(activation.parameters[key])

    @property
    def drops(self) -> bool:
        return self._rates is not None

    def _apply(self, pieces: Sequence[Tensor]) -> list[Tensor]:
        return [
            activation.function(piece, **learned)
            for (activation, _), piece, learned in zip(self.groups, pieces, self._learned)
        ]

    def forward(self, pre_activation: Tensor) -> Tensor:
        """(K, N, H) to (K, N, H), as in evaluation: nothing is dropped."""
        return _join(self._apply(pre_activation.split(self._sizes)))

    def forward_for_backward(self, pre_activation: Tensor, uniform: Tensor | None) -> Tensor:
        """As in training; uniform is (K, N, H) in [0, 1), needed where `drops`."""
        self._pieces = [piece.requires_grad_() for piece in pre_activation.split(self._sizes)]
        with torch.enable_grad():
            self._outputs = self._apply(self._pieces)
        output = _join([piece.detach() for piece in self._outputs])
        self._keep = None
        if self._rates is not None and uniform is not None:
            self._keep = (uniform >= self._rates) / (1 - self._rates)
            output = output * self._keep
        return output

    def backward(self, gradient: Tensor) -> Tensor:
        """Gradient of the outputs to that of the pre-activations, both (K, N, H)."""
        if self._keep is not None:
            gradient = gradient * self._keep
        gradients = [
            _differentiate(*group)
            for group in zip(
                self._outputs,
                self._pieces,
                self._learned,
                self._learned_gradients,
                gradient.split(self._sizes),
            )
        ]
        return _join(gradients)

    def derivative(self, pre_activation: Tensor) -> Tensor:
        """(K, N, H) how much a unit's layer output grows with its pre-activation."""
        pieces = [piece.requires_grad_() for piece in pre_activation.detach().split(self._sizes)]
        with torch.enable_grad():
            outputs = self._apply(pieces)
        return _join(torch.autograd.grad(outputs, pieces, [torch.ones_like(p) for p in pieces]))


def _join(pieces: Sequence[Tensor]) -> Tensor:
    return pieces[0] if len(pieces) == 1 else torch.cat(list(pieces))


def _differentiate(
    output: Tensor,
    inputs: Tensor,
    learned: Mapping[str, Tensor],
    learned_gradients: Sequence[Tensor],
    gradient: Tensor,
) -> Tensor:
    """The gradient of one function's inputs; writes those of its learned numbers."""
    node = output.grad_fn
    if node is None:  # the identity: the output is the input
        return gradient
    sources = [source for source, _ in node.next_functions if source is not None]
    if len(node.next_functions) == 1 and not any(source.next_functions for source in sources):
        # A single operation: starting the engine of autograd takes far longer than calling it.
        return cast(Callable[[Tensor], Tensor], node)(gradient)
    first, *others = torch.autograd.grad(output, [inputs, *learned.values()], gradient)
    for target, value in zip(learned_gradients, others):
        target.copy_(value)
    return first
