"""What was trained is explored: live, and after it, by the tab that has it."""

from __future__ import annotations

import io
import os
import re
import signal
import zipfile

import numpy as np
from playwright.sync_api import Page, expect

from tests.helpers.canvas import click, decoded, frames, move, place, query, wait_for_query
from tests.helpers.compare_page import option, taken, wait_until_judged
from tests.helpers.jobs import workers_of
from tests.helpers.pressing import go_to, press, settled
from vae_explorer.saved.run import load

LONG = "?dataset=digits&activations=relu,tanh&hidden=32&epochs=10000"
QUICK = "?dataset=digits&activations=relu,tanh&hidden=16&epochs=6"
SWEPT = (
    "?dataset=digits&activations=relu,tanh&hidden=8&epochs=4&seeds=3&sweep=latent&sweep_values=2,8"
)
LOSSES = ".members .tile span"


def explore(page: Page) -> None:
    go_to(page, "Explore these", "/")
    page.locator(".plane canvas.overlay").wait_for()


def wait_for_newer(page: Page) -> None:
    """Until what a VAE is said to reach has changed."""
    said = page.locator(LOSSES).first
    before = said.inner_text()
    expect(said).not_to_have_text(before, use_inner_text=True)


def test_a_training_is_explored_while_it_goes_on(open_page):
    page = open_page(LONG)
    press(page, "Train")
    explore(page)
    expect(page.locator(".members button.tile")).to_have_count(2)
    page.get_by_role("button", name="Density").click()
    click(page, 0.4, 0.4)
    page.wait_for_function("window.vaeExplorerKept.view.pins.length === 3")
    page.locator(".plane").focus()
    page.keyboard.press("+")
    move(page, 0.6, 0.7)
    frames(page)
    kept = page.evaluate("window.vaeExplorerKept.view")
    there, drawn = place(page), decoded(page)
    for _ in range(2):
        wait_for_newer(page)
    frames(page)
    assert page.evaluate("window.vaeExplorerKept.view") == kept  # pins, zoom, background
    np.testing.assert_array_equal(place(page), there)  # under the pointer, which has not moved
    assert (decoded(page) != drawn).any(1).all()  # is what they draw now
    go_to(page, "Train", "/train")
    press(page, "Stop")
    page.get_by_text("stopped at step").wait_for()


def test_the_canvas_decodes_what_was_saved(open_page, tmp_path):
    """And a reload finds the run again; another tab says that it is missing there."""
    page = open_page(QUICK)
    press(page, "Train")
    page.get_by_text(re.compile(r"trained in")).wait_for()
    with zipfile.ZipFile(io.BytesIO(taken(page, "Save"))) as archive:
        archive.extractall(tmp_path)
    explore(page)
    settled(page)
    move(page, 0.3, 0.6)
    frames(page)
    where, shown = place(page), decoded(page)
    population = load(tmp_path / "vae-run")
    first = population.decode(where.astype(np.float32)[None])[0, 0].numpy()
    np.testing.assert_allclose(shown[0], first * 255, atol=2.5)  # the place is said in hundredths
    page.reload()
    page.locator(".plane canvas.overlay").wait_for()
    expect(page.locator(LOSSES).first).to_contain_text("ReLU")
    address = page.url
    other = page.context.new_page()
    other.goto(address)
    other.get_by_text("VAEs that are not here").wait_for()
    other.get_by_role("button", name="Show pretrained VAEs").click()
    other.locator(".plane canvas.overlay").wait_for()
    assert "run" not in query(other)


def test_any_seed_and_value_of_a_race_is_explored(open_page):
    page = open_page(SWEPT, path="compare")
    press(page, "Race")
    wait_until_judged(page)
    explore(page)
    settled(page)
    tiles = page.locator(LOSSES)
    expect(tiles).to_have_text([re.compile("ReLU, seed 0"), re.compile("Tanh, seed 0")])
    option(page, "Latent size", "Latent size 8")
    page.get_by_text("Most active of 8 latent dimensions").wait_for()
    settled(page)
    page.get_by_role("combobox", name="VAEs").click()
    page.get_by_role("option", name="Tanh, seed 2").click()
    page.keyboard.press("Escape")
    expect(tiles).to_have_count(3)
    expect(tiles.nth(2)).to_contain_text("Tanh, seed 2")
    wait_for_query(page, "members", "6,9,11")
    settled(page)
    page.get_by_role("radio", name="Activation outputs").click()
    expect(page.get_by_role("radio", name="Tanh, seed 2")).to_have_count(1)
    page.locator("[class*=st-key-explore-menu] button").first.click()
    page.get_by_role("button", name="Pretrained catalogue").click()
    expect(tiles).to_have_count(3)
    expect(tiles.first).not_to_contain_text("seed")


def test_weights_outlive_the_process_that_trained_them(server, open_page):
    page = open_page(LONG)
    before = set(workers_of(server))
    press(page, "Train")
    explore(page)
    wait_for_newer(page)
    (worker,) = set(workers_of(server)) - before
    os.kill(worker, signal.SIGKILL)
    page.get_by_text("ended", exact=False).first.wait_for()
    settled(page)
    move(page, 0.3, 0.3)
    one = decoded(page)
    move(page, 0.7, 0.7)
    assert (decoded(page) != one).any(1).all()
    expect(page.get_by_test_id("stException")).to_have_count(0)
