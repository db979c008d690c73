"""Back and Forward go through the views of each page, and from page to page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.canvas import click, query, wait_for_query
from tests.helpers.compare_page import choose, race, rows, wait_until_judged
from tests.helpers.pressing import at_rest, settled

STILL = "?dataset=digits&activations=relu,tanh&same=place&pins=-1200,800,1200,-800"
QUICK = "?dataset=digits&activations=relu,tanh&hidden=16&epochs=4&seeds=3"


def look(page: Page, section: str) -> None:
    page.get_by_test_id("stMain").get_by_role("radio", name=section, exact=True).click()


def chosen(page: Page, name: str):
    return page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True, checked=True)


def test_the_explore_page_goes_back_and_forward(open_page):
    page = open_page(STILL, path="")
    page.get_by_role("button", name="Density").click()
    wait_for_query(page, "background", "density")
    click(page, 0.3, 0.3)  # a third pin
    page.wait_for_function("new URLSearchParams(location.search).get('pins').split(',').length > 4")
    pins = query(page)["pins"]
    look(page, "Gallery")
    page.locator(".mosaic").first.wait_for()
    wait_for_query(page, "section", "gallery")
    settled(page)

    page.go_back()  # and the section is closed
    expect(page.locator(".mosaic")).to_have_count(0)
    assert query(page)["pins"] == pins and "section" not in query(page)
    page.go_back()  # the third pin is gone
    page.wait_for_function("window.vaeExplorerKept.view.pins.length === 2")
    settled(page)
    assert query(page)["background"] == "density" and query(page)["pins"] != pins
    page.go_back()
    pressed = page.get_by_role("button", name="Manifold", pressed=True)
    expect(pressed).to_have_count(1)
    settled(page)
    assert "background" not in query(page)
    for _ in range(3):
        page.go_forward()
        settled(page)
    page.locator(".mosaic").first.wait_for()
    expect(chosen(page, "Gallery")).to_have_count(1)
    expect(page.get_by_role("button", name="Density", pressed=True)).to_have_count(1)
    assert query(page)["pins"] == pins


def test_the_settings_of_a_training_go_back(open_page):
    page = open_page("?dataset=digits&hidden=16&seed=3")
    seed = page.get_by_label("Seed", exact=True)
    for value in ("4", "5"):
        seed.fill(value)
        seed.press("Enter")
        wait_for_query(page, "seed", value)
        settled(page)
    for value in ("4", "3"):
        page.go_back()
        expect(seed).to_have_value(value)
        settled(page)
        wait_for_query(page, "seed", value)
    page.go_forward()
    expect(seed).to_have_value("4")


def test_a_race_is_looked_at_as_before_and_left_and_come_back_to(open_page):
    page = open_page(QUICK, path="compare")
    race(page)
    choose(page, "Differences")
    wait_for_query(page, "chart", "differences")
    settled(page)
    page.go_back()
    expect(page.get_by_role("radio", name="Curves", checked=True)).to_have_count(1)
    settled(page)
    assert "chart" not in query(page)
    expect(rows(page)).to_have_count(2)  # the race stays
    page.go_forward()
    expect(page.get_by_role("radio", name="Differences", checked=True)).to_have_count(1)
    settled(page)
    page.get_by_role("link", name="Explore", exact=True).click()
    page.locator(".plane canvas.overlay").wait_for()
    at_rest(page)
    page.go_back()
    wait_until_judged(page)
    expect(page.get_by_role("radio", name="Differences", checked=True)).to_have_count(1)
    assert query(page)["chart"] == "differences"


@pytest.mark.parametrize("path", ["", "train", "compare"])
def test_the_navigation_goes_on_with_a_pages_own_view(open_page, path):
    """Nor do the steps that Streamlit leaves in the history on the way: without words, or with this
    page's path and the other's query."""
    address = {"": STILL, "train": "?dataset=digits&seed=9", "compare": QUICK}[path]
    name = {"": "Explore", "train": "Train", "compare": "Compare"}[path]
    other = "Explore" if path else "Train"
    page = open_page(address, path=path)
    settled(page)

    def link(name: str) -> None:
        before = page.url
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(lambda url: url != before)

    views = {urlsplit(page.url).path: query(page)}
    for step in (lambda: link(other), lambda: link(name), page.go_back, page.go_back):
        step()
        settled(page)
        shown = views.setdefault(urlsplit(page.url).path, query(page))
        assert query(page) == shown
    assert len(views) == 2
