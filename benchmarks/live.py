"""What exploring a training while it goes on costs the training, the hand, and whoever waits.

`python -m benchmarks.live [--seconds 15] [--rounds 3]` starts the app and a headless Chromium on
the same cores, trains three VAEs on MNIST, and opens the canvas on them, and on pretrained ones
beside the same training, in turns.
"""

from __future__ import annotations

import argparse
import re
import time
from itertools import pairwise
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.app import ROOT, served
from benchmarks.canvas import COUNT_FRAMES, WATCH
from benchmarks.measure import spread, table
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.find_browser import installed
from tests.helpers.pressing import press

TRAINING = "train?dataset=mnist&activations=relu,tanh,silu&hidden=256&latent=2&epochs=1000"
IMAGES = 10_000  # of an epoch
EPOCH = re.compile(r"poch ([\d.]+) of")


def opened(page: Page, link: str) -> float:
    """Milliseconds from the press of a link until the frame with the first VAE's tile."""
    page.evaluate(WATCH, "ReLU")
    page.get_by_role("link", name=link, exact=True).click()
    taken = page.evaluate("window.drawn")
    page.locator(".plane canvas.overlay").wait_for()
    return taken


def frames(page: Page, seconds: float) -> list[float]:
    """Milliseconds between frames while the pointer goes to and fro on the plane."""
    box = page.locator(".plane").bounding_box()
    assert box is not None
    page.evaluate(COUNT_FRAMES)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for share in (0.3, 0.7):
            page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
    return [b - a for a, b in pairwise(page.evaluate("window.frames"))]


def epoch_on(page: Page) -> float:
    """Of the training, as its own page says."""
    page.get_by_role("link", name="Train", exact=True).click()
    line = page.get_by_text(re.compile(r"^Epoch [\d.]+ of"))
    line.wait_for()
    found = EPOCH.search(line.inner_text())
    assert found is not None
    return float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8583)
    arguments = parser.parse_args()
    waits: dict[str, list[float]] = {"Explore these": [], "Explore": []}
    speeds: dict[str, list[float]] = {"Explore these": [], "Explore": []}
    gaps: dict[str, list[float]] = {"Explore these": [], "Explore": []}
    with served(ROOT / "app.py", arguments.port, None) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=CHROMIUM_OPTIONS)
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(app + TRAINING)
        press(page, "Train")
        page.get_by_role("link", name="Explore these").wait_for(timeout=60_000)
        for _ in range(arguments.rounds):
            for link in waits:  # beside the same training: the pretrained ones cost it least
                if link == "Explore":  # the page keeps what it showed: it is asked for others
                    page.get_by_role("link", name="Explore", exact=True).click()
                    page.locator('[class*="st-key-explore-menu"] button').first.click()
                    page.get_by_role("button", name="Pretrained catalogue").click()
                    page.get_by_role("combobox", name="Activations").wait_for()
                first, started = epoch_on(page), time.perf_counter()
                page.wait_for_timeout(2_000)
                waits[link].append(opened(page, link))
                gaps[link] += frames(page, arguments.seconds)
                last, wall = epoch_on(page), time.perf_counter() - started
                speeds[link].append((last - first) * IMAGES / wall)
        press(page, "Stop")
        browser.close()
    ratios = [live / still for live, still in zip(speeds["Explore these"], speeds["Explore"])]
    named = {"Explore these": "what trains", "Explore": "pretrained ones"}
    table(
        ("three VAEs of 784-256-2 on MNIST in training, the canvas open on", *named.values()),
        [
            ("ms from the press to the first tile", *(spread(waits[k], digits=0) for k in named)),
            ("images/s that train meanwhile", *(f"{median(speeds[k]):,.0f}" for k in named)),
            ("share of the speed beside pretrained ones", f"{median(ratios):.2f}", ""),
            ("frames a second", *(f"{1000 / median(gaps[k]):.0f}" for k in named)),
            (
                "frames that came one late or more",
                *(f"{sum(gap > 25 for gap in gaps[k]) / len(gaps[k]):.1%}" for k in named),
            ),
        ],
    )


if __name__ == "__main__":
    main()
