"""A sheet of images close together, as PNG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

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
