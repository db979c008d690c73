"""What a hand does on the latent canvas, and what an eye reads there, for the tests of its page."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Page, expect

PIXELS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]);
}"""


def move(page: Page, x: float, y: float) -> None:
    """The pointer to a place of the plane, in shares of its size from the top left."""
    expect(page.locator(".plane")).to_have_count(
        1, timeout=60_000
    )  # one that is replaced may still be there
    box = page.locator(".plane").bounding_box()
    page.mouse.move(box["x"] + float(x) * box["width"], box["y"] + float(y) * box["height"])


def click(page: Page, x: float, y: float) -> None:
    move(page, x, y)
    page.mouse.down()
    page.mouse.up()


def draw(page: Page) -> None:
    """A stroke on the pad."""
    box = page.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 100, steps=5)
    page.mouse.up()


def frames(page: Page, count: int = 3) -> None:
    """Waits for the canvas to have drawn what it was told."""
    page.evaluate(
        """count => new Promise(resolve => {
            const next = left => left ? requestAnimationFrame(() => next(left - 1)) : resolve();
            next(count);
        })""",
        count,
    )


def pictures(page: Page, selector: str) -> np.ndarray:
    """(n, D) bytes of the canvases."""
    frames(page)
    return np.array([each.evaluate(PIXELS) for each in page.locator(selector).all()])


def decoded(page: Page) -> np.ndarray:
    """(K, D) bytes of the tiles."""
    return pictures(page, ".members button.tile canvas")


def strip(page: Page, members: int) -> np.ndarray:
    """(K, S, D) bytes of the interpolations."""
    found = pictures(page, ".strip .rows canvas")
    return found.reshape(members, -1, found.shape[1])


def place(page: Page) -> np.ndarray:
    """What the page says of the point that is decoded."""
    text = page.locator(".place-text").first.inner_text().replace("−", "-")
    return np.array([float(part.split("=")[1]) for part in text.split(",")])


def show_talk(page: Page, views: list[dict[str, str]], path: Path) -> None:
    """Opens a talk of these views in the section *Share*, by way of a file, and shows the first."""
    path.write_text(
        json.dumps({"format": "vae-explorer talk", "version": 1, "title": "T", "views": views})
    )
    page.get_by_text("A talk of saved views").click()
    page.locator('input[type="file"]').set_input_files(path)
    page.get_by_role("button", name="Show", exact=True).first.click()
    expect(page.get_by_role("heading", name=views[0]["title"], exact=True)).to_be_visible()


def query(page: Page) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def wait_for_query(page: Page, name: str, value: str | None) -> None:
    page.wait_for_function(
        "([name, value]) => new URLSearchParams(location.search).get(name) === value",
        arg=[name, value],
    )
