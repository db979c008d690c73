"""How long a race takes with its page live, and how long the browser takes to draw its news.

`python -m benchmarks.race [--rounds 3]` starts the app and a Chromium on this machine and prints a
Markdown table. It needs the tests' requirements. Everything is on the embedded 8×8 digits.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.app import ROOT, served
from benchmarks.measure import machine
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.find_browser import installed
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.presets import RACES
from vae_explorer.jobs.job import Job
from vae_explorer.training.machine import cores_beside_a_page

TWELVE = RACES["twelve"].experiment.replace(epochs=30, batch_size=128, seeds=5)
# 1,000 epochs, so that each member's curve has 1,000 points; small networks, so that they pass.
LONG = TWELVE.replace(epochs=1000, batch_size=1437, hidden=[4])
# From handing Plotly the figure until the frame with it is on the screen.
TIMED = """() => {
    const react = window.Plotly.react;
    window.drawn = {};
    window.Plotly.react = async (element, ...rest) => {
        const started = performance.now();
        const chart = await react(element, ...rest);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        (window.drawn[element.ariaLabel] ??= []).push(performance.now() - started);
        return chart;
    };
}"""


def address_of(server: str, experiment: Experiment) -> str:
    return f"{server}compare?{urlencode(experiment.to_query())}"


def race(page: Page) -> float:
    """Seconds from the click until the race is judged."""
    started = time.perf_counter()
    page.get_by_role("button", name="Race", exact=True).click()
    report = page.get_by_role("button", name="Report", exact=True)  # there before, and disabled
    expect(report).to_be_enabled(timeout=300_000)
    return time.perf_counter() - started


def headless(experiment: Experiment) -> float:
    """The same of a worker that nobody watches, from its start."""
    started = time.perf_counter()
    run = Job(experiment, Judging(), cores=cores_beside_a_page())
    try:
        run.wait(lambda r: r.race is not None, 300)
        return time.perf_counter() - started
    finally:
        run.close()


def open_page(browser: Browser, server: str, experiment: Experiment) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(address_of(server, experiment))
    page.get_by_role("button", name="Race", exact=True).wait_for()
    return page


def drawing_times(browser: Browser, server: str) -> dict[str, list[float]]:
    """Milliseconds that each update of the charts took, of the last third of a long race."""
    page = open_page(browser, server, LONG)
    page.wait_for_function("window.Plotly")
    page.evaluate(TIMED)
    race(page)
    drawn: dict[str, list[float]] = page.evaluate("window.drawn")
    page.close()
    return {name: times[2 * len(times) // 3 :] for name, times in drawn.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8581)
    arguments = parser.parse_args()
    print(f"{machine()}\n")
    with sync_playwright() as playwright, served(ROOT / "app.py", arguments.port, None) as server:
        browser = playwright.chromium.launch(executable_path=installed(), args=CHROMIUM_OPTIONS)
        live, alone = [], []
        for _ in range(arguments.rounds):
            alone.append(headless(TWELVE))
            page = open_page(browser, server, TWELVE)
            live.append(race(page))
            page.close()
        drawn = drawing_times(browser, server)
        browser.close()
    print("| 12 activations × 5 seeds on digits, 64-64-2, 30 epochs, judged | s |")
    print("|---|---:|")
    print(f"| with the page live, from the click | {median(live):.1f} |")
    print(f"| without a page, from the start of the process | {median(alone):.1f} |")
    print()
    print("| 60 VAEs with curves of 1,000 points, an update in the browser | ms |")
    print("|---|---:|")
    for name, times in drawn.items():
        print(f"| {name} | {median(times):.0f}, at most {max(times):.0f} |")


if __name__ == "__main__":
    main()
