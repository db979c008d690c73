"""The small drawings of activation functions, read back from the SVG."""

from __future__ import annotations

import re

import numpy as np
import pytest

from vae_explorer.activations import sample
from vae_explorer.figures import curve

X = np.linspace(curve.LEFT, curve.RIGHT, 81)


def drawn(values: np.ndarray) -> list[np.ndarray]:
    """The pieces of the line (N, 2), from pixels back to numbers."""
    pieces = re.findall(r'<polyline points="([^"]*)"', curve.curve_svg(X, values, "#123456"))
    pixels = [np.array([p.split(",") for p in piece.split()], dtype=float) for piece in pieces]
    scale = np.array([curve.RIGHT - curve.LEFT, curve.BOTTOM - curve.TOP])
    return [p / (curve.WIDTH, curve.HEIGHT) * scale + (curve.LEFT, curve.TOP) for p in pixels]


@pytest.mark.parametrize("name", ["tanh", "silu", "gaussian"])
def test_the_line_is_the_function(name):
    (line,) = drawn(sample(name, X))
    np.testing.assert_allclose(line[:, 0], X, atol=0.003)
    np.testing.assert_allclose(line[:, 1], sample(name, X), atol=0.003)


def test_a_unit_is_as_long_on_both_axes():
    across = curve.WIDTH / (curve.RIGHT - curve.LEFT)
    assert across == pytest.approx(curve.HEIGHT / (curve.TOP - curve.BOTTOM))


def test_what_is_not_finite_is_a_gap_and_what_is_far_out_stays_out_of_sight():
    values = np.zeros(81)
    values[:10], values[40], values[50], values[80] = 1e30, np.nan, np.inf, -1e30
    pieces = drawn(values)
    assert [len(piece) for piece in pieces] == [40, 9, 30]
    assert (pieces[0][:10, 1] > curve.TOP).all()
    assert pieces[2][-1, 1] < curve.BOTTOM


def test_the_image_says_what_it_shows():
    assert 'alt="&lt;tanh&gt;"' in curve.curve_image(X, X, "#123456", "<tanh>")
