"""Mosaics hold exactly the images that they were given, where they belong."""

import io

import numpy as np
import pytest
from PIL import Image

from vae_explorer.figures.images import BAR, GAP, path_grid, reconstruction_grid

SHAPE = (3, 5)  # height and width differ, so that swapped axes are seen


def images(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*shape, 15), dtype=np.uint8)


def decode(png: bytes) -> np.ndarray:
    """(height, width, 4) uint8"""
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    return np.asarray(image)


def cell(pixels: np.ndarray, row: int, column: int, scale: int, left: int = 0) -> np.ndarray:
    """(height, width, 4) of one image of a mosaic, scaled back, its blocks checked to be even."""
    height, width = SHAPE[0] * scale, SHAPE[1] * scale
    top, start = row * (height + GAP), left + column * (width + GAP)
    block = pixels[top : top + height, start : start + width]
    small = block[::scale, ::scale]
    np.testing.assert_array_equal(block, small.repeat(scale, axis=0).repeat(scale, axis=1))
    return small


@pytest.mark.parametrize("scale", [1, 4])
def test_originals_come_first_and_then_a_row_a_member(scale):
    originals, reconstructions = images(4), images(2, 4)
    pixels = decode(reconstruction_grid(originals, reconstructions, SHAPE, scale=scale))
    rows = [originals, *reconstructions]
    assert pixels.shape[:2] == (
        3 * (3 * scale + GAP) - GAP,
        4 * (5 * scale + GAP) - GAP,
    )
    for r, row in enumerate(rows):
        for c, image in enumerate(row):
            shown = cell(pixels, r, c, scale)
            for channel in range(3):
                np.testing.assert_array_equal(shown[:, :, channel], image.reshape(SHAPE))
            assert (shown[:, :, 3] == 255).all()


def test_paths_have_a_row_a_member_and_a_column_a_step():
    paths = images(3, 6)
    pixels = decode(path_grid(paths, SHAPE, scale=2))
    for r in range(3):
        for c in range(6):
            np.testing.assert_array_equal(
                cell(pixels, r, c, 2)[:, :, 0], paths[r, c].reshape(SHAPE)
            )


def test_gaps_are_transparent():
    pixels = decode(path_grid(images(2, 2), SHAPE, scale=2))
    assert (pixels[6 : 6 + GAP, :, 3] == 0).all()
    assert (pixels[:, 10 : 10 + GAP, 3] == 0).all()
    assert (pixels[:, :, 3] == 255).sum() == 4 * 6 * 10


def test_bars_have_the_colours_of_the_members_and_originals_have_none():
    png = reconstruction_grid(
        images(2), images(2, 2), SHAPE, colours=("#ff5a2d", "#0096f0"), scale=2
    )
    bars = decode(png)[:, :BAR]
    assert (bars[:6, :, 3] == 0).all()
    np.testing.assert_array_equal(
        np.unique(bars[6 + GAP : 12 + GAP].reshape(-1, 4), axis=0), [[255, 90, 45, 255]]
    )
    np.testing.assert_array_equal(
        np.unique(bars[12 + 2 * GAP :].reshape(-1, 4), axis=0), [[0, 150, 240, 255]]
    )


def test_images_begin_behind_the_bar():
    paths = images(1, 2)
    pixels = decode(path_grid(paths, SHAPE, colours=("#ff5a2d",), scale=2))
    np.testing.assert_array_equal(
        cell(pixels, 0, 1, 2, left=BAR + GAP)[:, :, 2], paths[0, 1].reshape(SHAPE)
    )


@pytest.mark.parametrize(("height", "scale"), [(8, 10), (28, 3), (64, 1), (200, 1)])
def test_small_images_are_scaled_up_to_be_crisp(height, scale):
    png = path_grid(np.zeros((1, 1, height * height), np.uint8), (height, height))
    assert decode(png).shape[:2] == (height * scale, height * scale)
