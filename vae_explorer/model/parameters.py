"""Every parameter of a population in one buffer, with views by name."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

Shapes = dict[str, tuple[int, ...]]  # of parameters, (K, ...), by name


class Parameters:
    """Every parameter of a population in one flat buffer, and every gradient in another.

    One buffer makes an optimiser's step one call. A parameter is a contiguous view with a leading
    member axis, for batched matrix products at full speed.
    """

    _ALIGNMENT = 16  # floats: a view starts on a cache line

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]):
        offsets = [0]
        for shape in shapes.values():
            size = math.prod(shape)
            offsets.append(offsets[-1] + -(-size // self._ALIGNMENT) * self._ALIGNMENT)
        self.flat = torch.zeros(offsets[-1])
        self.flat_gradient = torch.zeros(offsets[-1])
        self.slices = {
            name: slice(offset, offset + math.prod(shape))
            for offset, (name, shape) in zip(offsets, shapes.items())
        }
        self.shapes = dict(shapes)
        self.values = self.views_of(self.flat)
        self.gradients = self.views_of(self.flat_gradient)

    def views_of(self, flat: Tensor) -> dict[str, Tensor]:
        """The named views of any buffer laid out like this one, as an optimiser's moments are."""
        return {name: flat[self.slices[name]].view(shape) for name, shape in self.shapes.items()}

    def gradient_norms(self) -> Tensor:
        """(K,) Euclidean norm of each member's whole gradient."""
        members = next(iter(self.shapes.values()))[0]
        if members == 1:  # a dot product runs on all threads, a norm on one
            return torch.dot(self.flat_gradient, self.flat_gradient).sqrt().view(1)
        norms = [
            torch.linalg.vector_norm(gradient.view(members, -1), dim=1)
            for gradient in self.gradients.values()
        ]
        return torch.linalg.vector_norm(torch.stack(norms), dim=0)
