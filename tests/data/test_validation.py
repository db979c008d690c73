"""Validation images are some of the training images, of every class, and nothing else is seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vae_explorer.data import DataError, Dataset, Split
from vae_explorer.data.stratify import held_out
from vae_explorer.data.validation import with_validation


def test_a_fifth_of_each_class_is_kept_aside_and_the_rest_trains(digits: Dataset) -> None:
    found = with_validation(digits)
    counts = [np.bincount(each.labels, minlength=10) for each in (digits.train, found.test)]
    np.testing.assert_array_equal(counts[1], np.round(counts[0] / 5))
    rows = [tuple(image) for image in digits.train.images.tolist()]
    parts = [tuple(i) for split in (found.train, found.test) for i in split.images.tolist()]
    assert sorted(parts) == sorted(rows)
    assert len(found.train.labels) + len(found.test.labels) == len(digits.train.labels)


def test_test_images_are_not_looked_at(digits: Dataset) -> None:
    poison = Split(np.full_like(digits.test.images, 16), np.zeros_like(digits.test.labels))
    clean, poisoned = (
        with_validation(each) for each in (digits, dataclasses.replace(digits, test=poison))
    )
    for name in ("train", "test"):
        one, other = getattr(clean, name), getattr(poisoned, name)
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.labels, other.labels)


def test_there_is_a_most() -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 6000)
    chosen = held_out(labels, 0.2, 2000, seed=0)
    np.testing.assert_array_equal(np.bincount(labels[chosen]), np.full(10, 200))
    assert len(set(chosen.tolist())) == 2000
    np.testing.assert_array_equal(chosen, held_out(labels, 0.2, 2000, seed=0))


@pytest.mark.parametrize(
    ("counts", "kept"), [((2, 3), (1, 1)), ((1, 10), (0, 2)), ((9,), (2,)), ((1, 1, 1), (0, 0, 0))]
)
def test_every_class_keeps_one_to_train_on(counts: tuple, kept: tuple) -> None:
    labels = np.repeat(np.arange(len(counts), dtype=np.uint8), counts)
    chosen = labels[held_out(labels, 0.2, 2000, seed=0)]
    assert tuple(np.bincount(chosen, minlength=len(counts))) == kept


def test_too_few_are_refused_with_a_sentence(digits: Dataset) -> None:
    few = Split(digits.train.images[:3], np.array([0, 1, 2], dtype=np.uint8))
    with pytest.raises(DataError, match="of these 3 that is fewer than two"):
        with_validation(dataclasses.replace(digits, train=few))
