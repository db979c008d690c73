"""A sheet of images without gaps between them, as PNG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def sheet(images: np.ndarray, image_shape: tuple[int, int], columns: int) -> bytes:
    """PNG of images (N, D) uint8, 255 is white, row by row, one pixel a pixel.

    Only whole rows are drawn.
    """
    height, width = image_shape
    rows = len(images) // columns
    grid = images[: rows * columns].reshape(rows, columns, height, width)
    page = grid.swapaxes(1, 2).reshape(rows * height, columns * width)
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
