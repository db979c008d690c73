"""Every random draw: one generator for each seed, purpose and, for dropout, layer.

Members with the same seed draw the same initial weights, batches and noise whatever else is in the
population (common random numbers), and evaluating more or less often changes no training draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

# A purpose's place is part of its numbers: new ones come last.
_PURPOSES = ("weights", "batches", "noise", "dropout", "evaluation", "pixels", "importance")


def generator(seed: int, purpose: str, layer: int = 0) -> torch.Generator:
    """A generator that gives the same numbers for the same seed, purpose and layer."""
    sequence = np.random.SeedSequence([seed, _PURPOSES.index(purpose), layer])
    return torch.Generator().manual_seed(int(sequence.generate_state(1, np.uint64)[0] >> 1))


class InitialDraws:
    """Initial weights, layer by layer: one draw a seed, shared by all members that have it.

    `by_gain`, one a member, says which: see `initialise`.
    """

    def __init__(self, seeds: Sequence[int], by_gain: Sequence[bool]):
        members = list(zip(seeds, by_gain))
        drawn = list(dict.fromkeys(members))
        self._streams = [(generator(seed, "weights"), scaled) for seed, scaled in drawn]
        self._draw_of = torch.tensor([drawn.index(member) for member in members])  # (K,)
        self._by_gain = torch.tensor(by_gain)  # (K,)

    @torch.no_grad()
    def affine(self, weight: Tensor, bias: Tensor, gains: Sequence[float]) -> None:
        """Fills weight (K, in, out) and bias (K, 1, out) of a layer fed by such gains, (K,)."""
        weights, biases = [], []
        bound = 1 / math.sqrt(weight.shape[1])
        for stream, by_gain in self._streams:
            one, offset = torch.empty(weight.shape[1:]), torch.zeros(bias.shape[1:])
            if by_gain:
                one.normal_(0, bound, generator=stream)
            else:
                one.uniform_(-bound, bound, generator=stream)
                offset.uniform_(-bound, bound, generator=stream)
            weights.append(one)
            biases.append(offset)
        weight.copy_(torch.stack(weights)[self._draw_of])
        bias.copy_(torch.stack(biases)[self._draw_of])
        scales = torch.where(self._by_gain, torch.tensor(gains), 1.0)
        weight.mul_(scales.to(weight).view(-1, 1, 1))
