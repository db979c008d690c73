"""A folder of one's own images, few and of one class, clicked through on Compare and Train.

Other such folders are raced from a terminal in tests/terminal/test_compare.py.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.helpers.compare_page import (
    PATIENCE,
    check_pictures,
    choose,
    offer,
    option,
    race,
    rows,
    taken,
    wait_until_judged,
)
from tests.helpers.pressing import at_rest, press, settled
from tests.helpers.serving import serving
from vae_explorer.data import DATA_DIR_VARIABLE, load_dataset
from vae_explorer.data.folder import IDX_NAMES
from vae_explorer.data.idx import write_idx
from vae_explorer.figures.films import FILMS
from vae_explorer.saved.zips import race_of_zip
from vae_explorer.version import ROOT

QUICK = "?dataset=mnist&image_set=full&activations=relu,tanh&hidden=8&epochs=2&seeds=2"
LABEL, COUNT = 7, 12
NAMES = ["7", "7 (another)"]  # of the images that a path may begin at


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[subprocess.Popen]:
    """The app with a folder of its own images."""
    folder = tmp_path_factory.mktemp("own")
    test = load_dataset("mnist").test
    chosen = np.flatnonzero(test.labels == LABEL)[:COUNT]
    images = test.images[chosen].reshape(-1, 28, 28)
    for name, items in zip(IDX_NAMES, (images, test.labels[chosen]) * 2):
        write_idx(folder / name, items)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_DIR_VARIABLE, str(folder))
        with serving(ROOT / "app.py", tmp_path_factory.mktemp("server")) as process:
            yield process


def picture(page: Page, alt: str) -> Locator:
    return page.locator(f".mosaic img[alt*='{alt}']")


def check_path(page: Page, alt: str) -> None:
    """Every image is offered under a name of its own, and another one is another path."""
    for place, begun in (("from", 1), ("to", 0)):
        settled(page)  # to move closes a menu
        page.get_by_role("combobox", name=f"Image to interpolate {place}").click()
        expect(page.get_by_role("option")).to_have_text([f"{place} {name}" for name in NAMES])
        page.keyboard.press("Escape")
        before = picture(page, alt).get_attribute("src") or ""
        option(page, f"Image to interpolate {place}", f"{place} {NAMES[1 - begun]}")
        expect(picture(page, alt)).not_to_have_attribute("src", before, timeout=PATIENCE)


def check_no_row_is_too_high(page: Page, alt: str, count: int) -> None:
    height = picture(page, alt).evaluate("image => image.getBoundingClientRect().height")
    assert height / count < 0.16 * 720


def test_a_race_is_looked_at_taken_away_and_opened_again(open_page):
    page = open_page(QUICK, path="compare")
    race(page)
    expect(rows(page)).to_have_count(2)
    standings = rows(page).all_inner_texts()
    check_pictures(page)
    choose(page, "Reconstructions")
    check_no_row_is_too_high(page, "Test images and their reconstructions", 3)
    choose(page, "Interpolation")
    check_path(page, "linear path")
    at_rest(page, PATIENCE)
    assert "read from the folder own" in taken(page, "Report").decode()
    expect(page.get_by_text("own images in the layout of MNIST").first).to_be_visible()
    press(page, "Take away")
    for label in FILMS.values():
        assert taken(page, f"{label} as GIF").startswith(b"GIF8")
    data = taken(page, "Race as zip")
    assert set(race_of_zip(data).probe.labels) == {LABEL}

    page.reload()
    page.get_by_role("button", name="Saved races", exact=True).wait_for()
    settled(page)  # the race that the tab remembers is taken up, which may close what is open
    press(page, "Saved races")
    offer(page, "Open a race", data)
    page.get_by_text(re.compile("A saved race, made .*: own images in the layout")).wait_for()
    wait_until_judged(page)
    expect(rows(page)).to_have_text(standings, use_inner_text=True)


def test_a_run_is_looked_at_and_saved(open_page):
    page = open_page(QUICK + "&latent=3")
    press(page, "Train")
    page.get_by_role("button", name="Train anew", exact=True).wait_for(timeout=PATIENCE)
    at_rest(page, PATIENCE)
    check_no_row_is_too_high(page, "Test images and their reconstructions", 3)
    check_path(page, "linear path")
    choose(page, "t-SNE")
    page.locator("[class*=st-key-chart-latents] .js-plotly-plot").wait_for(timeout=PATIENCE)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert taken(page, "Save").startswith(b"PK")
