"""Does the latent canvas keep up with the hand?

`python -m benchmarks.canvas [--seconds 5]` starts the app, opens the Explore page with six VAEs in
a headless Chromium on the same cores, moves a real pointer over the plane, and counts the frames
that the browser draws meanwhile, and what it asks of the server. Then more VAEs are chosen.
"""

from __future__ import annotations

import argparse
import math
import time
from itertools import pairwise
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.app import ROOT, served
from benchmarks.measure import spread, table
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.find_browser import installed

SIX = "relu,tanh,silu,gelu,elu,sine"
COUNT_FRAMES = """() => {
    window.frames = [];
    const next = time => { window.frames.push(time); requestAnimationFrame(next); };
    requestAnimationFrame(next);
}"""


def moved(page: Page, seconds: float) -> tuple[list[float], int]:
    """Milliseconds between frames while the pointer moves, and messages to the server meanwhile."""
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    page.locator(".strip .rows canvas").first.wait_for()
    box = page.locator(".plane").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.wait_for_timeout(2000)  # the background is drawn and the page at rest
    before = len(sent)
    page.evaluate(COUNT_FRAMES)
    started = time.perf_counter()
    while (now := time.perf_counter() - started) < seconds:
        x, y = 0.5 + 0.45 * math.sin(3 * now), 0.5 + 0.45 * math.cos(2.3 * now)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    frames = page.evaluate("window.frames")
    return [b - a for a, b in pairwise(frames)], len(sent) - before


# In the browser's own clock, from the press of the button until the frame with the VAE's picture.
WATCH = """name => { window.drawn = new Promise(resolve => {
    addEventListener("pointerdown", ({ timeStamp }) => {
        const look = () => {
            const seen = [...document.querySelectorAll("*")].flatMap(
                (e) => e.shadowRoot ? [...e.shadowRoot.querySelectorAll("button.tile")] : []);
            const tiles = [...document.querySelectorAll("button.tile"), ...seen];
            if (tiles.some((tile) => tile.textContent.includes(name)))
                requestAnimationFrame((now) => resolve(now - timeStamp));
            else requestAnimationFrame(look);
        };
        look();
    }, { capture: true, once: true });
}); }"""


def chosen(page: Page, address: str) -> list[float]:
    """Seconds from choosing one more VAE until the canvas shows it among the others."""
    page.goto(f"{address}?activations=relu")
    page.locator(".strip .rows canvas").first.wait_for()
    field = page.get_by_role("combobox", name="Activations")
    taken = []
    for name in ("GELU", "Mish", "Sine", "Snake", "SELU"):
        field.fill(name)
        option = page.get_by_role("option", name=name, exact=True)
        option.wait_for()
        page.evaluate(WATCH, name)
        option.click()
        taken.append(page.evaluate("window.drawn") / 1000)
    return taken[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="that the pointer moves")
    parser.add_argument("--port", type=int, default=8581)
    arguments = parser.parse_args()
    with served(ROOT / "app.py", arguments.port, None) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=CHROMIUM_OPTIONS)
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(f"{app}?activations={SIX}")
        gaps, messages = moved(page, arguments.seconds)
        opened = chosen(page, app)
        browser.close()
    late = sum(gap > 25 for gap in gaps) / len(gaps)
    table(
        ("the canvas, six VAEs on MNIST", ""),
        [
            ("frames a second while the pointer moves", f"{1000 / median(gaps):.0f}"),
            ("ms from frame to frame", spread(gaps, digits=1)),
            ("frames that came one late or more", f"{late:.1%}"),
            ("messages to the server meanwhile", messages),
            (
                "ms from choosing one more VAE until it is drawn",
                spread([1000 * seconds for seconds in opened], digits=0),
            ),
        ],
    )


if __name__ == "__main__":
    main()
