"""The probe images: the same few test images, whatever is trained."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vae_explorer.data import Split
from vae_explorer.data.probe import Probe, image_names


def test_the_probe_shows_each_class_twice_in_order_and_then_the_rest(digits):
    probe = Probe(digits)
    assert probe.shown == 20
    assert probe.labels[:20].tolist() == [*range(10), *range(10)]
    assert len(probe.images) == len(np.unique(probe.images, axis=0)) == 360
    np.testing.assert_array_equal(probe.pixels, probe.images / np.float32(16))
    np.testing.assert_array_equal(Probe(digits).images, probe.images)


def test_the_probe_bears_a_test_set_that_lacks_classes(few_digits):
    of_three = few_digits.test.labels < 3
    some = Split(few_digits.test.images[of_three], few_digits.test.labels[of_three])
    probe = Probe(dataclasses.replace(few_digits, test=some))
    assert probe.labels[: probe.shown].tolist() == [0, 1, 2, 0, 1, 2]
    assert len(probe.images) == of_three.sum()


def test_images_of_all_classes_are_named_by_their_class(digits):
    probe = Probe(digits)
    names = image_names(probe.labels[: probe.shown], digits.info.class_names)
    assert names == [*"0123456789", *(f"{digit} (another)" for digit in range(10))]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([7, 7], ["7", "7 (another)"]),
        ([1, 4, 1], ["1", "4", "1 (another)"]),
        ([7, 7, 7], ["7", "7 (another)", "7 (number 3)"]),
    ],
)
def test_no_two_images_have_one_name(labels, expected):
    assert image_names(np.array(labels, np.uint8), "0123456789") == expected
