"""The draw is balanced, ordered, repeatable, and not of neighbours."""

import numpy as np
import pytest

from vae_explorer.data.stratify import draw_per_class

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
