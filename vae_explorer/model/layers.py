"""Layers over the member axis, each with its own forward and backward.

The matrix products are most of a training step, so what surrounds them is kept thin: gradients are
written straight into one buffer instead of through an autograd graph of the whole network, which
took a third more time a step (benchmarks/README.md). Autograd still differentiates the activations,
so a new one needs no derivative by hand. Tests hold every gradient against autograd of a plain
torch.nn network.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.model.parameters import Parameters, Shapes
from vae_explorer.model.randomness import InitialDraws


class Layer(ABC):
    """What a network is a chain of: every member's at once, (K, N, in) to (K, N, out).

    It is made from widths alone; `bind` gives it its weights, and nothing else may come before.
    """

    name: str  # what the names of its parameters begin with
    drops = False  # whether some outputs are set to zero in training
    product_type: torch.dtype  # of its matrix products in training, where it has any

    @abstractmethod
    def declare(self) -> Shapes:
        """Name to shape (K, ...) of its parameters; nothing is allocated."""

    @abstractmethod
    def bind(self, parameters: Parameters) -> None:
        """Takes its parameters, and where their gradients go, from among all."""

    @abstractmethod
    def initialise(self, draws: InitialDraws) -> None:
        """Sets its parameters to what training starts from."""

    @abstractmethod
    def forward(self, inputs: Tensor) -> Tensor:
        """As in evaluation: nothing is dropped, nothing remembered."""

    @abstractmethod
    def forward_for_backward(self, inputs: Tensor, uniform: Tensor | None) -> Tensor:
        """As in training, and remembers what backward needs.

        uniform is (K, N, out) in [0, 1), needed where it `drops`.
        """

    @abstractmethod
    def backward(self, gradient: Tensor) -> None:
        """Writes its parameters' gradients; gradient is the outputs', (K, N, out)."""

    @abstractmethod
    def input_gradient(self) -> Tensor:
        """(K, N, in), of the gradient that backward was given last."""


class Dense(Layer):
    """An affine map for every member: (K, N, in) to (K, N, out).

    Initial weights are scaled by `gains`, (K,), those of the activations that feed it.
    """

    weight: Tensor  # (K, in, out)
    bias: Tensor  # (K, 1, out)
    weight_gradient: Tensor
    last_inputs: Tensor  # (K, N, in), of the last step

    def __init__(self, name: str, fan_in: int, fan_out: int, gains: Sequence[float]):
        self.name = name
        self._fans = (fan_in, fan_out)
        self._gains = gains

    def declare(self) -> Shapes:
        fan_in, fan_out = self._fans
        members = len(self._gains)
        return {
            f"{self.name}.weight": (members, fan_in, fan_out),
            f"{self.name}.bias": (members, 1, fan_out),
        }

    def bind(self, parameters: Parameters) -> None:
        self.weight = parameters.values[f"{self.name}.weight"]
        self.bias = parameters.values[f"{self.name}.bias"]
        self.weight_gradient = parameters.gradients[f"{self.name}.weight"]
        self._bias_gradient = parameters.gradients[f"{self.name}.bias"]
        self.product_type = self.weight.dtype

    def initialise(self, draws: InitialDraws) -> None:
        draws.affine(self.weight, self.bias, self._gains)

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.bmm(inputs, self.weight).add_(self.bias)

    def forward_for_backward(self, inputs: Tensor, uniform: Tensor | None) -> Tensor:
        self.last_inputs = inputs.to(self.product_type)
        self._weight = self.weight.to(self.product_type)
        product = torch.bmm(self.last_inputs, self._weight)
        same = self.product_type == self.bias.dtype
        return product.add_(self.bias) if same else product + self.bias

    def backward(self, gradient: Tensor) -> None:
        self._gradient = gradient.to(self.product_type)
        if self.product_type == self.weight.dtype:
            torch.bmm(self.last_inputs.transpose(1, 2), gradient, out=self.weight_gradient)
        else:
            self.weight_gradient.copy_(torch.bmm(self.last_inputs.transpose(1, 2), self._gradient))
        torch.sum(gradient, 1, keepdim=True, out=self._bias_gradient)

    def input_gradient(self) -> Tensor:
        return torch.bmm(self._gradient, self._weight.transpose(1, 2)).to(self.weight.dtype)


class Activate(Layer):
    """A hidden layer's activations: members side by side, each with its own function.

    Neighbouring members with the same function are one call. In training some outputs are set to
    zero where a member has a dropout rate (Srivastava et al. 2014, inverted scaling).
    """

    def __init__(self, name: str, width: int, activations: Sequence[str], dropout: Sequence[float]):
        self.name = name
        self.width = width  # units
        self._members = len(activations)
        runs = [(ACTIVATIONS[key], len(list(run))) for key, run in itertools.groupby(activations)]
        stops = list(itertools.accumulate(size for _, size in runs))
        self._groups = [
            (activation, slice(stop - size, stop)) for (activation, size), stop in zip(runs, stops)
        ]
        self._sizes = [size for _, size in runs]
        rates = [rate or ACTIVATIONS[key].dropout for key, rate in zip(activations, dropout)]
        self.drops = any(rate > 0 for rate in rates)
        self._rates = torch.tensor(rates).view(-1, 1, 1)

    def declare(self) -> Shapes:
        """Learnable numbers, one a unit: (K, 1, H), with rows unused where f has none."""
        keys = [key for activation, _ in self._groups for key in activation.parameters]
        return {f"{self.name}.{key}": (self._members, 1, self.width) for key in keys}

    def bind(self, parameters: Parameters) -> None:
        self._learned = [
            {key: self._view(parameters.values, key, rows) for key in activation.parameters}
            for activation, rows in self._groups
        ]
        self._learned_gradients = [
            [self._view(parameters.gradients, key, rows) for key in activation.parameters]
            for activation, rows in self._groups
        ]
        for group in self._learned:
            for value in group.values():
                value.requires_grad_()

    def _view(self, named: Mapping[str, Tensor], key: str, rows: slice) -> Tensor:
        return named[f"{self.name}.{key}"][rows]

    @torch.no_grad()
    def initialise(self, draws: InitialDraws) -> None:
        """Sets each learnable number to the value that its activation starts from."""
        for (activation, _), learned in zip(self._groups, self._learned):
            for key, value in learned.items():
                value.fill_(activation.parameters[key])

    def _apply(self, pieces: Sequence[Tensor]) -> list[Tensor]:
        return [
            activation.function(piece, **learned)
            for (activation, _), piece, learned in zip(self._groups, pieces, self._learned)
        ]

    def forward(self, inputs: Tensor) -> Tensor:
        return _join(self._apply(inputs.split(self._sizes)))

    def forward_for_backward(self, inputs: Tensor, uniform: Tensor | None) -> Tensor:
        self._pieces = [piece.requires_grad_() for piece in inputs.split(self._sizes)]
        with torch.enable_grad():
            self._outputs = self._apply(self._pieces)
        output = _join([piece.detach() for piece in self._outputs])
        self._keep = None
        if self.drops and uniform is not None:
            self._keep = (uniform >= self._rates) / (1 - self._rates)
            output = output * self._keep
        return output

    def backward(self, gradient: Tensor) -> None:
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
        self._input_gradient = _join(gradients)

    def input_gradient(self) -> Tensor:
        return self._input_gradient

    def derivative(self, pre_activation: Tensor) -> Tensor:
        """(K, N, H) how much a unit's layer output grows with its pre-activation."""
        pieces = [piece.requires_grad_() for piece in pre_activation.detach().split(self._sizes)]
        with torch.enable_grad():
            outputs = self._apply(pieces)
        return _join(torch.autograd.grad(outputs, pieces, [torch.ones_like(p) for p in pieces]))

    @torch.no_grad()
    def sample(self, x: Tensor) -> Tensor:
        """(K, P): f at x (P,), with the mean over units of each number that it has learned.

        Each number is the only unit of a layer of its own, as in `activations.sample`, so average
        pooling is the identity.
        """
        lines = []
        for (activation, _), size, learned in zip(self._groups, self._sizes, self._learned):
            means = {key: value.mean(2, keepdim=True) for key, value in learned.items()}
            inputs = x.view(1, -1, 1).expand(size, -1, -1)
            lines.append(activation.function(inputs, **means).squeeze(2))
        return _join(lines)


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
