"""Mini-batches: every image once an epoch, and noise that a seed's members share."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from vae_explorer.data import DATASETS, Split
from vae_explorer.training import Trainer


def test_an_epoch_shows_every_image_once_in_a_new_order_and_the_rest_as_a_small_batch(
    spy, few_digits, quick
):
    trainer = Trainer(quick(activations=("relu", "tanh"), seeds=2), few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    batches = [arguments[0] for arguments, _ in calls]
    assert [batch.shape[1] for batch in batches] == [50, 50, 30] * 2
    expected = np.unique(few_digits.train.images / np.float32(16), axis=0)
    first, second = torch.cat(batches[:3], dim=1), torch.cat(batches[3:], dim=1)
    for epoch in (first, second):
        for member in epoch.numpy():
            np.testing.assert_allclose(np.unique(member, axis=0), expected)
        assert torch.equal(epoch[0], epoch[2])  # one seed, two activations
        assert not torch.equal(epoch[0], epoch[1])  # two seeds
    assert not torch.equal(first, second)


def test_noise_is_standard_normal_new_each_time_and_shared_by_a_seed(spy, digits, quick):
    trainer = Trainer(quick(activations=("relu", "tanh"), seeds=2, epochs=1), digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    noise = torch.cat([arguments[1] for arguments, _ in calls], dim=1)  # (4, 1437, 2)
    assert torch.equal(noise[0], noise[2])
    assert not torch.equal(noise[0], noise[1])
    vectors = noise[:2].flatten(0, 1).numpy()
    assert len(np.unique(vectors, axis=0)) == len(vectors) == 2 * 1437
    values = vectors.ravel()  # of their mean and variance, five standard errors
    assert abs(values.mean()) < 5 / math.sqrt(len(values))
    assert abs(values.var() - 1) < 5 * math.sqrt(2 / len(values))


def test_pixels_are_brightness_whatever_the_levels(few_digits, spy, quick):
    info = dataclasses.replace(DATASETS["digits"], levels=255)
    images = few_digits.train.images.copy()
    images[:, :2] = 0, 255
    brighter = dataclasses.replace(
        few_digits, info=info, train=Split(images, few_digits.train.labels)
    )
    trainer = Trainer(quick(activations=("relu",)), brighter)
    calls = spy(trainer, "backward")
    trainer.step()
    pixels = calls[0][0][0]
    assert pixels.min().item() == 0
    assert pixels.max().item() == pytest.approx(1, abs=1e-6)
