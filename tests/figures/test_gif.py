"""GIFs hold the frames they were given, read back with Pillow."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFont

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.figures.gif import BAR, GAP, gif, scatter_gif
from vae_explorer.figures.style import activation_style

SHAPE, SCALE = (28, 20), 6
WIDE, TALL = 20 * SCALE, 28 * SCALE
COLOURS = ("#ff5a2d", "#0096f0")
NAMES = ("ReLU", "Tanh")
STEP = 255 / 127  # between two of the GIF's greys


def frames(count: int, members: int = 2) -> np.ndarray:
    shape = (count, members, SHAPE[0] * SHAPE[1])
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "GIF"
    return image


def pixels(image: Image.Image, frame: int) -> np.ndarray:
    """(height, width, 3) of a frame"""
    image.seek(frame)
    return np.asarray(image.convert("RGB"))


def place(member: int) -> tuple[slice, slice]:
    left = GAP + member * (WIDE + GAP)
    return slice(GAP, GAP + TALL), slice(left, left + WIDE)


def test_every_pixel_of_every_frame_is_there():
    given = frames(4)
    image = opened(gif(given, SHAPE, NAMES, COLOURS, boomerang=False))
    assert image.n_frames == 4
    for t in range(4):
        shown = pixels(image, t)
        for k in range(2):
            expected = given[t, k].reshape(SHAPE).repeat(SCALE, 0).repeat(SCALE, 1)
            difference = np.abs(shown[place(k)].astype(int) - expected[:, :, None])
            assert difference.max() <= STEP / 2 + 1


def test_black_and_white_are_exact():
    given = np.zeros((2, 1, 560), dtype=np.uint8)
    given[1] = 255
    image = opened(gif(given, SHAPE, NAMES[:1], COLOURS[:1]))
    assert (pixels(image, 0)[place(0)] == 0).all()
    assert (pixels(image, 1)[place(0)] == 255).all()


def test_a_boomerang_comes_back_the_same_way_without_a_frame_twice():
    given = frames(4)
    image = opened(gif(given, SHAPE, NAMES, COLOURS))
    assert image.n_frames == 6
    for there, back in ((2, 4), (1, 5)):
        np.testing.assert_array_equal(pixels(image, there), pixels(image, back))


@pytest.mark.parametrize("count", [1, 2])
def test_short_paths(count):
    assert opened(gif(frames(count), SHAPE, NAMES, COLOURS)).n_frames == count


def test_it_loops_for_ever_at_the_pace_asked_for():
    image = opened(gif(frames(3), SHAPE, NAMES, COLOURS, seconds_per_frame=0.25))
    assert image.info["loop"] == 0
    assert image.info["duration"] == 250
    hasty = opened(gif(frames(3), SHAPE, NAMES, COLOURS, seconds_per_frame=0.001))
    assert hasty.info["duration"] == 20


def test_under_each_image_are_its_colour_and_its_name():
    image = opened(gif(frames(2), SHAPE, NAMES, COLOURS))
    for frame in range(image.n_frames):
        shown = pixels(image, frame)
        for k, colour in enumerate(COLOURS):
            rows, columns = place(k)
            bar = shown[rows.stop : rows.stop + BAR, columns]
            assert (bar == tuple(bytes.fromhex(colour[1:]))).all()
            text = shown[rows.stop + BAR :, columns]
            assert 100 < (text < 128).all(axis=-1).sum() < 1000  # letters, not blocks
    assert (shown[:, :GAP] == 255).all()


def test_many_members_are_laid_out_in_rows_and_all_shown():
    given = frames(1, members=9)
    image = opened(gif(given, SHAPE, ["ReLU"] * 9, [COLOURS[0]] * 9))
    shown = pixels(image, 0)
    assert image.width == GAP + 5 * (WIDE + GAP)
    down = (image.height - GAP) // 2 + GAP
    for k in range(9):
        top, left = GAP + k // 5 * (down - GAP // 2), GAP + k % 5 * (WIDE + GAP)
        cell = shown[top : top + TALL : SCALE, left : left + WIDE : SCALE, 0]
        expected = given[0, k].reshape(SHAPE)
        assert np.abs(cell.astype(int) - expected).max() <= STEP / 2 + 1, k


def test_a_long_name_is_broken_and_cut_within_its_image():
    names = ("Average pooling → Adaptive mixture of everything", "Unbreakableverylongword" * 2)
    shown = pixels(opened(gif(frames(1), SHAPE, names, COLOURS)), 0)
    for k in range(2):
        rows, columns = place(k)
        assert (shown[rows.stop + BAR :, columns.stop : columns.stop + GAP] == 255).all()
    lone = pixels(opened(gif(frames(1), SHAPE, NAMES, COLOURS)), 0)
    assert shown.shape[0] > lone.shape[0]  # two lines instead of one


def test_no_letter_of_a_name_is_missing_from_the_font():
    font = ImageFont.load_default(18)
    missing = bytes(font.getmask("\ue123"))
    letters = set("".join(activation.label for activation in ACTIVATIONS.values()) + ">…-x")
    assert [letter for letter in letters if bytes(font.getmask(letter)) == missing] == []


def test_arrows_are_spelled_for_the_font():
    one, other = (gif(frames(1, 1), SHAPE, [f"Tanh {c} ELU"], COLOURS[:1]) for c in "→>")
    assert one == other


def test_it_is_small():
    """27 VAEs over 24 steps there and back, of soft images as VAEs make them."""
    x, y = np.meshgrid(np.linspace(-1, 1, 28), np.linspace(-1, 1, 28))
    steps = np.linspace(-0.5, 0.5, 24)
    path = np.stack([np.exp(-8 * ((x - s) ** 2 + (y + s**2) ** 2)) for s in steps])
    given = np.round(255 * path).astype(np.uint8).reshape(24, 1, -1).repeat(27, axis=1)
    names = [activation.label for activation in ACTIVATIONS.values()]
    colours = [activation_style(name).colour for name in ACTIVATIONS]
    data = gif(given, (28, 28), names, colours)
    assert opened(data).n_frames == 46
    assert len(data) < 6e6


CLASSES = ("#6a5cff", "#f55f05")


def colour_of(hexadecimal: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(hexadecimal.removeprefix("#")))


def test_points_lie_where_they_are_in_the_colours_of_their_classes():
    points = np.zeros((2, 2, 2, 2))  # times, members, points, axes
    points[0] = [[1.5, 1.5], [-1.5, 0.0]]
    points[1] = [[-1.5, -1.5], [0.0, 1.5]]
    image = opened(scatter_gif(points, np.array([0, 1]), CLASSES, 3.0, NAMES, COLOURS))
    assert image.n_frames == 2
    side = (image.width - 3 * GAP) // 2
    for t in range(2):
        shown = pixels(image, t)
        for k in range(2):
            left = GAP + k * (side + GAP)
            for point, colour in zip(points[t, k], CLASSES):
                x = left + round((side - 1) * (1 + point[0] / 3) / 2)
                y = GAP + round((side - 1) * (1 - point[1] / 3) / 2)
                assert tuple(shown[y, x]) == colour_of(colour)
    bar = GAP + side + BAR // 2
    assert tuple(shown[bar, GAP + side // 2]) == colour_of(COLOURS[0])


def test_points_outside_or_nowhere_are_not_drawn():
    points = np.array([[[[9.0, 0.0], [np.nan, 0.0], [0.0, np.inf]]]])
    empty = scatter_gif(np.full((1, 1, 3, 2), np.nan), np.zeros(3, int), CLASSES, 3.0, "a", COLOURS)
    drawn = scatter_gif(points, np.zeros(3, int), CLASSES, 3.0, "a", COLOURS)
    np.testing.assert_array_equal(pixels(opened(drawn), 0), pixels(opened(empty), 0))
