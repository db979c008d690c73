"""What a training run shows of itself: an immutable snapshot of plain NumPy arrays.

A snapshot knows nothing of PyTorch, so a page that draws one need not import it. It travels between
processes as safetensors bytes: arrays by name, and everything else as JSON in the header.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.results.arrays import ReadOnly, from_bytes, take_arrays, to_bytes, with_arrays

_KEY = "snapshot"  # of the values in the header

# Fixed bins, so that histograms of different steps, layers and members lie over each other. What
# lies beyond is counted in the outermost bin.
BIN_EDGES = np.linspace(-6.0, 6.0, 97, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Curves(ReadOnly):
    """Losses over training, one row a point; nats per image, means over images.

    Training columns are means over the mini-batches since the row before (with the noise and
    dropout of training); test columns are over the whole test set, NaN save at an epoch's end.
    """

    step: np.ndarray  # (P,) int64
    epoch: np.ndarray  # (P,) float32, fractional
    train_reconstruction: np.ndarray  # (P, K) float32
    train_kl: np.ndarray  # (P, K)
    test_reconstruction: np.ndarray  # (P, K)
    test_kl: np.ndarray  # (P, K)

    @property
    def train_loss(self) -> np.ndarray:
        """(P, K) the negative ELBO, whatever beta is."""
        return self.train_reconstruction + self.train_kl

    @property
    def test_loss(self) -> np.ndarray:
        """(P, K) the negative ELBO, NaN save at an epoch's end."""
        return self.test_reconstruction + self.test_kl


LAYER_VALUES = {"output": "Outputs", "pre_activation": "Pre-activations"}  # and their labels


@dataclass(frozen=True, eq=False)
class LayerView(ReadOnly):
    """What one hidden layer does on the probe images: M members in pictures, K in numbers."""

    name: str  # "encoder 1", "decoder 1", counted from the input
    pre_activation: np.ndarray  # (M, B) int32, counts in the bins of BIN_EDGES
    output: np.ndarray  # (M, B) int32
    dead: np.ndarray  # (K,) share of units whose derivative is all but 0 on every probe image
    saturated: np.ndarray  # (K,) share of units, not dead, flat on 95 % of the probe images


@dataclass(frozen=True)
class Freeze:
    """Why and when a member stopped: it keeps its last finite weights."""

    member: int
    step: int
    layer: str  # the first to give an output, or then a gradient, that was not finite
    reason: str  # one sentence


@dataclass(frozen=True, eq=False)
class Snapshot(ReadOnly):
    """A population at one step. K members, P probe images, L latent dimensions, D pixels.

    Pictures are of M members, those that are `pictured`: all of them, unless the trainer was told
    otherwise.
    """

    shape: int  # which of the experiment's shapes, counted from 0
    pictured: tuple[int, ...]  # M of the K members
    step: int
    steps: int  # of this shape's training, once it is done
    epoch: float
    epochs: int
    seconds: float  # of training steps alone
    wall_seconds: float  # with evaluation and snapshots, without pauses
    images_per_second: float  # training images a second through every member, of late
    learning_rate: float  # of the last step
    beta: np.ndarray  # (K,) now asked for
    precision: str  # of the matrix products: float32 or bfloat16
    curves: Curves
    latent_mean: np.ndarray  # (M, P, L) float32, of the probe images
    latent_log_variance: np.ndarray  # (M, P, L) float32
    reconstructions: np.ndarray  # (M, R, D) uint8, 255 is white, of the first R probe images
    path_images: tuple[int, int]  # the two probe images that the paths join
    path_linear: np.ndarray  # (M, S, D) uint8, decoded along the straight line
    path_spherical: np.ndarray  # (M, S, D) uint8, decoded along the great circle
    manifold: np.ndarray  # (M, G * G, D) uint8, a grid over the latent plane; none unless asked for
    samples: np.ndarray  # (M, Z, D) uint8, decoded from the same z for all; none unless asked for
    layers: tuple[LayerView, ...]
    gradient_layers: tuple[str, ...]  # names for the next, from input to output
    gradient_norms: np.ndarray  # (K, len(gradient_layers)) of the last step, after clipping
    active_latents: np.ndarray  # (K,) int32, as last evaluated: 0 before the first epoch's end
    frozen: tuple[Freeze, ...]

    @property
    def finished(self) -> bool:
        """Whether every step is taken, or every member is frozen."""
        return self.step >= self.steps or len(self.frozen) == len(self.active_latents)

    def to_bytes(self) -> bytes:
        """Safetensors bytes; from_bytes gives the same snapshot back."""
        arrays: dict[str, np.ndarray] = {}
        plain = take_arrays(self, "", arrays)
        return to_bytes(_KEY, plain, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Snapshot:
        """Raises ValueError for bytes that are no snapshot."""
        try:
            return cls.from_plain(*from_bytes(_KEY, data))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"These bytes are no snapshot: {error}.") from error

    @classmethod
    def from_plain(cls, plain: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> Snapshot:
        """What `take_arrays` has taken apart; another object is any error that it comes to."""
        plain = dict(plain)
        plain["curves"] = Curves(**with_arrays(plain["curves"], arrays))
        plain["layers"] = tuple(LayerView(**with_arrays(v, arrays)) for v in plain["layers"])
        plain["frozen"] = tuple(Freeze(**freeze) for freeze in plain["frozen"])
        for name in ("pictured", "path_images", "gradient_layers"):
            plain[name] = tuple(plain[name])
        return cls(**with_arrays(plain, arrays))
