"""A chain of layers: an encoder or a decoder, every member's at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.architecture import Chain
from vae_explorer.experiment.recipe import Member
from vae_explorer.model.layers import Activate, Dense, Layer
from vae_explorer.model.parameters import Parameters, Shapes
from vae_explorer.model.randomness import InitialDraws


class Network:
    """The layers that a chain describes, for every member. `bind` gives them their weights."""

    def __init__(self, chain: Chain, members: Sequence[Member]):
        self.chain = chain
        self.layers: list[Layer] = []
        activations = chain.activations_of(members)
        dropout = [member.dropout for member in members]
        gains = [1.0] * len(members)
        for block in chain.blocks:
            self.layers.append(Dense(block.key, block.inputs, block.outputs, gains))
            if block.hidden:
                key, width = block.activation_key, block.outputs
                self.layers.append(Activate(key, width, activations, dropout))
            gains = [ACTIVATIONS[name].gain for name in activations]

    @property
    def activations(self) -> list[Activate]:
        """Those of the hidden layers, from the input on."""
        return [layer for layer in self.layers if isinstance(layer, Activate)]

    @property
    def titled(self) -> dict[str, Dense]:
        """The layers with weights, from the input on, by their blocks' titles."""
        named = {layer.name: layer for layer in self.layers if isinstance(layer, Dense)}
        return {block.title: named[block.key] for block in self.chain.blocks}

    def declare(self) -> Shapes:
        """Name to shape of every layer's parameters; nothing is allocated."""
        return {name: shape for layer in self.layers for name, shape in layer.declare().items()}

    def bind(self, parameters: Parameters) -> None:
        for layer in self.layers:
            layer.bind(parameters)

    def initialise(self, draws: InitialDraws) -> None:
        for layer in self.layers:
            layer.initialise(draws)

    def multiply_in(self, product_type: torch.dtype) -> None:
        for layer in self.layers:
            layer.product_type = product_type

    def forward(self, inputs: Tensor) -> Tensor:
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs

    def hidden(self, inputs: Tensor) -> list[tuple[str, Activate, Tensor, Tensor]]:
        """Each hidden layer: title, activations, pre-activations and outputs, both (K, N, H)."""
        titles = iter([block.title for block in self.chain.blocks if block.hidden])
        views = []
        for layer in self.layers[:-1]:  # what follows the last activation is no hidden layer
            outputs = layer.forward(inputs)
            if isinstance(layer, Activate):
                views.append((next(titles), layer, inputs, outputs))
            inputs = outputs
        return views

    def forward_for_backward(self, inputs: Tensor, uniforms: Mapping[str, Tensor]) -> Tensor:
        """uniforms, for dropout, by name of the layers that drop outputs."""
        for layer in self.layers:
            inputs = layer.forward_for_backward(inputs, uniforms.get(layer.name))
        return inputs

    def backward(self, gradient: Tensor) -> None:
        """Writes all parameters' gradients; gradient is the output's."""
        for layer in self.layers[:0:-1]:
            layer.backward(gradient)
            gradient = layer.input_gradient()
        self.layers[0].backward(gradient)

    def input_gradient(self) -> Tensor:
        """(K, N, in), of the gradient that backward was given last."""
        return self.layers[0].input_gradient()
