"""The Explore page: a real pointer moves over the plane, and real pixels are read."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.helpers.canvas import PIXELS, click, decoded, frames, move, place, query, wait_for_query
from tests.helpers.pressing import at_rest, settled
from vae_explorer.data import load_dataset
from vae_explorer.figures.style import CLASS_COLOURS
from vae_explorer.saved.catalogue import load_members, read_catalogue

STILL = "?dataset=digits"


def test_the_pointer_decodes_what_pytorch_decodes_and_asks_the_server_nothing(open_page):
    page = open_page(STILL + "&same=place", path="")
    population = load_members(read_catalogue(), "digits", 2, ("relu", "tanh", "silu"))
    move(page, 0.5, 0.5)
    frames(page)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.context.on("request", lambda request: sent.append(request.url))
    for x, y in ((0.3, 0.3), (0.7, 0.2), (0.6, 0.8)):
        move(page, x, y)
        pixels = decoded(page)
        expected = population.decode(place(page)[None].astype(np.float32)).numpy()[:, 0]
        # The place is written to a hundredth, and a byte has 255 levels.
        assert np.abs(pixels / 255 - expected).max() < 0.03
    assert not sent


def test_the_point_goes_round_until_it_is_touched(open_page):
    page = open_page(STILL, path="", motion="no-preference")
    where = page.locator(".place-text").first
    expect(where).not_to_have_text(where.inner_text())
    move(page, 0.5, 0.5)
    frames(page)
    touched = place(page)
    frames(page, 30)
    np.testing.assert_array_equal(place(page), touched)


def test_cleared_activations_stay_cleared_and_the_picture_stays(open_page):
    page = open_page(STILL, path="")
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_test_id("stMultiSelect").get_by_role("button", name="Remove")).to_have_count(
        0
    )
    settled(page)
    expect(page.locator(".members button.tile")).to_have_count(3)
    page.get_by_role("combobox", name="Activations").fill("GELU")
    page.get_by_role("option", name="GELU", exact=True).click()
    expect(page.locator(".members button.tile")).to_have_count(1)
    wait_for_query(page, "activations", "gelu")


def test_arithmetic_begins_with_the_class_of_the_image(open_page):
    labels = load_dataset("digits").test.labels
    page = open_page(STILL + "&image=3", path="")
    away, added = page.get_by_label("Class to take away"), page.get_by_label("Class to add")
    expect(away).to_have_value(str(labels[3]))
    expect(added).not_to_have_value(str(labels[3]))
    field = page.get_by_label("Number of the test image")
    field.fill("5")
    field.press("Enter")
    expect(away).to_have_value(str(labels[5]))
    other = open_page(STILL + "&image=3&amount=0.5&minus=2&plus=6", path="")
    expect(other.get_by_label("Class to take away")).to_have_value("2")
    expect(other.get_by_label("Class to add")).to_have_value("6")


def test_the_wheel_scrolls_the_page_until_the_plane_is_meant(open_page):
    page = open_page(STILL + "&same=place&section=gallery", path="")
    sheet = "document.querySelector('[data-testid=stMain]')"

    def zoomed() -> float:
        frames(page)
        window = query(page).get("window")
        return 0.0 if window is None else float(window.split(",")[2])

    move(page, 0.5, 0.5)
    page.mouse.wheel(0, 120)
    page.wait_for_function(f"{sheet}.scrollTop > 0")
    assert not zoomed()
    page.evaluate(f"{sheet}.scrollTop = 0")
    page.locator(".plane").focus()
    move(page, 0.5, 0.5)
    page.mouse.wheel(0, -100)
    page.wait_for_function("new URLSearchParams(location.search).has('window')")
    once = zoomed()
    # As far by fifty small events of a trackpad as by one of a wheel.
    for _ in range(50):
        page.mouse.wheel(0, 2)
    page.mouse.wheel(0, -100)
    page.wait_for_function(
        """half => {
            const now = new URLSearchParams(location.search).get("window").split(",")[2];
            return Math.abs(now / half - 1) < 0.01;
        }""",
        arg=once,
    )
    assert page.evaluate(f"{sheet}.scrollTop") == 0


# Counts what the page asks for while a hundred frames go by that the test itself asks for.
FRAMES_ASKED_FOR = """() => new Promise(resolve => {
    const ask = window.requestAnimationFrame;
    let asked = 0;
    window.requestAnimationFrame = callback => { asked += 1; return ask.call(window, callback); };
    const next = left => {
        if (left) return ask.call(window, () => next(left - 1));
        window.requestAnimationFrame = ask;
        resolve(asked);
    };
    next(100);
})"""


def test_a_canvas_at_rest_asks_for_no_frames(open_page):
    """Nor does one with pins and a background once it is drawn; one that plays does."""
    page = open_page(STILL + "&pins=-500,0,500,0", path="")
    at_rest(page)
    page.wait_for_function(f"async () => await ({FRAMES_ASKED_FOR})() === 0")
    page.get_by_role("button", name="Play").click()
    assert page.evaluate(FRAMES_ASKED_FOR) >= 90


def test_a_dot_shows_its_image_and_a_click_chooses_it(open_page):
    page = open_page(STILL + "&background=none&image=-1", path="")
    images = load_dataset("digits").test
    population = load_members(read_catalogue(), "digits", 2, ("relu", "tanh", "silu"))
    codes = population.encode(images.images / np.float32(16))[0].numpy()[0]
    half = max(1.5, np.sort(np.abs(codes).ravel())[int(codes.size * 0.99)] * 1.08)
    crowd = np.linalg.norm(codes[:, None] - codes, axis=2) + 9 * np.eye(len(codes))
    inside = np.abs(codes).max(1) < 0.9 * half
    number = int(np.flatnonzero(inside)[crowd.min(1)[inside].argmax()])  # far from all others
    x, y = (codes[number] / half + 1) / 2
    click(page, x, 1 - y)
    frames(page)
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text(f"test image {number}")
    thumbnail = np.array(tip.locator("canvas").first.evaluate(PIXELS))
    np.testing.assert_allclose(thumbnail, images.images[number] / 16 * 255, atol=1)
    expect(page.get_by_label("Number of the test image")).to_have_value(str(number))
    expect(page.locator(".class-name")).to_have_text(str(images.labels[number]))
    wait_for_query(page, "image", str(number))


def test_drawing_is_encoded_as_it_is_drawn(open_page):
    page = open_page(STILL + "&image=-1", path="")
    result = page.locator(".result canvas").first
    before = result.evaluate(PIXELS)
    assert not any(before)
    box = page.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 15)
    page.mouse.down()
    seen = []
    for step in range(1, 5):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 15 + step * 25)
        frames(page, 1)
        seen.append(result.evaluate(PIXELS))
    page.mouse.up()
    assert any(seen[0])
    assert seen[0] != seen[-1]
    expect(page.locator(".nats").first).to_contain_text(re.compile(r"Error [\d.]+, KL [\d.]+ nats"))


def test_pins_make_a_strip_that_plays(open_page):
    page = open_page(STILL + "&pins=", path="")
    strip = page.locator(".strip .rows")
    expect(strip).to_be_hidden()
    click(page, 0.1, 0.5)
    click(page, 0.9, 0.5)
    expect(strip).to_be_visible()
    rows = strip.locator("canvas")
    assert rows.count() % 3 == 0
    first, last = rows.first.evaluate(PIXELS), rows.nth(rows.count() // 3 - 1).evaluate(PIXELS)
    assert first != last
    page.get_by_role("button", name="Play").click()
    before = place(page)
    frames(page, 30)
    assert np.abs(place(page) - before).max() > 0
    page.get_by_role("button", name="Clear pins").click()
    expect(strip).to_be_hidden()
    wait_for_query(page, "pins", "")


def test_the_address_holds_the_view_and_opens_it_elsewhere(open_page):
    page = open_page(STILL + "&pins=", path="")
    click(page, 0.2, 0.3)
    page.get_by_role("button", name="Density").click()
    page.get_by_role("group", name="Classes").get_by_role("button", name="3").click()
    wait_for_query(page, "hidden", "3")
    wait_for_query(page, "background", "density")
    other = open_page("?" + urlsplit(page.url).query, path="")
    assert query(other) == query(page)
    expect(other.get_by_role("button", name="Density")).to_have_attribute("aria-pressed", "true")
    legend = other.get_by_role("group", name="Classes").get_by_role("button", name="3")
    expect(legend).to_have_attribute("aria-pressed", "false")


def test_hostile_parameters_are_ignored_with_one_notice(open_page):
    page = open_page(
        "?dataset=..%2F..%2Fetc&latent=999&activations=%3Cscript%3E&pins=a,b&image=1e99&x=1",
        path="",
    )
    notice = page.get_by_test_id("stToast")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("dataset is")
    expect(page.get_by_text("Traceback")).to_have_count(0)


@pytest.mark.parametrize("latent", [2, 20])
def test_another_latent_size_and_other_activations_can_be_chosen(open_page, latent):
    page = open_page(f"?dataset=digits&latent={latent}&activations=gelu,tanh", path="")
    tiles = page.locator(".members button.tile")
    expect(tiles).to_have_count(2)
    assert decoded(page).any(1).all()
    sliders = page.locator(".dimensions input")
    if latent == 2:
        expect(sliders).to_have_count(0)
    else:
        expect(sliders).not_to_have_count(0)
        before = decoded(page)[0]
        sliders.first.fill("3")
        assert (decoded(page)[0] != before).any()


def test_the_picture_is_saved_at_twice_its_size_with_its_legend(open_page):
    page = open_page(STILL + "&hidden=1", path="", theme="dark")
    frames(page)
    size = page.locator(".explorer").bounding_box()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save PNG").click()
    image = Image.open(download.value.path()).convert("RGB")
    assert image.size == (int(2 * size["width"]), int(2 * size["height"]))
    # The first row: a bar in the colour of each class, fainter where the class is hidden.
    top = np.asarray(image)[: 2 * int(page.locator(".legend").bounding_box()["height"])]
    found = {tuple(colour) for colour in top.reshape(-1, 3)}
    wanted = [tuple(bytes.fromhex(colour[1:])) for colour in CLASS_COLOURS]
    assert [colour in found for colour in wanted] == [label != 1 for label in range(10)]


def test_the_page_asks_nobody_but_its_server(open_page):
    page = open_page("?dataset=digits&section=share", path="")
    asked = []
    page.context.on("request", lambda request: asked.append(urlsplit(request.url)))
    page.reload()
    page.get_by_role("img", name="QR code").wait_for()
    page.get_by_text("Gallery", exact=True).click()
    page.locator(".mosaic").wait_for()
    ours = urlsplit(page.url).netloc
    assert asked
    assert {each.netloc for each in asked if each.scheme not in ("data", "blob")} == {ours}


def test_the_keyboard_shows_where_it_is(open_page):
    page = open_page(STILL, path="")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    link = page.get_by_test_id("stTopNavLink").first
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-style", "solid")
    page.get_by_role("button", name="Save PNG").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".plane")).to_be_focused()
    expect(page.locator(".plane")).to_have_css("outline-width", "3px")
    page.keyboard.press("ArrowUp")  # and says it to those who do not see it
    expect(page.get_by_role("status").filter(has_text="z₁ = ")).to_have_count(1)


def test_the_keyboard_reaches_what_the_pointer_does(open_page):
    page = open_page(STILL + "&pins=", path="")
    plane = page.locator(".plane")
    plane.focus()
    page.keyboard.press("ArrowRight")
    before = place(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    frames(page)
    assert place(page)[0] > before[0]
    page.keyboard.press("Enter")
    expect(page.get_by_text("One pin; a second one makes an interpolation")).to_be_visible()


def test_a_talk_is_saved_and_played_with_the_arrow_keys(open_page, tmp_path):
    page = open_page(STILL + "&section=share", path="")
    page.get_by_text("A talk of saved views").click()
    for title, background in (("First", "Density"), ("Second", "Plain")):
        page.get_by_role("button", name=background).click()
        wait_for_query(page, "background", "none" if background == "Plain" else "density")
        page.get_by_label("Title of this view").fill(title)
        page.get_by_role("button", name="Add this view").click()
        expect(page.get_by_text(title, exact=False).last).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the talk").click()
    path = tmp_path / "talk.json"
    download.value.save_as(path)
    assert [view["title"] for view in json.loads(path.read_text())["views"]] == ["First", "Second"]
    page.get_by_role("button", name="Show", exact=True).first.click()
    heading = page.get_by_role("heading", name="First")
    expect(heading).to_be_visible()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    heading.click()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stHeader")).to_be_visible()
