"""The Compare page as a person uses it: races, choices, pictures and files."""

from __future__ import annotations

import contextlib

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.helpers.canvas import frames
from tests.helpers.pressing import at_rest, press, settled

PATIENCE = 90_000  # milliseconds
FIGURES = {
    "Latent space": "chart.race_latents",
    "Histograms": "chart.race_layers",
    "Values over time": "chart.race_over_training",
    "Gradients over time": "chart.race_gradients",
}
IMAGES = {  # kinds of pictures: what is said of one to those who do not see it
    "Manifold": "images decoded on a grid over the latent plane",
    "Reconstructions": "Test images and their reconstructions",
    "Interpolation": "Images along a linear path",
    "Samples": "Draws of the prior, decoded",
}


def wait_until_judged(page: Page) -> None:
    """And until all of it is drawn: the button is above what else the page says of a race."""
    expect(page.get_by_role("button", name="Report", exact=True)).to_be_enabled(timeout=PATIENCE)
    at_rest(page, PATIENCE)
    frames(page)


def race(page: Page, verb: str = "Race") -> None:
    """To the end, judged."""
    press(page, verb)
    wait_until_judged(page)


def choose(page: Page, name: str) -> None:
    """One of a row of buttons, such as the kinds of pictures, once the page is at rest."""
    with contextlib.suppress(TimeoutError):
        at_rest(page)
    page.get_by_role("radio", name=name, exact=True).click()


def option(page: Page, box: str, name: str) -> None:
    """One of what a box offers, once the page moves no more: that would close it."""
    settled(page)
    page.get_by_role("combobox", name=box).click()
    page.get_by_role("option", name=name, exact=True).click()


def wait_for_plot(page: Page, chart: str, condition: str) -> None:
    """Until `condition`, JavaScript on `plot`, holds of the first chart whose key begins so.

    It is brought into view as long as that does not hold: what nobody sees is not drawn, and what
    is drawn above it may push it out of sight again.
    """
    page.wait_for_function(
        f"""key => {{
            const place = document.querySelector(`[class*="st-key-${{key}}"]`);
            const plot = place?.querySelector(".js-plotly-plot");
            const holds = plot?._fullData && {condition};
            if (!holds) place?.scrollIntoView({{ block: "center" }});
            return holds;
        }}""",
        arg=chart.replace(".", "-"),
        timeout=PATIENCE,
    )


def wait_for_points(page: Page, chart: str, condition: str) -> None:
    """Until the longest trace of the first chart whose key begins so has `condition` points."""
    sizes = "plot._fullData.map(trace => (trace.x ?? trace.z ?? []).length)"
    there = "plot._fullData.length"  # of one that is not yet drawn no trace is the longest
    wait_for_plot(page, chart, f"({there} && Math.max(...{sizes}) {condition})")


def taken(page: Page, name: str) -> bytes:
    """What a download button gives."""
    settled(page, PATIENCE)
    with page.expect_download() as download:
        press(page, name)
    with open(download.value.path(), "rb") as file:
        return file.read()


def rows(page: Page) -> Locator:
    """The leaderboard from top to bottom."""
    return page.locator("table tbody tr")


def offer(page: Page, which: str, data: bytes) -> None:
    """A file for the uploader of this label, whose popover is open."""
    upload = {"name": "race.zip", "mimeType": "application/zip", "buffer": data}
    page.get_by_test_id("stFileUploader").filter(has_text=which).locator("input").set_input_files(
        upload
    )


def check_pictures(page: Page) -> None:
    """Every kind is drawn."""
    for kind, chart in FIGURES.items():
        choose(page, kind)
        wait_for_points(page, chart, "> 1")
    for kind, words in IMAGES.items():
        choose(page, kind)
        page.wait_for_function(
            """words => {
                const found = [...document.images].filter(image => image.alt.includes(words));
                const drawn = found.every(image => image.complete && image.naturalWidth > 50);
                return drawn && found.some(image => image.alt.includes("ReLU"));
            }""",
            arg=words,
            timeout=PATIENCE,
        )
