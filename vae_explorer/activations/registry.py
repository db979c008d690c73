"""The registry: every activation by its name, for training, charts and pages to find it in."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np

from vae_explorer.activations.activation import Activation
from vae_explorer.activations.entries import ENTRIES
from vae_explorer.activations.lazy import torch

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({entry.name: entry for entry in ENTRIES})


def get_activation(name: str) -> Activation:
    """The entry called `name`; ValueError, with the nearest name, where there is none."""
    if isinstance(name, str) and name in ACTIVATIONS:
        return ACTIVATIONS[name]
    shown = repr(name) if len(repr(name)) <= 40 else repr(name)[:40] + "…"
    key = str(name)[:40].lower().replace(" ", "_").replace("-", "_")
    nearest = get_close_matches(key, ACTIVATIONS, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else "."
    raise ValueError(f"There is no activation {shown}{hint} It may be {', '.join(ACTIVATIONS)}.")


def sample(name: str, x: np.ndarray) -> np.ndarray:
    """The function `name` at every number of `x`, with the initial parameters: for drawing it.

    Computed in float32, as a network does, for an array of any shape; returns float32 of the same
    shape, infinite where the function overflows. Each number is the only unit of a layer of its
    own, so average pooling, which has no graph, draws the identity: what it does to equal
    neighbours. So does dropout, as it does once training is over.
    """
    activation = get_activation(name)
    with torch.no_grad():
        units = torch.tensor(np.asarray(x, dtype=np.float32)).reshape(1, -1, 1)
        initial = {key: torch.full((1, 1, 1), v) for key, v in activation.parameters.items()}
        return activation.function(units, **initial).reshape(np.shape(x)).numpy()
