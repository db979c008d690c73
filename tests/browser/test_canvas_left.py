"""A canvas that is left at once: what was last done on it is there when one comes back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.helpers.canvas import draw, pictures, query, show_talk, wait_for_query

BARE = "?dataset=digits&background=none&pins=&image=-1"
BUSY = "while True: pass"

# Moves the point by each of the keys on the plane, and clicks, with no time between.
PRESS_AND_CLICK = """([plane, keys, target]) => {
    for (const key of keys) {
        plane.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
    target.click();
}"""
PRESS_AND_RELOAD = """([plane, keys]) => {
    window.isTheOneBefore = true;
    for (const key of keys) {
        plane.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
    location.reload();
}"""
PIN = ["ArrowLeft", "ArrowLeft", "Enter"]


@pytest.fixture
def busy_core() -> Iterator[None]:
    """A core that is kept busy, so that the server is late."""
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    yield
    process.kill()
    process.wait()


def press_and_click(page: Page, keys: list[str], target: Locator) -> None:
    plane = page.locator(".plane")
    expect(plane).to_have_count(1)  # one that is replaced may still be there
    page.evaluate(PRESS_AND_CLICK, [plane.element_handle(), keys, target.element_handle()])


def shows_pins(page: Page, count: int) -> None:
    few = ["Click the plane to pin two points", "One pin; a second one"]
    says = few[count] if count < len(few) else f"Interpolation through {count} pins"
    expect(page.locator(".strip h3")).to_contain_text([says])  # one alone, once it was replaced


def address_has_pins(page: Page, count: int) -> None:
    page.wait_for_function(
        """count => {
            const pins = new URLSearchParams(location.search).get("pins");
            return (pins ? pins.split(",").length : 0) === 2 * count;
        }""",
        arg=count,
    )


def test_no_pin_is_lost_by_leaving_the_page_at_once(open_page, busy_core):
    page = open_page(BARE, path="")
    train = page.get_by_role("button", name="Train", exact=True)
    for count in range(1, 5):
        press_and_click(page, PIN, page.get_by_role("link", name="Train", exact=True))
        train.wait_for()
        page.get_by_role("link", name="Explore", exact=True).click()
        shows_pins(page, count)
    address_has_pins(page, 4)


def test_no_pin_is_lost_by_going_to_presenter_mode_and_back_at_once(open_page, busy_core):
    page = open_page(BARE, path="")
    present, end = (page.get_by_role("button", name=name) for name in ("Present", "close"))
    for count in range(1, 5, 2):
        press_and_click(page, PIN, present)
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        shows_pins(page, count)
        press_and_click(page, PIN, end)
        expect(page.get_by_test_id("stHeader")).to_be_visible()
        shows_pins(page, count + 1)
    address_has_pins(page, 4)


def test_no_pin_is_lost_by_looking_closer_at_once(open_page, busy_core):
    page = open_page(BARE, path="")
    for count in range(1, 5):
        name = "Share and take away" if count % 2 else "Gallery"
        press_and_click(page, PIN, page.get_by_role("radio", name=name))
        shows_pins(page, count)
        address_has_pins(page, count)


def test_a_pin_is_in_presenter_mode_long_after_it_was_told(open_page):
    page = open_page(BARE, path="")
    page.locator(".plane").press("Enter")
    address_has_pins(page, 1)
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    shows_pins(page, 1)
    address_has_pins(page, 1)


def test_a_drawing_is_there_after_a_visit_to_another_page(open_page):
    page = open_page(BARE, path="")
    draw(page)
    before = pictures(page, ".result canvas")
    page.get_by_role("link", name="Train", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.get_by_role("link", name="Explore", exact=True).click()
    page.locator(".plane canvas.overlay").wait_for()
    np.testing.assert_array_equal(pictures(page, ".result canvas"), before)


@pytest.fixture
def talk(open_page, tmp_path) -> Page:
    """A page with a talk of two views, of no pin and of two, that shows the first."""
    page = open_page("?dataset=digits&section=share", path="")
    views = [
        {"title": "One", "address": f"/{BARE}"},
        {"title": "Two", "address": "/?dataset=digits&background=none&pins=-500,0,500,0"},
    ]
    show_talk(page, views, tmp_path / "talk.json")
    shows_pins(page, 0)
    return page


def test_a_pin_made_just_before_the_next_scene_is_not_in_it(talk, busy_core):
    for _ in range(2):
        press_and_click(talk, PIN, talk.get_by_role("button", name="arrow_forward"))
        expect(talk.get_by_role("heading", name="Two", exact=True)).to_be_visible()
        shows_pins(talk, 2)
        wait_for_query(talk, "pins", "-500,0,500,0")
        press_and_click(talk, PIN, talk.get_by_role("button", name="arrow_back"))
        expect(talk.get_by_role("heading", name="One", exact=True)).to_be_visible()
        shows_pins(talk, 0)
        wait_for_query(talk, "pins", "")


def test_an_opened_link_and_another_tab_show_no_pin_of_the_view_before(open_page):
    page = open_page(BARE, path="")
    address = page.url
    press_and_click(page, PIN, page.get_by_role("link", name="Train", exact=True))
    page.get_by_role("button", name="Train", exact=True).wait_for()
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(address)
        shows_pins(tab, 0)
    page.locator(".plane").press("Enter")
    address_has_pins(page, 1)
    shows_pins(other, 0)
    assert query(other)["pins"] == ""


def test_no_pin_is_lost_by_loading_the_page_again_at_once(open_page, busy_core):
    page = open_page(BARE, path="")
    expect(page.locator(".plane")).to_have_count(1)
    for count in range(1, 4):
        page.evaluate(PRESS_AND_RELOAD, [page.locator(".plane").element_handle(), PIN])
        page.wait_for_function("!window.isTheOneBefore")
        shows_pins(page, count)
        address_has_pins(page, count)  # it does not change while the page is loaded again
    page.goto("about:blank")
    page.go_back()
    shows_pins(page, 3)
    address_has_pins(page, 3)


def test_the_browsers_back_comes_to_the_canvas_as_it_was_left(open_page):
    page = open_page(BARE, path="")
    for count in range(1, 4):
        press_and_click(page, PIN, page.get_by_role("link", name="Train", exact=True))
        page.get_by_role("button", name="Train", exact=True).wait_for()
        page.go_back()
        shows_pins(page, count)
        address_has_pins(page, count)
