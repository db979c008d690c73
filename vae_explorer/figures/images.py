"""Mosaics of images as PNG bytes: pure functions from arrays, drawn with Pillow.

The background and the gaps are transparent, so that a mosaic suits either theme. The row of a
member begins with a bar in its activation's colour; its name is the page's to write beside it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

GAP = 6  # px between images
BAR = 9  # px, width of the bar at a row's left; a gap follows
_IMAGE_HEIGHT = 80  # px about which an image is tall once scaled: crisp where it is shown at half


def reconstruction_grid(
    originals: np.ndarray,
    reconstructions: np.ndarray,
    image_shape: tuple[int, int],
    *,
    colours: Sequence[str] = (),
    scale: int | None = None,
) -> bytes:
    """PNG of the originals (R, D) above a row for each member of reconstructions (K, R, D).

    Arrays are uint8, 255 is white, and D = height · width of `image_shape`. `colours` ("#rrggbb")
    are the K members'. `scale` is how many pixels of the PNG show one of an image, each way; by
    default so many that an image is about 80 tall.
    """
    rows = np.concatenate([originals[None], reconstructions])  # (1 + K, R, D)
    bars = ("", *colours) if colours else ()
    return _png(rows, image_shape, bars, scale)


def path_grid(
    paths: np.ndarray,
    image_shape: tuple[int, int],
    *,
    colours: Sequence[str] = (),
    scale: int | None = None,
) -> bytes:
    """PNG of paths (K, S, D) uint8: a row for each member, a column for each of the S steps.

    The other arguments are those of `reconstruction_grid`.
    """
    return _png(paths, image_shape, tuple(colours), scale)


def _png(
    rows: np.ndarray,
    image_shape: tuple[int, int],
    colours: tuple[str, ...],
    scale: int | None,
) -> bytes:
    """PNG of (rows, columns, D) uint8; an empty colour is no bar."""
    scale = scale or max(1, round(_IMAGE_HEIGHT / image_shape[0]))
    images = rows.reshape(*rows.shape[:2], *image_shape)
    images = images.repeat(scale, axis=2).repeat(scale, axis=3)  # nearest neighbour, no blur
    image = Image.fromarray(_mosaic(images, colours))
    buffer = io.BytesIO()
    # The lowest compression: a live mosaic is written every second and read once.
    image.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def _mosaic(images: np.ndarray, colours: tuple[str, ...]) -> np.ndarray:
    """(rows, columns, height, width) as one (H, W, 4) uint8, transparent where there is none."""
    count, columns, height, width = images.shape
    left = BAR + GAP if colours else 0
    size = (count * (height + GAP) - GAP, left + columns * (width + GAP) - GAP, 4)
    mosaic = np.zeros(size, dtype=np.uint8)
    for r in range(count):
        band = mosaic[r * (height + GAP) :][:height]
        if colours and colours[r]:
            band[:, :BAR] = (*bytes.fromhex(colours[r].removeprefix("#")), 255)
        for c in range(columns):
            cell = band[:, left + c * (width + GAP) :][:, :width]
            cell[:, :, :3] = images[r, c, :, :, None]
            cell[:, :, 3] = 255
    return mosaic


_GREY = 90  # of a line between images


def sheet(
    images: np.ndarray, image_shape: tuple[int, int], columns: int, scale: int = 1, line: int = 0
) -> bytes:
    """PNG of images (N, D) uint8, 255 is white, row by row; only whole rows are drawn.

    `scale` is how many pixels of the PNG show one of an image, each way; a grey `line`, so many
    pixels wide, parts the images.
    """
    height, width = image_shape
    rows = len(images) // columns
    grid = images[: rows * columns].reshape(rows, columns, height, width)
    page = grid.swapaxes(1, 2).reshape(rows * height, columns * width)
    page = page.repeat(scale, axis=0).repeat(scale, axis=1)
    for offset in range(line):
        page[height * scale - 1 - offset :: height * scale] = _GREY
        page[:, width * scale - 1 - offset :: width * scale] = _GREY
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
