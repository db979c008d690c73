"""What a visitor takes away, taken with a real browser and opened again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.helpers.alone import BACKGROUNDS, open_alone
from tests.helpers.canvas import decoded
from tests.helpers.read_qr import read
from tests.helpers.serving import serving_script
from vae_explorer.data import load_dataset
from vae_explorer.figures.images import path_grid
from vae_explorer.figures.page import figure_html, images_html
from vae_explorer.saved.catalogue import load_members, read_catalogue
from vae_explorer.ui.explore.canvas.canvas import canvas_html, images_package, member_package
from vae_explorer.ui.explore.view import View


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Where the app of takeaway_app.py runs."""
    app = Path(__file__).parent / "takeaway_app.py"
    with serving_script(app, tmp_path_factory.mktemp("takeaway")) as process:
        yield process.address


def clipboard(context: BrowserContext, address: str) -> str:
    """The clipboard as another page reads it."""
    context.grant_permissions(["clipboard-read"])
    page = context.new_page()
    page.goto(address + "_stcore/health")
    page.bring_to_front()
    return page.evaluate("navigator.clipboard.readText()")


# --- Links and codes ---


def test_the_link_is_copied_as_the_address_bar_has_it(context_of, address):
    context = context_of(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "?dataset=digits")
    button = page.get_by_role("button", name="Copy link")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    assert "dataset=digits" in copied and "pins=" in copied
    expect(button).to_be_visible()  # the word is gone again
    expect(page.get_by_role("textbox", name="Address of this page")).to_be_hidden()


def test_the_link_is_copied_where_there_is_no_clipboard_to_ask(context_of, address):
    """As on every http address but localhost, which is how an audience opens it."""
    context = context_of()
    page = context.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(address + "?latent=20")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    expect(page.get_by_role("textbox", name="Address of this page")).to_be_hidden()
    assert clipboard(context, address) == page.url


def test_where_nothing_may_be_copied_the_address_is_there_selected(context_of, address):
    page = context_of().new_page()
    page.add_init_script(
        """document.execCommand = () => false;
        navigator.clipboard.writeText = () => Promise.reject(new Error("denied"));"""
    )
    page.goto(address)
    page.wait_for_url(re.compile("pins="))
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Address of this page")
    expect(field).to_be_focused()
    selected = field.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)")
    assert selected == page.url
    expect(page.get_by_role("button", name="Copied")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_focused()


def test_focus_is_seen(context_of, address):
    page = context_of(color_scheme="dark").new_page()
    page.goto(address)
    button = page.get_by_role("button", name="Copy link")
    button.wait_for()
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("b => b.getRootNode().activeElement === b"):
            break
    style = button.evaluate(
        "b => (({ outlineStyle: s, outlineWidth: w }) => [s, w])(getComputedStyle(b))"
    )
    assert style == ["solid", "2px"]


@pytest.mark.parametrize("path", ["", "again"])
def test_the_code_on_the_page_holds_the_address_of_the_page(context_of, address, path):
    page = context_of(color_scheme="dark", device_scale_factor=2).new_page()
    page.goto(address + path + "?dataset=digits&names=a%20%26%20b")
    page.wait_for_url(re.compile("pins="))
    code = page.get_by_role("img", name="QR code of the address of this page")
    expect(page.locator("code")).to_contain_text("pins=")
    shown = page.locator("code").inner_text()
    assert read(photographed(code.screenshot())) == shown
    parts = "({ origin, pathname, search }) => `${origin}${pathname}${new URLSearchParams(search)}`"
    assert page.evaluate(f"a => ({parts})(new URL(a))", shown) == page.evaluate(
        f"({parts})(location)"
    )
    expect(page.get_by_text("Only this computer can open this address")).to_be_visible()


def photographed(png: bytes) -> np.ndarray:
    """(N, N) bool, the modules of a code as it is seen, its margin left off."""
    dark = np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 128
    dark = dark[2:-2, 2:-2]  # the page shows at an edge between two pixels
    rows, columns = np.nonzero(dark)
    top, left = rows.min(), columns.min()
    code = dark[top : rows.max() + 1, left : columns.max() + 1]
    finder = np.argmin(code[0])  # px, of seven modules
    count = 17 + 4 * round((7 * len(code) / finder - 17) / 4)
    assert top > 3.5 * finder / 7 and left > 3.5 * finder / 7  # of four
    centres = ((np.arange(count) + 0.5) * len(code) / count).astype(int)
    return code[np.ix_(centres, centres)]


# --- Pictures of figures ---


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_is_saved_at_twice_its_size_on_the_pages_background(context_of, address, theme):
    page = context_of(color_scheme=theme, accept_downloads=True).new_page()
    page.goto(address + "chart")
    plot = page.locator(".js-plotly-plot")
    plot.locator(".main-svg").first.wait_for()
    plot.hover()
    with page.expect_download() as download:
        plot.locator('.modebar-btn[data-title^="Download plot"]').click()
    assert download.value.suggested_filename == "vae-explorer-fifty-points-at-random.png"
    size = plot.bounding_box()
    image = Image.open(download.value.path()).convert("RGBA")
    assert image.size == (2 * round(size["width"]), 2 * round(size["height"]))
    pixels = np.asarray(image)
    assert (pixels[:, :, 3] == 255).all()
    assert tuple(pixels[2, 2, :3]) == BACKGROUNDS[theme]
    assert len(np.unique(pixels.reshape(-1, 4), axis=0)) > 50  # text, lines and points


# --- Pages of one file ---


def figure_of(kind: str) -> go.Figure:
    rng = np.random.default_rng(0)
    x, y, z = rng.normal(size=(3, 40))
    if kind == "lines":
        return go.Figure([go.Scatter(x=x, y=y), go.Bar(x=x, y=z), go.Heatmap(z=[x, y])])
    if kind == "webgl":
        return go.Figure(go.Scattergl(x=x, y=y, mode="markers"))
    return go.Figure(go.Scatter3d(x=x, y=y, z=z, mode="markers"))


@pytest.mark.parametrize(
    ("kind", "theme"),
    [("lines", "light"), ("lines", "dark"), ("webgl", "dark"), ("space", "light")],
)
def test_a_figures_page_opens_with_the_network_cut(context_of, tmp_path, kind, theme):
    path = tmp_path / "figure.html"
    path.write_text(figure_html(figure_of(kind), "A <figure>", "What it shows."), encoding="utf-8")
    page, faults = open_alone(context_of(color_scheme=theme), path)
    page.locator(".main-svg").first.wait_for()
    assert faults == [path.as_uri()]
    assert page.evaluate("document.getElementById('chart')._fullData.length") == len(
        figure_of(kind).data
    )
    expect(page.get_by_role("heading", name="A <figure>")).to_be_visible()
    expect(page.get_by_text("What it shows.")).to_be_visible()
    image = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    assert tuple(image[-2, 2]) == BACKGROUNDS[theme]
    drawn = page.evaluate("document.getElementById('chart')._fullLayout.paper_bgcolor")
    assert drawn == "rgb({}, {}, {})".format(*BACKGROUNDS[theme])
    colour = page.evaluate("document.getElementById('chart')._fullLayout.font.color")
    assert (min(map(int, re.findall(r"\d+", colour))) > 200) == (theme == "dark")


def test_a_figures_page_follows_the_theme(context_of, tmp_path):
    path = tmp_path / "figure.html"
    path.write_text(figure_html(figure_of("lines"), "A", "B"), encoding="utf-8")
    page, _ = open_alone(context_of(color_scheme="light"), path)
    page.locator(".main-svg").first.wait_for()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "document.getElementById('chart')._fullLayout.paper_bgcolor === 'rgb(14, 17, 23)'"
    )


@pytest.mark.parametrize("width", [390, 900])
def test_a_mosaics_page_opens_with_the_network_cut(context_of, tmp_path, width):
    rows = np.random.default_rng(0).integers(0, 256, (2, 20, 64), dtype=np.uint8)
    png = path_grid(rows, (8, 8), colours=("#ff5a2d", "#0096f0"))
    path = tmp_path / "images.html"
    text = images_html(png, "Images", "Two rows.", ["ReLU", "Average pooling"])
    path.write_text(text, encoding="utf-8")
    context = context_of()
    context.on("page", lambda page: page.set_viewport_size({"width": width, "height": 700}))
    page, faults = open_alone(context, path)
    image = page.get_by_role("img", name="Two rows.")
    assert image.evaluate("image => image.naturalWidth") == Image.open(io.BytesIO(png)).width
    box = image.bounding_box()
    for row, label in enumerate(("ReLU", "Average pooling")):
        name = page.get_by_text(label).bounding_box()
        assert name["x"] + name["width"] <= box["x"]
        middle = (name["y"] + name["height"] / 2 - box["y"]) / box["height"]
        assert middle == pytest.approx(0.25 + 0.5 * row, abs=0.03)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults == [path.as_uri()]


def test_a_canvas_page_opens_with_the_network_cut(context_of, tmp_path):
    dataset = load_dataset("digits")
    vae = load_members(read_catalogue(), "digits", 2, ("relu",))
    packages = images_package(dataset), [member_package(vae, dataset)]
    path = tmp_path / "canvas.html"
    view = View(dataset="digits", activations=("relu",))
    path.write_text(canvas_html(*packages, view, "A <canvas>"), encoding="utf-8")
    page, faults = open_alone(context_of(), path)
    page.locator(".plane canvas.overlay").wait_for()
    expect(page.get_by_role("heading", name="A <canvas>")).to_be_visible()
    assert decoded(page).any()
    assert faults == [path.as_uri()]
    with page.expect_console_message(lambda told: "Content Security Policy" in told.text):
        page.evaluate("fetch('https://vae.example/').catch(() => null)")
