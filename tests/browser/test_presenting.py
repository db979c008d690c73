"""Presenter mode: the picture fills the screen, and keys, remote controls and buttons move on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.canvas import click, frames, move, show_talk, wait_for_query

ONE = "One *star* and $x^2$"
TITLES = (ONE, "Two", "Three")


@pytest.fixture
def talk(open_page, tmp_path) -> Page:
    """A page that shows the first of three views of a talk."""
    page = open_page("?dataset=digits&section=share", path="")
    views = [
        {"title": title, "address": f"/?dataset=digits&background={background}"}
        for title, background in zip(TITLES, ("density", "none", "manifold"))
    ]
    show_talk(page, views, tmp_path / "talk.json")
    expect(page.locator(".plane")).to_have_count(1)  # the one at the desk is gone
    expect(page.get_by_role("note")).to_contain_text("arrow keys")  # it listens
    return page


def shows(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_the_arrow_keys_are_the_talks_after_a_click_on_the_plane(talk):
    click(talk, 0.3, 0.7)
    talk.keyboard.press("ArrowRight")
    shows(talk, "Two")
    talk.keyboard.press("ArrowLeft")
    shows(talk, ONE)


def test_a_remote_control_goes_on_wherever_the_focus_is(talk):
    talk.locator(".plane").focus()
    talk.keyboard.press("PageDown")
    shows(talk, "Two")
    talk.locator(".plane").focus()
    talk.keyboard.press("PageUp")
    shows(talk, ONE)


def test_buttons_do_what_the_keys_do(talk):
    expect(talk.get_by_text("1 of 3")).to_be_visible()
    back, on = (talk.get_by_role("button", name=name) for name in ("arrow_back", "arrow_forward"))
    expect(back).to_be_disabled()
    on.click()
    shows(talk, "Two")
    on.click()
    shows(talk, "Three")
    expect(on).to_be_disabled()
    expect(talk.locator(".plane")).to_have_count(1, timeout=60_000)  # the one before is gone
    expect(talk.get_by_role("button", name="Manifold")).to_have_attribute("aria-pressed", "true")
    talk.get_by_role("button", name="close").click()
    expect(talk.get_by_test_id("stHeader")).to_be_visible()
    wait_for_query(talk, "present", None)


@pytest.mark.parametrize(
    ("size", "names", "latent"),  # any two of them together
    [
        ((1920, 1080), "gelu", 2),
        ((1920, 1080), "relu,tanh,silu", 20),
        ((1920, 1080), "relu,tanh,silu,gelu,sigmoid,prelu", 2),
        ((1280, 720), "gelu", 20),
        ((1280, 720), "relu,tanh,silu", 2),
        ((1280, 720), "relu,tanh,silu,gelu,sigmoid,prelu", 20),
    ],
)
def test_the_picture_fills_the_screen_and_nothing_is_below_it(open_page, size, names, latent):
    page = open_page(
        f"?dataset=digits&latent={latent}&activations={names}&present=yes", path="", size=size
    )
    page.locator(".strip .rows canvas").last.wait_for()
    bottom = page.locator(".strip .rows").bounding_box()
    plane = page.locator(".plane").bounding_box()
    assert bottom["y"] + bottom["height"] <= size[1]
    assert plane["height"] == pytest.approx(plane["width"], abs=2)
    assert plane["height"] > 0.4 * size[1]
    sheet = page.get_by_test_id("stMain")
    assert sheet.evaluate("e => e.scrollHeight - e.clientHeight") <= 0
    assert page.locator(".explorer").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_a_view_of_what_there_is_not_does_not_end_a_talk(open_page):
    page = open_page("?activations=exponential,relu&present=yes", path="")  # of which one diverged
    expect(page.locator(".members button.tile")).to_have_count(1)
    expect(page.get_by_test_id("stToast")).to_contain_text("There is no Exponential with 2 latents")
    page.goto(page.url.partition("?")[0] + "?latent=77&present=yes")
    expect(page.get_by_text("with 77 latents for these images")).to_be_visible()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    for _ in range(100):  # what listens to the keys comes last
        page.keyboard.press("Escape")
        frames(page, 10)
        if page.get_by_test_id("stHeader").is_visible():
            break
    expect(page.locator(".plane")).to_be_visible()


def test_type_is_larger_on_a_projector(open_page):
    sizes = []
    for present in ("no", "yes"):
        page = open_page(f"?dataset=digits&present={present}", path="", size=(1920, 1080))
        move(page, 0.5, 0.5)
        text = page.locator(".place-text").first
        sizes.append(float(text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")))
    assert sizes[1] > 1.2 * sizes[0]
