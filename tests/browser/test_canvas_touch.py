"""The latent canvas on a phone: real fingers, and a screen that is 390 px wide."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.helpers.canvas import decoded, frames, pictures, place, query, wait_for_query

PHONE = {"size": (390, 844), "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


class Fingers:
    """Touches of a page, as its browser gets them from a screen."""

    def __init__(self, page: Page):
        self._session = page.context.new_cdp_session(page)

    def _send(self, kind: str, points: list[tuple[float, float]]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, *points: tuple[float, float]) -> None:
        self._send("touchStart", list(points))

    def move(self, *points: tuple[float, float]) -> None:
        self._send("touchMove", list(points))

    def up(self, *left: tuple[float, float]) -> None:
        self._send("touchEnd", list(left))


@pytest.fixture
def page(open_page) -> Page:
    return open_page("?dataset=digits&pins=&image=-1", path="", **PHONE)


def inside(page: Page, selector: str, x: float, y: float) -> tuple[float, float]:
    """A place in shares of an element that is on the screen."""
    found = page.locator(selector)
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_a_tap_decodes_and_a_finger_that_stays_pins(page):
    plane = page.locator(".plane")
    page.touchscreen.tap(*inside(page, ".plane", 0.3, 0.6))
    frames(page)
    first, pixels = place(page), decoded(page)
    page.touchscreen.tap(*inside(page, ".plane", 0.8, 0.9))
    assert (decoded(page) != pixels).any()
    assert place(page)[0] > first[0] and place(page)[1] < first[1]
    fingers = Fingers(page)
    for said in ("One pin; a second one", "Click the plane to pin two points"):
        expect(plane).to_have_count(1)
        fingers.down(inside(page, ".plane", 0.05, 0.9))
        expect(page.locator(".strip h3")).to_contain_text(said)  # while it is there
        fingers.up()
    frames(page)
    expect(page.locator(".strip h3")).to_contain_text(said)  # and when it leaves


def test_one_finger_scrolls_the_page_and_pins_nothing(page):
    before = place(page)
    sheet = page.get_by_test_id("stMain")
    top = sheet.evaluate("sheet => sheet.scrollTop")
    x, y = inside(page, ".plane", 0.5, 0.9)
    fingers = Fingers(page)
    fingers.down((x, y))
    for step in range(1, 9):
        fingers.move((x, y - 25 * step))
    fingers.up()
    page.wait_for_function(
        "top => document.querySelector('[data-testid=stMain]').scrollTop > top + 50", arg=top
    )
    np.testing.assert_array_equal(place(page), before)
    expect(page.locator(".strip h3")).to_contain_text("Click the plane to pin two points")


def test_two_fingers_zoom_and_leave_no_pin(page):
    page.get_by_role("button", name="Zoom in").tap()
    page.wait_for_function("new URLSearchParams(location.search).has('window')")
    whole = 1.5 * float(query(page)["window"].split(",")[2]) / 1000
    page.get_by_role("button", name="Show the whole plane").tap()
    wait_for_query(page, "window", None)
    fingers = Fingers(page)
    left, right = inside(page, ".plane", 0.4, 0.5), inside(page, ".plane", 0.6, 0.5)
    fingers.down(left)
    fingers.down(left, right)
    for x in (0.7, 0.8, 0.9):
        fingers.move(left, inside(page, ".plane", x, 0.5))
    fingers.up(left)
    fingers.up()
    page.wait_for_function(  # the address follows the fingers, and may hold where they were before
        """(half) => {
            const seen = new URLSearchParams(location.search).get("window")?.split(",")[2] / 1000;
            return Math.abs(seen / half - 1) < 0.05;
        }""",
        arg=whole * 0.2 / 0.5,
    )
    assert query(page)["pins"] == ""


def test_a_finger_draws(page):
    fingers = Fingers(page)
    fingers.down(inside(page, ".pad", 0.5, 0.2))
    shown = []
    for y in (0.4, 0.6, 0.8):
        fingers.move(inside(page, ".pad", 0.5, y))
        shown.append(pictures(page, ".result canvas"))
    fingers.up()
    assert all(each.any() for each in shown)
    assert (shown[0] != shown[-1]).any()


def test_two_fingers_on_the_pad_draw_nothing_and_wipe_nothing(open_page):
    page = open_page("?dataset=digits&pins=&image=4", path="", **PHONE)
    before = [pictures(page, each) for each in (".pad", ".result canvas")]
    assert all(each.any() for each in before)
    fingers = Fingers(page)
    left, right = inside(page, ".pad", 0.4, 0.5), inside(page, ".pad", 0.6, 0.5)
    fingers.down(left)
    fingers.down(left, right)
    fingers.move(left, inside(page, ".pad", 0.8, 0.6))
    fingers.up(left)
    fingers.up()
    for each, known in zip((".pad", ".result canvas"), before):
        np.testing.assert_array_equal(pictures(page, each), known)
    assert query(page)["image"] == "4"


def test_a_phone_shows_the_plane_first_and_nothing_is_squashed_or_cut_off(open_page):
    page = open_page("?activations=relu,tanh,silu,gelu&latent=20", path="", **PHONE)
    frames(page)
    plane = page.locator(".plane").bounding_box()
    assert plane["y"] + plane["height"] < 844
    for picture in page.locator(".members canvas, .strip canvas").all():
        box = picture.bounding_box()
        assert box["width"] == pytest.approx(box["height"], abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    edges = [
        box["x"] + box["width"]
        for box in (each.bounding_box() for each in page.locator(".members canvas").all())
    ]
    assert np.max(edges) <= 390
