"""The report of a race, opened in a real browser with the network cut, and printed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from tests.helpers.alone import BACKGROUNDS, open_alone
from tests.helpers.races import plain
from vae_explorer.figures.images import path_grid
from vae_explorer.figures.report.page import report_html

FIGURES = 3


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    names = ("relu", "gelu", "tanh", "adaptive_mixture", "exponential")
    race = plain(dict(zip(names, (30.0, 28.0, 31.0, 29.0, 33.0))), diverged={"exponential": {0: 4}})
    x = np.arange(20)
    figures = [
        (
            go.Figure(
                go.Scatter(x=x, y=np.sin(x * n), name="a"),
                {"height": 340, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"},
            ),
            f"Wave {n}.",
        )
        for n in range(1, FIGURES + 1)
    ]
    images = np.random.default_rng(0).integers(0, 256, (3, 20, 64), dtype=np.uint8)
    png = path_grid(images, (8, 8), colours=("#ff5a2d", "#0096f0", "#0fa53c"))
    mosaics = [(png, ["ReLU", "GELU", "Adaptive mixture"], "Images.")]
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_html(race, "relu", figures, mosaics), encoding="utf-8")
    return file


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_with_the_network_cut(context_of, path, theme):
    page, faults = open_alone(context_of(color_scheme=theme), path)
    page.wait_for_function(
        f"document.querySelectorAll('.chart .scatterlayer .trace').length === {FIGURES}"
    )
    assert faults == [path.as_uri()]
    assert page.locator(".mosaic img").evaluate("image => image.naturalWidth") > 0
    for chart in page.locator(".chart").all():
        colour = chart.locator("text").first.evaluate("text => getComputedStyle(text).fill")
        assert colour == page.evaluate("getComputedStyle(document.body).color")
    assert page.evaluate("document.documentElement.scrollWidth") == 900
    image = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    assert tuple(image[2, 2]) == BACKGROUNDS[theme]


def test_figures_follow_the_theme_and_the_window(context_of, path):
    page, _ = open_alone(context_of(color_scheme="light"), path)
    page.locator(".chart .main-svg").first.wait_for()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.chart text')).fill === 'rgb(250, 250, 250)'"
    )
    page.set_viewport_size({"width": 500, "height": 700})
    page.wait_for_function(
        "document.querySelector('.chart .main-svg').getBoundingClientRect().width < 500"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 500


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_prints_in_the_colours_of_paper(context_of, path, theme):
    """Figures fit the paper and are not drawn again, so that a printer needs no script."""
    page, faults = open_alone(context_of(color_scheme=theme), path)
    page.locator(".chart .main-svg").first.wait_for()
    page.wait_for_function("document.querySelectorAll('.chart [viewBox]').length >= 3")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})  # A4 without its margins, at 96 dpi
    for chart in page.locator(".chart").all():
        box = chart.locator(".main-svg").first.bounding_box()
        assert box["width"] == pytest.approx(680, abs=2)
        assert box["height"] == pytest.approx(680 * 340 / 852, rel=0.05)
        fill = chart.locator("text").first.evaluate("text => getComputedStyle(text).fill")
        assert fill == "rgb(22, 24, 29)"
    assert page.evaluate("document.documentElement.scrollWidth") == 680
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    kept = page.evaluate(
        "[...document.querySelectorAll('figure, .numbers')]"
        ".every(each => getComputedStyle(each).breakInside === 'avoid')"
    )
    assert kept
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert faults == [path.as_uri()]
