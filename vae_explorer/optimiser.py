"""Adam over a whole population, with each member clipped, frozen and undone by itself."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from vae_explorer.layers import Parameters

# Dead units leave Adam's moments decaying towards zero; as denormal numbers those made its step
# six times slower (benchmarks/README.md). Set before PyTorch starts threads, which inherit it.
torch.set_flush_denormal(True)


class MemberwiseAdam:
    """PyTorch's fused Adam (Kingma and Ba 2015) over the flat buffer of all members."""

    def __init__(self, parameters: Parameters):
        self._parameters = parameters
        parameters.flat.grad = parameters.flat_gradient
        self._adam = torch.optim.Adam([parameters.flat], lr=0.0, fused=True)
        self._group = self._adam.param_groups[0]

    @property
    def learning_rate(self) -> float:
        """Of the last step; 0 before the first."""
        return self._group["lr"]

    def step(self, learning_rate: float) -> None:
        self._group["lr"] = learning_rate
        self._adam.step()

    @torch.no_grad()
    def clip(self, norms: Tensor, longest: float) -> None:
        """Shortens gradients with norms (K,) above `longest` to it (Pascanu et al. 2013)."""
        if bool((norms <= longest).all()):
            return
        scale = (longest / norms).clamp(max=1).nan_to_num(1.0).view(-1, 1, 1)
        for gradient in self._parameters.gradients.values():
            gradient *= scale

    def silence(self, members: Collection[int]) -> None:
        """Sets the gradients of members to zero: with zero moments Adam then leaves them be."""
        rows = list(members)
        for gradient in self._parameters.gradients.values():
            gradient[rows] = 0

    @torch.no_grad()
    def undo(self, member: int) -> None:
        """Takes back the last step of one member, and forgets its moments.

        The step follows from the moments, so no copy of the weights is kept at every step. The
        result equals the weights before but for rounding.
        """
        state = self._adam.state.get(self._parameters.flat)
        if not state:
            return  # there was no step
        beta1, beta2 = self._group["betas"]
        steps = state["step"].item()
        rate = self._group["lr"] / (1 - beta1**steps)
        moments = self._parameters.views_of(state["exp_avg"])
        squares = self._parameters.views_of(state["exp_avg_sq"])
        for name, value in self._parameters.values.items():
            moment, square = moments[name][member], squares[name][member]
            deviation = (square / (1 - beta2**steps)).sqrt_().add_(self._group["eps"])
            value[member] += rate * moment / deviation
            moment.zero_()
            square.zero_()
