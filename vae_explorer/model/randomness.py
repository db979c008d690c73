"""Every random draw: one generator for each seed, purpose and, for dropout, layer.

Members with the same seed draw the same initial weights, batches and noise whatever else is in the
population (common random numbers), and evaluating more or less often changes no training draw.
"""

from __future__ import annotations

import numpy as np
import torch

# A purpose's place is part of its numbers: new ones come last.
_PURPOSES = ("weights", "batches", "noise", "dropout", "evaluation", "pixels", "importance")


def generator(seed: int, purpose: str, layer: int = 0) -> torch.Generator:
    """A generator that gives the same numbers for the same seed, purpose and layer."""
    sequence = np.random.SeedSequence([seed, _PURPOSES.index(purpose), layer])
    return torch.Generator().manual_seed(int(sequence.generate_state(1, np.uint64)[0] >> 1))
