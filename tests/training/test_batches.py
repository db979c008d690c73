"""Mini-batches: every image once an epoch, and noise that a seed's members share."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import torch

from vae_explorer.data import DATASETS, Split
from vae_explorer.training.trainer import Trainer


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


def test_noise_is_standard_normal_new_each_epoch_and_shared_by_a_seed(spy, digits, quick):
    trainer = Trainer(quick(activations=("relu", "tanh"), seeds=2, batch_size=500), digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    noise = torch.cat([arguments[1] for arguments, _ in calls], dim=1)  # (4, 2 epochs, 2)
    assert torch.equal(noise[0], noise[2])
    vectors = noise[:2].flatten(0, 1).numpy()
    assert len(np.unique(vectors, axis=0)) == len(vectors) == 2 * 2 * 1437
    values = vectors.ravel()  # of their mean and variance, five standard errors
    assert abs(values.mean()) < 5 / math.sqrt(len(values))
    assert abs(values.var() - 1) < 5 * math.sqrt(2 / len(values))


def test_dropout_is_drawn_anew_for_each_layer_step_and_seed(spy, few_digits, quick):
    recipe = quick(activations=("relu", "tanh"), hidden=(7, 7), dropout=0.5, seeds=2)
    trainer = Trainer(recipe, few_digits)
    calls = spy(trainer, "backward")
    while not trainer.finished:
        trainer.step()
    drawn = [uniform for arguments, _ in calls for uniform in arguments[4].values()]
    assert len(drawn) == 6 * 4  # steps by layers
    for uniform in drawn:
        assert uniform.shape[2] == 7
        assert torch.equal(uniform[0], uniform[2])  # one seed, two activations
    rows = torch.cat([uniform[:2].flatten(0, 1) for uniform in drawn]).numpy()
    assert len(np.unique(rows, axis=0)) == len(rows)
    assert abs(rows.mean() - 0.5) < 5 / math.sqrt(12 * rows.size)  # uniform in [0, 1)
    assert rows.min() >= 0
    assert rows.max() < 1


def test_pixels_are_brightness_as_everywhere_else(few_digits, spy, quick):
    info = dataclasses.replace(DATASETS["digits"], levels=255)
    images = np.arange(50 * 64).reshape(50, 64).astype(np.uint8)  # every value of a pixel
    all_values = dataclasses.replace(
        few_digits, info=info, train=Split(images, few_digits.train.labels[:50])
    )
    trainer = Trainer(quick(activations=("relu",)), all_values)
    calls = spy(trainer, "backward")
    trainer.step()
    pixels = calls[0][0][0]
    assert (pixels.min().item(), pixels.max().item()) == (0, 1)
    np.testing.assert_array_equal(np.unique(pixels), np.unique(all_values.pixels(images)))
