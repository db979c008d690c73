"""Mini-batches from tensors already in memory, the same for all members of a seed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from vae_explorer.data import Dataset
from vae_explorer.data.pixels import drawn_once
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator


class Batches:
    """Training images in random order with the noise that goes with them, and the test images.

    At the start of an epoch every seed draws an order of the images and a noise vector for each;
    members with that seed all see them. So they do the pixels of a batch, where these are drawn.
    Images stay 8-bit in memory.
    """

    def __init__(self, population: Population, dataset: Dataset):
        self._train = torch.from_numpy(np.array(dataset.train.images))  # (N, D) uint8
        self._levels = self._test_levels = dataset.info.levels
        self._binarised = population.experiment.pixels == "binarised"
        test = np.array(dataset.test.images)
        if self._binarised:
            test, self._test_levels = drawn_once(test, self._levels), 1
        self._test = torch.from_numpy(test)
        self._latent = population.latent
        self._size = population.experiment.batch_size
        self._members = len(population)
        seeds = [member.seed for member in population.members]
        self._seeds = list(dict.fromkeys(seeds))
        self._seed_of = torch.tensor([self._seeds.index(seed) for seed in seeds])  # (K,)
        self._streams = {
            purpose: [generator(seed, purpose) for seed in self._seeds]
            for purpose in ("batches", "noise", "pixels")
        }
        streams = [generator(seed, "evaluation") for seed in self._seeds]
        self._test_noise = self._normal(len(self._test), streams)
        # A stream for each layer: another member's dropout in one layer shifts no draw of the next.
        hidden = [*population.encoder.activations, *population.decoder.activations]
        self._dropout = {
            layer.name: (layer.width, [generator(seed, "dropout", index) for seed in self._seeds])
            for index, layer in enumerate(hidden)
            if layer.drops
        }

    @property
    def images(self) -> int:
        """Training images in an epoch."""
        return len(self._train)

    @property
    def steps(self) -> int:
        """Mini-batches in an epoch; the last may be smaller."""
        return math.ceil(self.images / self._size)

    def begin_epoch(self) -> None:
        """Draws the order and the noise of an epoch."""
        streams = self._streams["batches"]
        self._order = [torch.randperm(self.images, generator=stream) for stream in streams]
        self._noise = self._normal(self.images, self._streams["noise"])

    def train(self, position: int) -> tuple[Tensor, Tensor]:
        """Images (K, N, D) in [0, 1] and noise (K, N, L) of the epoch's batch at `position`.

        Binarised pixels are drawn here, so every call gives others.
        """
        rows = slice(position * self._size, (position + 1) * self._size)
        images = [self._train.index_select(0, order[rows]) / self._levels for order in self._order]
        if self._binarised:
            images = [drawn_anew(*each) for each in zip(images, self._streams["pixels"])]
        noise = [noise[rows] for noise in self._noise]
        return self._spread(images), self._spread(noise)

    def dropout_uniforms(self, batch: int) -> dict[str, Tensor]:
        """A draw (K, N, H) by name of each hidden layer in which a member drops outputs."""
        return {
            name: self._spread([torch.rand(batch, width, generator=each) for each in streams])
            for name, (width, streams) in self._dropout.items()
        }

    def test(self, chunk: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The test images (N, D) in [0, 1] in chunks, with a noise (K, N, L) that never changes."""
        for start in range(0, len(self._test), chunk):
            rows = slice(start, start + chunk)
            noise = [noise[rows] for noise in self._test_noise]
            yield self._test[rows] / self._test_levels, self._spread(noise)

    def _normal(self, count: int, streams: Sequence[torch.Generator]) -> list[Tensor]:
        return [torch.randn(count, self._latent, generator=stream) for stream in streams]

    def _spread(self, draws: Sequence[Tensor]) -> Tensor:
        """One draw a seed, each (N, ...), to one a member, (K, N, ...)."""
        if len(draws) == 1:  # a view: no copy
            return draws[0].expand(self._members, -1, -1)
        return torch.stack(list(draws)).index_select(0, self._seed_of)


def drawn_anew(grey: Tensor, stream: torch.Generator) -> Tensor:
    """Zeros and ones in the shape of `grey`, in [0, 1], with the stream's next numbers."""
    return torch.rand(grey.shape, generator=stream).lt_(grey)
