"""The leaderboard in a real browser: rows move to their new places and keep their identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import error_of
from tests.helpers.serving import serving_script

NAMES = ["ReLU", "Tanh", "SiLU", "Sine"]

# Every glide from now on is counted; what runs is never waited for.
COUNT_GLIDES = """
  window.glides = 0;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...given) {
    window.glides++;
    return animate.apply(this, given);
  };
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where the app of leaderboard_app.py runs."""
    app = Path(__file__).parent / "leaderboard_app.py"
    with serving_script(app, tmp_path_factory.mktemp("leaderboard")) as process:
        yield process.address


@pytest.fixture
def open_board(browser, address) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []
    errors: list[str] = []

    def open_one(**options) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, **options)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(COUNT_GLIDES)
        page.on("console", lambda message: errors.extend(error_of(message)))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(names(page)).to_have_text(NAMES, timeout=60_000)
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.context.close()
    assert not errors, errors


def names(page: Page):
    return page.locator(".leaderboard tbody th")


def turn(page: Page, switch: str = "Turn") -> None:
    page.get_by_text(switch, exact=True).click()


def test_rows_glide_to_their_new_places_with_their_new_numbers(open_board):
    page = open_board()
    sine = page.get_by_role("row").filter(has_text="Sine")
    expect(sine.locator(".mean")).to_have_text("103.13 ± 0.38")
    sine.evaluate("row => { row.marked = true; }")
    assert page.evaluate("window.glides") == 0
    turn(page)
    expect(names(page)).to_have_text(NAMES[::-1])
    expect(sine.locator(".mean")).to_have_text("100.13 ± 0.38")
    expect(sine.locator(".verdict")).to_have_text("▲ clearly better")
    expect(sine.locator(".rank")).to_have_text("1")
    assert sine.evaluate("row => row.marked")  # the same row, not one like it
    assert page.evaluate("window.glides") == 4
    turn(page)
    expect(names(page)).to_have_text(NAMES)


def test_rows_are_in_their_places_at_once_where_motion_is_not_wanted(open_board):
    page = open_board(reduced_motion="reduce")
    turn(page)
    expect(names(page)).to_have_text(NAMES[::-1])
    assert page.evaluate("window.glides") == 0


def test_it_is_a_table_with_headers_that_says_what_it_compares(open_board):
    page = open_board(color_scheme="dark")
    table = page.get_by_role("table", name="Standings by Negative ELBO (nats), the best first")
    expect(table.get_by_role("columnheader", name="Against ReLU")).to_be_visible()
    expect(table.get_by_role("rowheader")).to_have_text(NAMES)
    expect(table.get_by_role("row").nth(1)).to_contain_text("reference")
    whisker = table.get_by_role("row").nth(2).locator(".whisker")
    dot = table.get_by_role("row").nth(2).locator(".dot")
    line, point = whisker.bounding_box(), dot.bounding_box()
    middle = line["x"] + line["width"] / 2
    assert abs(middle - (point["x"] + point["width"] / 2)) < 1.5


def test_a_low_board_scrolls_within_itself_below_its_header(open_board):
    page = open_board()
    turn(page, "Low")
    board = page.locator(".leaderboard")
    expect(board).to_have_css("height", "120px")
    board.evaluate("board => { board.scrollTop = 1000; }")
    expect(page.get_by_role("columnheader", name="Activation")).to_be_in_viewport()
    expect(names(page).last).to_be_in_viewport()
    head = page.get_by_role("columnheader", name="Activation").bounding_box()
    assert abs(head["y"] - board.bounding_box()["y"]) < 2
