"""A chain of layers: an encoder or a decoder, every member's at once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from torch import Tensor

from vae_explorer.model.layers import Activate, Dense
from vae_explorer.model.parameters import Parameters


class Network:
    """A chain of Dense and Activate: an encoder or a decoder, every member's at once."""

    def __init__(
        self,
        parameters: Parameters,
        name: str,
        depth: int,
        activations: Sequence[str],
        dropout: Sequence[float],
    ):
        self.dense = [Dense(parameters, f"{name}.{index}") for index in range(depth + 1)]
        self.activate = [
            Activate(parameters, f"{name}.{index}.activation", activations, dropout)
            for index in range(depth)
        ]

    @staticmethod
    def shapes(
        name: str, widths: Sequence[int], activations: Sequence[str]
    ) -> dict[str, tuple[int, ...]]:
        shapes: dict[str, tuple[int, ...]] = {}
        members = len(activations)
        for index, (fan_in, fan_out) in enumerate(itertools.pairwise(widths)):
            shapes |= Dense.shapes(f"{name}.{index}", members, fan_in, fan_out)
            if index < len(widths) - 2:
                shapes |= Activate.shapes(f"{name}.{index}.activation", activations, fan_out)
        return shapes

    def forward(self, inputs: Tensor) -> Tensor:
        for dense, activate in zip(self.dense, self.activate):
            inputs = activate.forward(dense.forward(inputs))
        return self.dense[-1].forward(inputs)

    def hidden(self, inputs: Tensor) -> list[tuple[Activate, Tensor, Tensor]]:
        """Each hidden layer with its pre-activations and outputs, both (K, N, H)."""
        views = []
        for dense, activate in zip(self.dense, self.activate):
            pre_activation = dense.forward(inputs)
            inputs = activate.forward(pre_activation)
            views.append((activate, pre_activation, inputs))
        return views

    def forward_for_backward(self, inputs: Tensor, uniforms: Sequence[Tensor | None]) -> Tensor:
        for dense, activate, uniform in zip(self.dense, self.activate, uniforms):
            inputs = activate.forward_for_backward(dense.forward_for_backward(inputs), uniform)
        return self.dense[-1].forward_for_backward(inputs)

    def backward(self, gradient: Tensor) -> None:
        """Writes all parameters' gradients; gradient is the output's."""
        self.dense[-1].backward(gradient)
        for dense, following, activate in zip(
            self.dense[-2::-1], self.dense[::-1], self.activate[::-1]
        ):
            dense.backward(activate.backward(following.input_gradient()))
