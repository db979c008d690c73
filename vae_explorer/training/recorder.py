"""The curves of a run, row by row, as it trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.snapshot import Curves

_MOST_ROWS = 1000  # spread evenly over the run: enough for any chart, whatever the epochs


class Recorder:
    """Sums losses over mini-batches and writes a row where one is due.

    Up to ten rows an epoch, of which the last has the test losses; with more epochs than rows one
    row is a mean over several epochs.
    """

    def __init__(self, members: int, steps_per_epoch: int, epochs: int):
        self._members = members
        self._steps_per_epoch = steps_per_epoch
        self._epochs = epochs
        self._epochs_per_row = -(-epochs // _MOST_ROWS)
        self._rows_per_epoch = max(1, min(10, steps_per_epoch // 10, _MOST_ROWS // epochs))
        self._rows: list[dict[str, Any]] = []
        self._sums = torch.zeros(2, members, dtype=torch.float64)
        self._images = 0
        self.active_latents = np.zeros(members, dtype=np.int32)  # (K,) as last evaluated

    def add(self, reconstruction: Tensor, kl: Tensor, images: int) -> None:
        """Batch means (K,) in nats, over so many images."""
        self._sums[0].add_(reconstruction, alpha=images)
        self._sums[1].add_(kl, alpha=images)
        self._images += images

    def write(self, step: int, evaluate: Callable[[], Evaluation]) -> None:
        """Writes a row if one is due after `step` steps; calls `evaluate` if need be."""
        epoch, position = divmod(step, self._steps_per_epoch)
        ended = position == 0
        if ended and epoch % self._epochs_per_row and epoch < self._epochs:
            return
        before = (step - 1) % self._steps_per_epoch
        parts = [at * self._rows_per_epoch // self._steps_per_epoch for at in (before, before + 1)]
        if parts[0] == parts[1]:
            return
        train = (self._sums / self._images).float().numpy()
        test = np.full_like(train, np.nan)
        if ended:
            found = evaluate()
            test = np.stack([found.reconstruction, found.kl])
            self.active_latents = found.active_latents
        self._rows.append(
            {
                "step": step,
                "epoch": step / self._steps_per_epoch,
                "train_reconstruction": train[0],
                "train_kl": train[1],
                "test_reconstruction": test[0],
                "test_kl": test[1],
            }
        )
        self._sums.zero_()
        self._images = 0

    def curves(self) -> Curves:
        """All rows up to now."""

        def column(name: str, shape: tuple[int, ...], kind: type) -> np.ndarray:
            values = [row[name] for row in self._rows]
            return np.array(values, dtype=kind).reshape(len(values), *shape)

        losses = ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl")
        return Curves(
            step=column("step", (), np.int64),
            epoch=column("epoch", (), np.float32),
            **{name: column(name, (self._members,), np.float32) for name in losses},
        )
