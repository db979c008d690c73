"""Mosaics of images as PNG bytes: pure functions from arrays, drawn with Pillow.

The background and the gaps are transparent and the names of rows grey, so that a mosaic suits
either theme. The row of a member begins with a bar in its activation's colour.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

GAP = 6  # px between images
BAR = 9  # px, width of the bar at a row's left; a gap follows
_IMAGE_HEIGHT = 80  # px about which an image is tall once scaled: crisp where it is shown at half
_TEXT = "#7b7f8c"  # 4:1 on white and 4.4:1 on the dark theme: no grey has 4.5:1 on both
_TEXT_SIZE = 26  # px; about half of it on the screen


def reconstruction_grid(
    originals: np.ndarray,
    reconstructions: np.ndarray,
    image_shape: tuple[int, int],
    *,
    colours: Sequence[str] = (),
    names: Sequence[str] = (),
    scale: int | None = None,
) -> bytes:
    """PNG of the originals (R, D) above a row for each member of reconstructions (K, R, D).

    Arrays are uint8, 255 is white, and D = height · width of `image_shape`. `colours` ("#rrggbb")
    and `names` are the K members'. `scale` is how many pixels of the PNG show one of an image,
    each way; by default so many that an image is about 80 tall.
    """
    rows = np.concatenate([originals[None], reconstructions])  # (1 + K, R, D)
    bars = ("", *colours) if colours else ()
    labels = ("Original", *names) if names else ()
    return _png(rows, image_shape, bars, labels, scale)


def path_grid(
    paths: np.ndarray,
    image_shape: tuple[int, int],
    *,
    colours: Sequence[str] = (),
    names: Sequence[str] = (),
    scale: int | None = None,
) -> bytes:
    """PNG of paths (K, S, D) uint8: a row for each member, a column for each of the S steps.

    The other arguments are those of `reconstruction_grid`.
    """
    return _png(paths, image_shape, tuple(colours), tuple(names), scale)


def _png(
    rows: np.ndarray,
    image_shape: tuple[int, int],
    colours: tuple[str, ...],
    names: tuple[str, ...],
    scale: int | None,
) -> bytes:
    """PNG of (rows, columns, D) uint8; an empty colour is no bar."""
    scale = scale or max(1, round(_IMAGE_HEIGHT / image_shape[0]))
    images = rows.reshape(*rows.shape[:2], *image_shape)
    images = images.repeat(scale, axis=2).repeat(scale, axis=3)  # nearest neighbour, no blur
    image = Image.fromarray(_mosaic(images, colours))
    if names:
        image = _with_names(image, names, images.shape[2])
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


def _with_names(mosaic: Image.Image, names: tuple[str, ...], row_height: int) -> Image.Image:
    """The mosaic with a name to the left of each row, ending where the row begins."""
    font = ImageFont.load_default(_TEXT_SIZE)
    margin = _TEXT_SIZE // 2
    left = round(max(font.getlength(name) for name in names)) + margin
    image = Image.new("RGBA", (left + mosaic.width, mosaic.height))
    image.paste(mosaic, (left, 0))
    draw = ImageDraw.Draw(image)
    for r, name in enumerate(names):
        middle = r * (row_height + GAP) + row_height // 2
        draw.text((left - margin, middle), name, fill=_TEXT, font=font, anchor="rm")
    return image
