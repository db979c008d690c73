"""What one evaluation of a population finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_explorer.results.arrays import ReadOnly


@dataclass(frozen=True, eq=False)
class Evaluation(ReadOnly):
    """Of K members on a set of images."""

    reconstruction: np.ndarray  # (K,) float32, nats per image, mean over the images
    kl: np.ndarray  # (K,) float32, likewise
    active_latents: np.ndarray  # (K,) int32, dimensions whose mean varies over the images

    @property
    def loss(self) -> np.ndarray:
        """(K,) the negative ELBO, whatever beta is."""
        return self.reconstruction + self.kl
