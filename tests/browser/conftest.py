"""The real app in a real browser: one server for all tests, one Chromium, a context a test."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.find_browser import installed

ROOT = Path(__file__).parents[2]
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server() -> Iterator[subprocess.Popen]:
    """The app as the README starts it, on a free port; `server.address` is where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", "app.py"),
            *(f"--server.port={port}", "--server.headless=true"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    process.address = f"http://127.0.0.1:{port}/"
    assert any("Uvicorn server started" in line for line in process.stdout), "it did not start"
    urllib.request.urlopen(process.address + "_stcore/health", timeout=30).close()
    yield process
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed()
    assert path is not None, "There is no Chromium: run `python tests/find_browser.py`."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(server, browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of their own sessions; at the end none may have logged an error."""
    pages: list[Page] = []
    errors: list[str] = []

    def open_one(query: str = "", theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 720}, color_scheme=theme, accept_downloads=True
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server.address + query)
        page.get_by_role("button", name="Train", exact=True).wait_for()
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.context.close()
    assert not errors, errors
