"""Binarised pixels: zeros and ones, anew in training and once and for all to be measured."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from scipy import stats

from vae_explorer.data.pixels import drawn_once, measured_images
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator
from vae_explorer.training.batches import Batches, drawn_anew
from vae_explorer.training.trainer import Trainer


@pytest.fixture
def seen(few_digits, quick, spy):
    """What the members of two activations and two seeds see of each batch of some epochs."""

    def watch(**changes):
        recipe = quick(activations=("relu", "tanh"), seeds=2, **changes)
        trainer = Trainer(recipe, few_digits)
        calls = spy(trainer, "backward")
        while not trainer.finished:
            trainer.step()
        return torch.stack([arguments[0] for arguments, _ in calls])  # (steps, K, N, D)

    return watch


def counts_look_binomial(ones, grey, draws):
    """Whether counts of ones are those of coins with these chances, each thrown so many times."""
    certain = (grey == 0) | (grey == 1)
    np.testing.assert_array_equal(ones[certain], draws * grey[certain])
    expected, chance = draws * grey[~certain], grey[~certain]
    squares = np.square(ones[~certain] - expected) / (expected * (1 - chance))
    return 0.001 < stats.chi2.sf(squares.sum(), len(squares)) < 0.999


def test_training_images_are_drawn_anew_with_their_grey_as_the_chance(seen, few_digits):
    epochs = 200
    batches = seen(pixels="binarised", batch_size=130, epochs=epochs)
    assert set(batches.unique().tolist()) == {0, 1}
    # Order differs from epoch to epoch, so an image is told by its certain pixels: what is counted
    # is how often a pixel is lit in all the images together.
    grey = few_digits.pixels(few_digits.train.images)
    lit = batches[:, 0].sum((0, 1)).numpy()
    variance = epochs * (grey * (1 - grey)).sum(0)
    where = variance > 0
    z = (lit - epochs * grey.sum(0))[where] / np.sqrt(variance[where])
    assert abs(z).max() < 5
    assert 0.5 < z.var() < 2


def test_all_members_of_a_seed_see_the_same_and_other_seeds_others(seen):
    batches = seen(pixels="binarised", batch_size=130)
    assert torch.equal(batches[:, 0], batches[:, 2])  # one seed, two activations
    assert not torch.equal(batches[:, 0], batches[:, 1])  # two seeds


def test_a_draw_has_the_grey_as_its_chance():
    grey = torch.linspace(0, 1, 256)
    stream = generator(0, "pixels")
    ones = sum(drawn_anew(grey, stream) for _ in range(2000))
    assert counts_look_binomial(ones.numpy(), grey.numpy(), 2000)


def test_what_is_measured_is_drawn_once_whatever_the_experiment(few_digits, quick):
    first = None
    for changes in ({}, {"seed": 5, "hidden": (3,), "activations": ("tanh",)}):
        population = Population(quick(pixels="binarised", **changes))
        batches = Batches(population, few_digits)
        images = torch.cat([images for images, _ in batches.test(7)])
        again = torch.cat([images for images, _ in batches.test(60)])
        assert torch.equal(images, again)
        assert first is None or torch.equal(first, images)
        first = images
    expected = measured_images(few_digits, few_digits.test, "binarised")
    np.testing.assert_array_equal(first, expected)
    assert set(np.unique(expected)) == {0, 1}


def test_the_one_draw_is_numpys_row_by_row_and_has_the_right_mean():
    images = np.tile(np.arange(17, dtype=np.uint8), (4100, 1))  # more than are drawn at once
    drawn = drawn_once(images, 16)
    uniform = np.random.RandomState(0).random_sample(images.shape)
    np.testing.assert_array_equal(drawn, uniform < images / 16)
    np.testing.assert_array_equal(drawn[:10], drawn_once(images[:10], 16))
    assert counts_look_binomial(drawn.sum(0), np.arange(17) / 16, 4100)


def test_the_loss_is_that_of_the_zeros_and_ones(few_digits, quick, train):
    """As if they were the test set and grey."""
    recipe = quick(pixels="binarised")
    trainer = train(recipe, few_digits, steps=3)
    ones = measured_images(few_digits, few_digits.test, "binarised").astype(np.uint8)
    test = dataclasses.replace(few_digits.test, images=16 * ones)
    grey = Trainer(recipe.replace(pixels="grey"), dataclasses.replace(few_digits, test=test))
    grey.population.parameters.flat.copy_(trainer.population.parameters.flat)
    np.testing.assert_array_equal(trainer.evaluate().loss, grey.evaluate().loss)


def test_pictures_stay_grey(few_digits, quick):
    pixels = [Trainer(quick(pixels=p), few_digits).probe.pixels for p in ("grey", "binarised")]
    np.testing.assert_array_equal(*pixels)


def test_grey_is_as_it_was(few_digits, seen):
    """The streams that there were before this setting, and the images."""
    purposes = ("weights", "batches", "noise", "dropout", "evaluation")
    assert [generator(3, purpose, 1).initial_seed() for purpose in purposes] == [
        4854266099512449391,
        7482082633366827798,
        4404663168949438663,
        6408854984653479099,
        1916627889199562583,
    ]
    batches = seen(batch_size=130)
    expected = np.sort(few_digits.train.images / np.float32(16), axis=0)
    np.testing.assert_array_equal(np.sort(batches[0, 0], axis=0), expected)
    measured = measured_images(few_digits, few_digits.test, "grey")
    np.testing.assert_array_equal(measured, few_digits.pixels(few_digits.test.images))
