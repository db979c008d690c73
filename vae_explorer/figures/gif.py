"""Images and latent spaces that change, as endless GIFs: pure functions, drawn with Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

GAP = 12  # px around and between images
BAR = 6  # px, height of the bar in a member's colour, right under its image
_IMAGE_HEIGHT = 168  # px about which an image is tall: six times one of MNIST
_MOST_COLUMNS = 6  # of members side by side; more begin another row
_FONT_SIZE = 18
_LINE_HEIGHT = 22
_MOST_LINES = 2  # of a member's name
_GREYS = 128  # levels: the eye sees no fewer, and the file is a third smaller than with all 256
_PLANE, _DOT = 220, 2.5  # px: how wide a latent plane is, and half the width of a point in it
_LIGHT = round(0.8 * (_GREYS - 1))  # of the palette: a grey that stays in the background
_LEAST_SECONDS = 0.02  # browsers take anything shorter for a tenth of a second
# Characters of members' names that Pillow's built-in font lacks.
_SPELLED = str.maketrans({"→": ">", "−": "-", "–": "-", "×": "x"})


def gif(
    frames: np.ndarray,
    image_shape: tuple[int, int],
    labels: Sequence[str],
    colours: Sequence[str],
    seconds_per_frame: float = 0.1,
    boomerang: bool = True,
) -> bytes:
    """GIF of K members' images side by side, each above its colour and name, without end.

    `frames` (T, K, D) are uint8, 255 is white, and D = height · width of `image_shape`; `labels`
    and `colours` ("#rrggbb") are the K members'. A `boomerang` goes back the way that it came, so
    that it does not jump. Images are scaled without blur to about 168 px.
    """
    height, width = image_shape
    scale = max(1, round(_IMAGE_HEIGHT / height))
    palette, bars = _palette(colours)
    wide, tall = width * scale, height * scale
    names = [_lines(label.translate(_SPELLED), wide) for label in labels]
    corners, size = _grid(wide, tall, names)
    background = _background(size, corners, (wide, tall), names, bars)
    order = [*range(len(frames))]
    if boomerang:
        order += order[-2:0:-1]
    levels = np.round(frames * ((_GREYS - 1) / 255)).astype(np.uint8)
    pictures = []
    for t in order:
        canvas = background.copy()
        for image, (left, top) in zip(levels[t].reshape(-1, height, width), corners):
            large = image.repeat(scale, axis=0).repeat(scale, axis=1)
            canvas[top : top + tall, left : left + wide] = large
        picture = Image.fromarray(canvas).convert("L")
        picture.putpalette(palette)
        pictures.append(picture)
    return _saved(pictures, seconds_per_frame)


def scatter_gif(
    frames: np.ndarray,
    classes: np.ndarray,
    class_colours: Sequence[str],
    reach: float,
    labels: Sequence[str],
    colours: Sequence[str],
    seconds_per_frame: float = 0.1,
) -> bytes:
    """GIF of K members' latent planes side by side, each above its colour and name, without end.

    `frames` (T, K, P, 2) are points of P images, whose `classes` (P,) choose among the
    `class_colours` ("#rrggbb"); each plane goes from −`reach` to `reach` both ways. What lies
    outside of it, or is not finite, is not drawn. `labels` and `colours` are the K members'.
    """
    palette, indices = _palette([*colours, *class_colours])
    bars, inks = indices[: len(colours)], np.array(indices[len(colours) :])[classes]
    names = [_lines(label.translate(_SPELLED), _PLANE) for label in labels]
    corners, size = _grid(_PLANE, _PLANE, names)
    background = _background(size, corners, (_PLANE, _PLANE), names, bars)
    pictures = []
    for planes in frames:
        picture = Image.fromarray(background)
        draw = ImageDraw.Draw(picture)
        for points, (left, top) in zip(planes, corners):
            _axes(draw, left, top)
            seen = np.isfinite(points).all(1)
            seen[seen] = (np.abs(points[seen]) <= reach).all(1)
            places = (_PLANE - 1) * (1 + points[seen] * (1, -1) / reach) / 2 + (left, top)
            for (x, y), ink in zip(places.tolist(), inks[seen].tolist()):
                draw.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), fill=ink)
        picture.putpalette(palette)
        pictures.append(picture)
    return _saved(pictures, seconds_per_frame)


def _axes(draw: ImageDraw.ImageDraw, left: int, top: int) -> None:
    """A frame, and lines through the origin, in light grey."""
    right, bottom, middle = left + _PLANE - 1, top + _PLANE - 1, (_PLANE - 1) // 2
    draw.rectangle((left, top, right, bottom), outline=_LIGHT)
    draw.line((left + middle, top, left + middle, bottom), fill=_LIGHT)
    draw.line((left, top + middle, right, top + middle), fill=_LIGHT)


def _saved(pictures: Sequence[Image.Image], seconds_per_frame: float) -> bytes:
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 * max(seconds_per_frame, _LEAST_SECONDS)),
        loop=0,
        optimize=False,  # the palette is ours
    )
    return buffer.getvalue()


def _palette(colours: Sequence[str]) -> tuple[bytes, list[int]]:
    """The palette, greys and then colours, and each member's index in it."""
    distinct = [*dict.fromkeys(colours)]
    greys = np.round(np.linspace(0, 255, _GREYS)).astype(np.uint8).repeat(3).tobytes()
    palette = greys + b"".join(bytes.fromhex(colour.removeprefix("#")) for colour in distinct)
    return palette, [_GREYS + distinct.index(colour) for colour in colours]


def _grid(
    width: int, height: int, names: Sequence[list[str]]
) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Left upper corners of images of width × height px, and the size of the whole."""
    members = len(names)
    rows = -(-members // _MOST_COLUMNS)
    columns = -(-members // rows)
    right = width + GAP
    down = height + BAR + max(map(len, names)) * _LINE_HEIGHT + 2 * GAP
    corners = [(GAP + k % columns * right, GAP + k // columns * down) for k in range(members)]
    return corners, (GAP + columns * right, GAP + rows * down - GAP)


def _background(
    size: tuple[int, int],
    corners: Sequence[tuple[int, int]],
    image: tuple[int, int],
    names: Sequence[list[str]],
    bars: Sequence[int],
) -> np.ndarray:
    """(H, W) uint8 of indices: all that does not move, black on white."""
    width, height = image
    picture = Image.new("L", size, 255)
    draw = ImageDraw.Draw(picture)
    for lines, (left, top) in zip(names, corners):
        for number, line in enumerate(lines):
            under = top + height + BAR + GAP // 2 + number * _LINE_HEIGHT
            draw.text((left, under), line, fill=0, font=_font())
    indices = np.round(np.asarray(picture) * ((_GREYS - 1) / 255)).astype(np.uint8)
    for bar, (left, top) in zip(bars, corners):
        indices[top + height : top + height + BAR, left : left + width] = bar
    return indices


def _lines(label: str, width: int) -> list[str]:
    """The label in lines of at most `width` px, broken between words and cut where it must be."""
    lines = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _font().getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :])]
    return [_cut(line, width) for line in lines]


def _cut(line: str, width: int) -> str:
    if _font().getlength(line) <= width:
        return line
    while line and _font().getlength(line + "…") > width:
        line = line[:-1]
    return line.rstrip() + "…"


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_FONT_SIZE)
