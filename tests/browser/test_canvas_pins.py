"""Pins, sliders and arithmetic of the latent canvas against what PyTorch decodes."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.helpers.canvas import (
    click,
    decoded,
    draw,
    frames,
    move,
    pictures,
    place,
    query,
    strip,
    wait_for_query,
)
from vae_explorer.data import load_dataset
from vae_explorer.saved.catalogue import load_members, read_catalogue
from vae_explorer.study.latent import linear_path, plane_axes

NAMES = ("relu", "tanh", "silu")
DIGITS = "?dataset=digits&background=none"
CLOSE = 0.02  # a byte has 255 levels, and the browser's tables are within 1e-3


class Truth:
    """The digits' VAEs as PyTorch has them."""

    def __init__(self, latent: int):
        self.population = load_members(read_catalogue(), "digits", latent, NAMES)
        test = load_dataset("digits").test
        self.images, self.labels = test.images / np.float32(16), test.labels
        self.codes = self.population.encode(self.images)[0].numpy()  # (K, N, L)

    def class_mean(self, label: int) -> np.ndarray:
        """(K, L)"""
        return self.codes[:, self.labels == label].mean(1)

    def at_place(self, k: int, place: np.ndarray, image: int | None = None) -> np.ndarray:
        """(L,) under a point of a member's plane, held at an image's code or the middle."""
        centre, axes = plane_axes(self.codes[k])
        base = centre if image is None else self.codes[k, image]
        return base + axes @ (place - (base - centre) @ axes)

    def same_image(self, owner: int, latent: np.ndarray) -> np.ndarray:
        """(K, D) what all draw of the image that one draws at a latent (L,)."""
        image = self.decode(np.tile(latent, (len(NAMES), 1)))[owner]
        codes = self.population.encode(image[None])[0].numpy()[:, 0]
        codes[owner] = latent
        return self.decode(codes)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """(K, D) of latents (K, L)."""
        return self.population.decode(latents[:, None].astype(np.float32)).numpy()[:, 0]


@pytest.fixture(scope="module", params=[2, 20])
def truth(request) -> Truth:
    return Truth(request.param)


@pytest.fixture(scope="module")
def deep() -> Truth:
    return Truth(20)


def opened(open_page, truth: Truth, more: str = "&pins=") -> Page:
    return open_page(f"{DIGITS}&latent={truth.codes.shape[2]}{more}", path="")


def assert_shows(pixels: np.ndarray, expected: np.ndarray, close: float = CLOSE) -> None:
    assert np.abs(pixels / 255 - expected).max() < close


def test_the_mean_of_a_class_is_pinned_as_every_vae_has_it(open_page, truth):
    page = opened(open_page, truth)
    for label in ("3", "7"):
        page.get_by_label("Pin the mean of a class").select_option(f"Mean of {label}")
    ends = truth.class_mean(3), truth.class_mean(7)
    steps = strip(page, len(NAMES))
    path = linear_path(*ends, steps.shape[1])  # (K, S, L)
    for s in (0, 11, steps.shape[1] - 1):
        assert_shows(steps[:, s], truth.decode(path[:, s]))
    wait_for_query(page, "anchors", "3,7")
    page.locator(".members").get_by_role(
        "button", name="Tanh"
    ).click()  # its plane has the means elsewhere
    assert_shows(strip(page, len(NAMES))[:, 0], truth.decode(ends[0]))


def test_a_pinned_dot_is_that_image_in_every_vae(open_page, truth):
    latent = truth.codes.shape[2]
    page = opened(open_page, truth, "&pins=0,0,0,0&anchors=15,21&image=-1")
    steps = strip(page, len(NAMES))
    for s, image in ((0, 5), (-1, 11)):
        assert_shows(steps[:, s], truth.decode(truth.codes[:, image]))
    if latent > 2:  # the plane is held elsewhere, the images are where they were
        page.get_by_label("Number of the test image").fill("40")
        page.keyboard.press("Enter")
        assert_shows(strip(page, len(NAMES))[:, 0], truth.decode(truth.codes[:, 5]))


def test_the_pointer_is_one_image_in_every_vae(open_page, truth):
    """Which the VAE of the plane draws there, and each of the others from its own code of it."""
    page = opened(open_page, truth, "&image=3&focus=1")
    latent = truth.codes.shape[2]
    for point in ((0.3, 0.4), (0.7, 0.2)):
        move(page, *point)
        frames(page)
        shown = decoded(page)
        images = truth.same_image(1, truth.at_place(1, place(page), 3 if latent > 2 else None))
        assert_shows(shown, images, 0.06)  # the place is read to two digits
    expect(page.get_by_role("button", name="Same image")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Same coordinates").click()
    expect(page.get_by_text("says nothing of quality")).to_be_visible()
    wait_for_query(page, "same", "place")
    move(page, 0.3, 0.4)
    frames(page)
    codes = [truth.at_place(k, place(page), 3 if latent > 2 else None) for k in range(len(NAMES))]
    assert_shows(decoded(page), truth.decode(np.array(codes)), 0.06)


def test_a_place_that_is_pinned_is_the_image_that_its_vae_draws(open_page, truth):
    """From whichever plane it is looked at; held at its coordinates it is another one in each."""
    page = opened(open_page, truth, "&pins=-600,700,0,0&anchors=-3,12&same=image&image=-1")
    place_of_tanh = truth.at_place(1, np.array([-0.6, 0.7]))
    image = truth.same_image(1, place_of_tanh)
    for name in ("ReLU", "Tanh", "SiLU"):
        page.locator(".members").get_by_role("button", name=name).click()
        steps = strip(page, len(NAMES))
        assert_shows(steps[:, 0], image)
        assert_shows(steps[:, -1], truth.decode(truth.codes[:, 2]))
    page.locator(".members").get_by_role("button", name="Tanh").click()
    page.get_by_role("button", name="Same coordinates").click()
    wait_for_query(page, "anchors", "-1,12")
    places = np.array([truth.at_place(k, np.array([-0.6, 0.7])) for k in range(len(NAMES))])
    assert_shows(strip(page, len(NAMES))[:, 0], truth.decode(places))
    page.get_by_role("button", name="Same image").click()
    wait_for_query(page, "anchors", "-3,12")
    assert_shows(strip(page, len(NAMES))[:, 0], image)


def test_a_pinned_image_stays_when_its_vae_leaves(open_page, truth):
    page = opened(open_page, truth, "&pins=-600,700,0,0&anchors=-3,12&same=image&image=-1&focus=0")
    before = strip(page, len(NAMES))[:, 0]
    page.get_by_role("button", name="Remove Tanh").click()
    expect(page.locator(".members button.tile")).to_have_count(2)
    after = strip(page, 2)[:, 0]
    if truth.codes.shape[2] == 2:  # now it is ReLU's, where it had the image
        wait_for_query(page, "anchors", "-2,12")
        assert_shows(after[:1], before[:1] / 255)
        return
    drawn = truth.same_image(1, truth.at_place(1, np.array([-0.6, 0.7])))[1]
    nearest = int(((truth.images - drawn) ** 2).sum(1).argmin())
    wait_for_query(page, "anchors", f"{10 + nearest},12")
    assert_shows(after, truth.decode(truth.codes[:, nearest])[[0, 2]])


def test_the_default_interpolation_joins_two_images(open_page, truth):
    page = opened(open_page, truth, "")
    steps = strip(page, len(NAMES))
    for s, image in ((0, 71), (-1, 36)):
        assert_shows(steps[:, s], truth.decode(truth.codes[:, image]))
    assert [truth.labels[71], truth.labels[36]] == [1, 0]


def test_what_is_played_is_what_the_strip_shows(open_page, deep):
    page = opened(open_page, deep, "&pins=0,0,0,0&anchors=15,15")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert_shows(decoded(page), deep.decode(deep.codes[:, 5]))


def test_free_pins_follow_the_image_that_the_plane_is_held_at(open_page, deep):
    page = opened(open_page, deep, "&pins=-500,1000,800,-300&image=3")
    for image in (3, 40):
        field = page.get_by_label("Number of the test image")
        field.fill(str(image))
        field.press("Enter")
        first = np.array([-0.5, 1.0])
        expected = [deep.at_place(k, first, image) for k in range(len(NAMES))]
        assert_shows(strip(page, len(NAMES))[:, 0], deep.decode(np.array(expected)))


def test_a_slider_stands_at_the_code_and_moves_it(open_page, deep):
    page = opened(open_page, deep, "&pins=&image=3&focus=1")
    codes = deep.codes[1]
    most = int(codes.std(0).argmax())
    slider = page.get_by_label(f"Latent dimension {most + 1}", exact=True)
    assert float(slider.input_value()) == pytest.approx(codes[3, most], abs=0.02)
    slider.fill(str(codes[:, most].mean() + 2))
    moved = float(slider.input_value())
    latent = codes[3].copy()
    latent[most] = moved
    frames(page)
    expected = deep.population.decode(np.tile(latent, (3, 1, 1)).astype(np.float32)).numpy()[1, 0]
    assert_shows(decoded(page)[1], expected)
    wait_for_query(page, "slides", f"{most},{round(moved * 1000)}")
    other = open_page("?" + page.url.partition("?")[2], path="")
    again = other.get_by_label(f"Latent dimension {most + 1}", exact=True)
    assert float(again.input_value()) == pytest.approx(moved, abs=0.02)


def test_sliders_are_those_of_the_vae_whose_plane_is_shown(open_page, deep):
    page = opened(open_page, deep)
    for k, name in enumerate(("ReLU", "Tanh", "SiLU")):
        page.locator(".members").get_by_role("button", name=name).click()
        first = page.locator(".dimensions input").first
        most = int(deep.codes[k].std(0).argmax())
        expect(first).to_have_attribute("aria-label", f"Latent dimension {most + 1}")
        expect(page.get_by_text(f"latent dimensions, {name}")).to_be_visible()
        expect(page.locator(".owner")).to_have_text(f"Codes of {name}")


def test_arithmetic_adds_the_difference_of_two_means_and_is_in_the_address(open_page, truth):
    page = opened(open_page, truth, "&pins=&image=3")
    page.get_by_label("Class to take away").select_option("2")
    page.get_by_label("Class to add").select_option("6")
    page.get_by_label("How much of the difference").fill("0.75")
    latent = truth.codes[:, 3] + 0.75 * (truth.class_mean(6) - truth.class_mean(2))
    assert_shows(pictures(page, ".result canvas"), truth.decode(latent))
    wait_for_query(page, "amount", "0.75")
    other = open_page("?" + page.url.partition("?")[2], path="")
    assert_shows(pictures(other, ".result canvas"), truth.decode(latent))
    expect(other.get_by_label("Class to add")).to_have_value("6")


def test_a_pin_is_dragged_and_a_click_takes_it_away(open_page):
    page = open_page(DIGITS + "&pins=&image=-1", path="")
    click(page, 0.05, 0.06)
    move(page, 0.05, 0.06)
    page.mouse.down()
    move(page, 0.95, 0.9)
    page.mouse.up()
    frames(page)
    x, y = place(page)
    page.wait_for_function(
        """([x, y]) => {
            const pins = new URLSearchParams(location.search).get("pins").split(",").map(Number);
            return Math.abs(pins[0] / 1000 - x) < 0.01 && Math.abs(pins[1] / 1000 - y) < 0.01;
        }""",
        arg=[float(x), float(y)],
    )
    expect(page.get_by_text("One pin; a second one")).to_be_visible()
    click(page, 0.95, 0.9)
    wait_for_query(page, "pins", "")


def test_the_plane_goes_with_its_vae_when_others_come_and_go(open_page):
    page = open_page(DIGITS + "&focus=2", path="")
    expect(page.locator(".owner")).to_have_text("Codes of SiLU")
    page.get_by_role("button", name="Remove ReLU").click()
    expect(page.locator(".members button.tile")).to_have_count(2)
    expect(page.locator(".owner")).to_have_text("Codes of SiLU")
    wait_for_query(page, "focus", "1")
    assert query(page)["activations"] == "tanh,silu"


def test_a_drawing_stays_when_a_vae_is_added(open_page):
    page = open_page(DIGITS + "&activations=relu,tanh&image=-1", path="")
    draw(page)
    before = pictures(page, ".result canvas")
    assert before.any()
    field = page.get_by_role("combobox", name="Activations")
    field.fill("GELU")
    page.get_by_role("option", name="GELU", exact=True).click()
    expect(page.locator(".result canvas")).to_have_count(3)
    after = pictures(page, ".result canvas")
    np.testing.assert_array_equal(after[:2], before)
    assert after[2].any()


# Presses keys on the plane and leaves the page with no time between. Of the timers that the keys
# start it keeps how each ends: "cleared", or with whether the plane was still there as it fired.
LEAVE_AT_ONCE = """([plane, link]) => {
    window.ends = {};
    const { setTimeout, clearTimeout } = window;
    window.setTimeout = (callback, after) => {
        const id = setTimeout(() => { window.ends[id] = plane.isConnected; callback(); }, after);
        window.ends[id] = "waits";
        return id;
    };
    window.clearTimeout = (id) => {
        if (window.ends[id] === "waits") window.ends[id] = "cleared";
        clearTimeout.call(window, id);
    };
    for (const key of ["ArrowLeft", "Enter"]) {
        plane.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
    window.setTimeout = setTimeout;
    link.click();
}"""


def test_no_timer_of_a_canvas_outlives_it(open_page):
    page = open_page(DIGITS + "&pins=&image=-1", path="")
    plane, link = page.locator(".plane"), page.get_by_role("link", name="Train", exact=True)
    page.evaluate(LEAVE_AT_ONCE, [plane.element_handle(), link.element_handle()])
    page.get_by_role("button", name="Train", exact=True).wait_for()
    page.wait_for_function("!Object.values(window.ends).includes('waits')")
    ends = page.evaluate("Object.values(window.ends)")
    assert len(ends) >= 2 and False not in ends
