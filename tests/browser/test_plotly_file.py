"""Plotly comes as a file of the server, once, whatever path the app has there."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect
from plotly.offline import get_plotlyjs

from tests.browser.conftest import PATIENCE
from tests.helpers.serving import serving_script
from vae_explorer.ui.shared import plotly_file

CHART = Path(__file__).parent / "takeaway_app.py"
SIZES = """name => performance.getEntriesByType("resource")
    .filter(entry => entry.name.endsWith(name)).map(entry => entry.transferSize)"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of an app that has a path of its own on its server."""
    folder = tmp_path_factory.mktemp("below")
    with serving_script(CHART, folder, "--server.baseUrlPath=talks/vae") as process:
        yield process.address + "talks/vae/"


@pytest.mark.parametrize("encoding", ["gzip, br", "identity"])
def test_the_file_is_plotly_and_is_kept(address, encoding):
    asked = Request(address + plotly_file.NAME, headers={"Accept-Encoding": encoding})
    with urlopen(asked) as answer:
        body, headers = answer.read(), answer.headers
    packed = headers.get("Content-Encoding")
    assert packed == ("gzip" if "gzip" in encoding else None)
    assert (gzip.decompress(body) if packed else body) == get_plotlyjs().encode()
    assert "immutable" in headers["Cache-Control"]
    assert "Accept-Encoding" in headers["Vary"]
    assert headers["Content-Type"].startswith("text/javascript")


def test_a_chart_is_drawn_with_it_and_it_is_fetched_once(address, context_of):
    context = context_of()
    sizes = []
    for _ in range(2):
        page = context.new_page()
        page.goto(address + "chart")
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
        sizes.append(page.evaluate(SIZES, plotly_file.NAME))
        page.close()
    assert [len(each) for each in sizes] == [1, 1]
    assert sizes[0][0] > 1_000_000
    assert sizes[1][0] == 0  # out of the browser's own cache


def test_a_chart_without_it_says_so(address, context_of):
    page = context_of().new_page()
    page.route(f"**/{plotly_file.NAME}", lambda route: route.abort())
    page.goto(address + "chart")
    said = page.get_by_text("This chart cannot be drawn")
    expect(said).to_be_visible(timeout=PATIENCE)
    page.unroute_all()
    page.reload()
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    expect(said).to_have_count(0)
