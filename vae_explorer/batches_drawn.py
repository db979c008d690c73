"""Pixels as zeros and ones, drawn with their grey as the probability of a one.

Stochastic binarisation as in Burda, Grosse and Salakhutdinov (2016), "Importance Weighted
Autoencoders", section 5.1: training images are drawn anew whenever they are seen. Images that a
loss is measured on are drawn once, always the same, so that losses can be compared.
"""

from __future__ import annotations

import torch
from torch import Tensor


def drawn_anew(grey: Tensor, stream: torch.Generator) -> Tensor:
    """Zeros and ones in the shape of `grey`, in [0, 1], with the stream's next numbers."""
    return torch.rand(grey.shape, generator=stream).lt_(grey)
