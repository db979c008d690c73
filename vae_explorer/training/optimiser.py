"""Adam over a whole population, with each member clipped, frozen and undone by itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import torch
from torch import Tensor
from torch.optim.adam import adam

from vae_explorer.model.parameters import Parameters

# Dead units leave Adam's moments decaying towards zero; as denormal numbers those made its step
# six times slower (benchmarks/README.md). Set before PyTorch starts threads, which inherit it.
torch.set_flush_denormal(True)

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # those of the paper, and of PyTorch


class MemberwiseAdam:
    """PyTorch's fused Adam (Kingma and Ba 2015) over the flat buffer of all members.

    `shares`, one a member and at most 1, are the shares of the learning rate that it steps with.
    """

    def __init__(self, parameters: Parameters, shares: Sequence[float] = ()):
        self._parameters = parameters
        self._shares: Tensor | None = None
        if any(share != 1 for share in shares):
            self._shares = torch.zeros_like(parameters.flat)
            for view in parameters.views_of(self._shares).values():
                view += torch.tensor(shares).view(-1, 1, 1)
        self._moment = torch.zeros_like(parameters.flat)
        self._square = torch.zeros_like(parameters.flat)
        self._steps = torch.zeros(())
        self.learning_rate = 0.0  # of the last step

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        before = None if self._shares is None else self._parameters.flat.clone()
        # The function under torch.optim.Adam, whose bookkeeping takes a third of the step's time.
        adam(
            [self._parameters.flat],
            [self._parameters.flat_gradient],
            [self._moment],
            [self._square],
            [],
            [self._steps],
            fused=True,
            amsgrad=False,
            beta1=BETA1,
            beta2=BETA2,
            lr=learning_rate,
            weight_decay=0.0,
            eps=EPSILON,
            maximize=False,
        )
        if before is not None and self._shares is not None:
            self._parameters.flat.copy_(torch.lerp(before, self._parameters.flat, self._shares))
        self.learning_rate = learning_rate

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
        steps = self._steps.item()
        if not steps:
            return
        rate = self.learning_rate / (1 - BETA1**steps)
        moments = self._parameters.views_of(self._moment)
        squares = self._parameters.views_of(self._square)
        for name, value in self._parameters.values.items():
            moment, square = moments[name][member], squares[name][member]
            deviation = (square / (1 - BETA2**steps)).sqrt_().add_(EPSILON)
            step = rate * moment / deviation
            if self._shares is not None:
                step *= self._parameters.views_of(self._shares)[name][member]
            value[member] += step
            moment.zero_()
            square.zero_()


def learning_rate_share(schedule: str, step: int, steps: int) -> float:
    """The share of the highest learning rate to take step number `step` of `steps` with.

    ``one-cycle`` (Smith and Topin 2018, "Super-Convergence") climbs from 1/25 to 1 in the first
    30 % of the steps and falls to 1/250,000, both along a cosine: the learning rate of PyTorch's
    OneCycleLR as it is by default, whose cycle of momentum is left out. A single step, which would
    be the last and learn nothing, takes the highest rate. Any other schedule is constant.
    """
    if schedule != "one-cycle" or steps == 1:
        return 1.0
    top = 0.3 * steps - 1
    if step <= top:
        return _cosine(1 / 25, 1, step / top)
    return _cosine(1, 1 / 250_000, (step - top) / (steps - 1 - top))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
