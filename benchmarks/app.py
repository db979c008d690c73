"""What a live page costs training, and what a visitor waits for.

`python -m benchmarks.app [--data-dir DIR] [--seconds 20] [--rounds 3]` starts the app and a
Chromium on this machine and prints Markdown tables. It needs the tests' requirements.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.find_browser import installed
from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs import process
from vae_explorer.jobs.job import Job
from vae_explorer.training.machine import available_cores, cores_beside_a_page

ROOT = Path(__file__).parent.parent
EPOCH = re.compile(r"^Epoch ([\d.]+) of")
BARE_PAGE = """
import streamlit as st, plotly.graph_objects as go
st.set_page_config(layout="wide")
st.title("A bare page")
st.plotly_chart(go.Figure(go.Scatter(x=[1, 2, 3], y=[2, 1, 3])))
"""
UPDATES = """() => {
    window.updates = 0;
    for (const plot of document.querySelectorAll(".js-plotly-plot"))
        plot.on("plotly_afterplot", () => { window.updates += 1; });
    return document.querySelectorAll(".js-plotly-plot").length;
}"""


@contextmanager
def served(script: Path, port: int, data_dir: str | None) -> Iterator[str]:
    """A Streamlit server of its own; gives its address."""
    environment = dict(os.environ)
    if data_dir:
        environment[DATA_DIR_VARIABLE] = data_dir
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", str(script)),
            *(f"--server.port={port}", "--server.headless=true", "--server.address=127.0.0.1"),
        ],
        cwd=script.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    next(line for line in process.stdout if "URL:" in line)
    urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()  # once the server has started
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate()


def without_a_page(experiment: Experiment, cores: int, data_dir: str | None, seconds: float):
    """Training images a second of wall time, of a worker that nobody watches."""
    run = Job(experiment, data_dir=data_dir, cores=cores)
    try:
        run.wait(lambda r: r.snapshot is not None and r.snapshot.step > 0, 120)
        time.sleep(2)
        first, started = run.snapshot.epoch, time.perf_counter()
        time.sleep(seconds)
        run.wait(lambda r, v=run.version: r.version > v, 10)
        epochs, wall = run.snapshot.epoch - first, time.perf_counter() - started
        return epochs * run.ready.train_images / wall
    finally:
        run.close()


def with_a_page(browser: Browser, address: str, images: int, seconds: float):
    """The same with the Train page open; and updates of each chart a second."""
    page = browser.new_page(viewport={"width": 1280, "height": 1400})  # all charts in view
    page.goto(address)
    page.get_by_role("button", name="Train", exact=True).click()
    page.locator(".js-plotly-plot").nth(3).wait_for(timeout=120_000)
    time.sleep(2)
    charts = page.evaluate(UPDATES)
    first, started = epoch_shown(page), time.perf_counter()
    time.sleep(seconds)
    last, wall = epoch_shown(page), time.perf_counter() - started
    updates = page.evaluate("window.updates") / charts / wall
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("Train will start").wait_for()
    page.close()
    return (last - first) * images / wall, updates


def epoch_shown(page: Page) -> float:
    """Waits for the next progress line and reads it, so that its age is the same every time."""
    line = page.get_by_text(EPOCH)
    before = line.inner_text()
    page.wait_for_function(
        "before => ![...document.querySelectorAll('p')].some(p => p.innerText === before)",
        arg=before,
    )
    return float(EPOCH.match(line.inner_text()).group(1))


def first_paint(browser: Browser, address: str, shown: str) -> float:
    """Seconds from asking for the page until what it is about is there."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(shown).first.wait_for()
    seconds = time.perf_counter() - started
    page.context.close()
    return seconds


def first_curve(browser: Browser, address: str) -> float:
    """Seconds from pressing Train, on a page that is at rest, until the loss curves move."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(address + "train?dataset=digits&epochs=300")
    page.locator(".mosaic img").first.wait_for()
    page.wait_for_timeout(6_000)  # of reading
    started = time.perf_counter()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(
        """() => document.querySelector('[class*="st-key-chart-losses"] .js-plotly-plot')
            ?._fullData?.some(trace => trace.x?.length > 1)"""
    )
    seconds = time.perf_counter() - started
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("Train will start").wait_for()
    page.context.close()
    return seconds


def first_snapshot(forked: bool) -> float:
    """Seconds from asking for a training until its first snapshot is there."""
    usual, process._FORKS = process._FORKS, forked
    started = time.perf_counter()
    job = Job(Experiment(dataset="digits"), cores=1)
    try:
        job.wait(lambda r: r.snapshot is not None, 120)
        return time.perf_counter() - started
    finally:
        job.close()
        process._FORKS = usual


def import_seconds(module: str) -> float:
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    times = [float(subprocess.check_output(command, cwd=ROOT)) for _ in range(5)]
    return median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8571)
    arguments = parser.parse_args()
    experiment = Experiment(
        image_set="full" if arguments.data_dir else "embedded",
        activations=("relu",),
        hidden=(400,),
        latent=20,
        learning_rate=1e-3,
        schedule="constant",
        epochs=100,  # of thousands, the curves would keep a point an epoch and seldom move
    )
    images = 60_000 if arguments.data_dir else 10_000
    query = "?" + "&".join(f"{name}={value}" for name, value in experiment.to_query().items())
    beside, every = cores_beside_a_page(), available_cores()
    rows: dict[str, list[float]] = {"alone": [], "closed": [], "open": [], "updates": []}
    paints: dict[str, list[float]] = {"bare": [], "train": [], "explore": []}
    starts: dict[str, list[float]] = {"curve": [], "forked": [], "plain": []}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        browser = playwright.chromium.launch(executable_path=installed(), args=CHROMIUM_OPTIONS)
        bare = Path(place) / "bare.py"
        bare.write_text(BARE_PAGE)
        with (
            served(ROOT / "app.py", arguments.port, arguments.data_dir) as app,
            served(bare, arguments.port + 1, None) as plain,
        ):
            for _ in range(arguments.rounds + 2):
                paints["bare"].append(first_paint(browser, plain, ".js-plotly-plot .main-svg"))
                paints["train"].append(first_paint(browser, app + "train", ".mosaic img"))
                paints["explore"].append(first_paint(browser, app, ".strip .rows canvas"))
                starts["curve"].append(first_curve(browser, app))
                starts["forked"].append(first_snapshot(True))
                starts["plain"].append(first_snapshot(False))
            for _ in range(arguments.rounds):
                wait = arguments.seconds
                rows["alone"].append(without_a_page(experiment, every, arguments.data_dir, wait))
                rows["closed"].append(without_a_page(experiment, beside, arguments.data_dir, wait))
                speed, updates = with_a_page(browser, app + "train" + query, images, wait)
                rows["open"].append(speed)
                rows["updates"].append(updates)
        browser.close()
    shares = [o / c for o, c in zip(rows["open"], rows["closed"])]
    print("| 784-400-20 ReLU, batch 128, float32, evaluation and snapshots included | images/s |")
    print("|---|---:|")
    print(f"| worker alone, {every} threads | {median(rows['alone']):,.0f} |")
    print(f"| worker alone, {beside} threads, as beside a page | {median(rows['closed']):,.0f} |")
    print(f"| the same, page open with all charts live | {median(rows['open']):,.0f} |")
    print(f"| share kept with the page open, median of {len(shares)} | {median(shares):.2f} |")
    print(f"| updates of each chart a second | {median(rows['updates']):.2f} |")
    print()
    print("| what a visitor waits for | s |")
    print("|---|---:|")
    print(f"| a bare page with one Plotly chart | {median(paints['bare']):.2f} |")
    print(f"| the Train page | {median(paints['train']):.2f} |")
    print(f"| the Explore page, at once and later | {paints['explore'][0]:.2f}, ", end="")
    print(f"{median(paints['explore'][1:]):.2f} |")
    print(f"| from pressing Train to moving curves | {median(starts['curve']):.2f} |")
    forked, first, plain = starts["forked"][1:], starts["forked"][0], median(starts["plain"])
    print("| a training's first snapshot, its worker forked, and the first of a server | ", end="")
    print(f"{median(forked):.2f}, {first:.2f} |")
    print(f"| the same in a process of its own | {plain:.2f} |")
    for module in (
        "vae_explorer",
        "vae_explorer.experiment.experiment",
        "vae_explorer.training.trainer",
    ):
        print(f"| `import {module}` | {import_seconds(module):.2f} |")


if __name__ == "__main__":
    main()
