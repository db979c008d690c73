"""Films of races have a frame a time and show every image."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.helpers.saved_races import saved_race
from vae_explorer.figures.films import FILMS, _sheet, race_film


@pytest.fixture(scope="module")
def race():
    """Two shapes, one after the other, of two activations each."""
    return saved_race(sweep="latent", sweep_values=(1, 3))


@pytest.mark.parametrize("kind", FILMS)
def test_every_kind_is_a_film_of_all_times(race, kind):
    data = race_film(race.race.experiment, race.history, race.probe, kind)
    image = Image.open(io.BytesIO(data))
    assert image.format == "GIF"
    longest = max(len(race.history.frames(number)) for number in range(2))
    # Pillow joins frames that are the same as the one before.
    assert 1 < image.n_frames <= longest
    image.seek(image.n_frames - 1)
    last = np.asarray(image.convert("RGB"))
    image.seek(0)
    assert (np.asarray(image.convert("RGB")) != last).any()


def test_turned_and_unturned_latent_spaces_differ(race):
    films = [
        race_film(race.race.experiment, race.history, race.probe, "latents", align)
        for align in (False, True)
    ]
    assert films[0] != films[1]


@pytest.mark.parametrize(("count", "columns"), [(11, 4), (20, 5), (64, 8), (1, 1)])
def test_a_sheet_has_every_image_in_the_order_of_reading(count, columns):
    images = np.random.default_rng(0).integers(0, 256, (count, 6), dtype=np.uint8)
    lines = -(-count // columns)
    sheet = _sheet(images, lines, columns, (2, 3)).reshape(2 * lines, 3 * columns)
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        found = sheet[2 * row : 2 * row + 2, 3 * column : 3 * column + 3]
        np.testing.assert_array_equal(found, image.reshape(2, 3))
