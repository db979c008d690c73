"""The draw is balanced, ordered, repeatable, and not of neighbours."""

import numpy as np
import pytest

from vae_explorer.data.stratify import draw_per_class, matched

LABELS = np.tile(np.arange(10, dtype=np.uint8), 50)


def test_balanced_and_in_order() -> None:
    drawn = draw_per_class(LABELS, 7, seed=3)
    np.testing.assert_array_equal(np.bincount(LABELS[drawn]), np.full(10, 7))
    assert np.all(np.diff(drawn) > 0)


def test_seed_decides() -> None:
    np.testing.assert_array_equal(draw_per_class(LABELS, 7, 3), draw_per_class(LABELS, 7, 3))
    assert not np.array_equal(draw_per_class(LABELS, 7, 3), draw_per_class(LABELS, 7, 4))


def test_draw_is_spread_over_the_file() -> None:
    assert abs(draw_per_class(LABELS, 25, 0).mean() / len(LABELS) - 0.5) < 0.05


def test_known_draw() -> None:
    # Written down once: a change of this draw would change which images are embedded.
    labels = np.tile(np.arange(2, dtype=np.uint8), 8)
    assert draw_per_class(labels, 3, seed=0).tolist() == [2, 3, 4, 7, 12, 13]


def test_too_few() -> None:
    with pytest.raises(ValueError, match="Class 0 has 50 images; 51 are needed"):
        draw_per_class(LABELS, 51, 0)


def test_as_many_of_each_class_as_others_have() -> None:
    others = np.repeat(
        np.arange(10, dtype=np.uint8), np.arange(10)
    )  # none of class 0, 9 of class 9
    chosen = matched(LABELS, others)
    np.testing.assert_array_equal(np.bincount(LABELS[chosen], minlength=10), np.arange(10))
    assert np.all(np.diff(chosen) > 0)
    # Of a class's 50 images the first, the last and those between, at equal distances.
    nines = chosen[LABELS[chosen] == 9] // 10
    assert nines.tolist() == [0, 6, 12, 18, 24, 31, 37, 43, 49]


def test_of_a_class_with_too_few_all_are_taken() -> None:
    labels = np.array([1, 0, 1, 2], dtype=np.uint8)
    assert matched(labels, np.array([1, 1, 1, 0, 7], dtype=np.uint8)).tolist() == [0, 1, 2]
