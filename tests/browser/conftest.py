"""The real app in a real browser: one server for all tests, and one Chromium that keeps it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.find_browser import installed
from tests.helpers.serving import serving
from vae_explorer.version import ROOT

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Milliseconds: what a busy machine takes, and nobody waits for where all is well.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

READY = {"train": "Train", "compare": "Race"}  # pages by their path: the button that starts a run


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[subprocess.Popen]:
    """The app as the README starts it; `server.address` is where."""
    with serving(ROOT / "app.py", tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    assert installed() is not None, "There is no Chromium: run `python tests/find_browser.py`."
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright) -> Iterator[Browser]:
    """For contexts with options of their own: it keeps nothing, and compiles the app every time."""
    chromium = playwright.chromium.launch(executable_path=installed(), args=CHROMIUM_OPTIONS)
    yield chromium
    chromium.close()


def error_of(message: ConsoleMessage) -> list[str]:
    """What the browser's console was told of an error, if anything.

    A page with a path of its own first looks for its server below that path, and then above.
    """
    url = message.location.get("url", "")
    looked_below = any(f"/{path}/_stcore/" in url for path in READY)
    is_error = message.type == "error" and not looked_below
    return [f"{message.text} {message.location}"] if is_error else []


@pytest.fixture(scope="session")
def profile(playwright, tmp_path_factory) -> Iterator[BrowserContext]:
    """Where pages are opened one after the other, as people do: their Chromium keeps the app.

    It keeps what it has compiled as well, which takes a quarter off a page, and does so on a disk
    alone. The first page of it stays: it would end with its last one.
    """
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=installed(), args=CHROMIUM_OPTIONS
    )
    yield context
    context.close()


@pytest.fixture
def open_page(server, profile, request) -> Iterator[Callable[..., Page]]:
    """Opens pages of their own sessions; at the end none may have logged an error."""
    pages: list[Page] = []
    errors: list[str] = []

    def open_one(
        query: str = "",
        theme: str = "light",
        path: str = "train",
        size: tuple[int, int] = (1280, 720),
        motion: str = "reduce",
        **options,
    ) -> Page:
        """`path` is train or compare, or empty for the Explore page.

        With options of a context it is in one of its own. A canvas that moves by itself keeps most
        of a core busy: ask for it with `motion` where it is looked at.
        """
        opener = request.getfixturevalue("browser") if options else profile
        page = opener.new_page(**options)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme, reduced_motion=motion)
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: errors.extend(error_of(message)))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server.address + path + query)
        if path in READY:
            page.get_by_role("button", name=READY[path], exact=True).wait_for()
        else:
            page.locator(".plane canvas.overlay").wait_for()
        pages.append(page)
        return page

    yield open_one
    for page in (*pages, *profile.pages[1:]):  # and other tabs, which a test has opened itself
        page.close()
    assert not errors, errors


@pytest.fixture
def context_of(browser) -> Iterator[Callable[..., BrowserContext]]:
    contexts: list[BrowserContext] = []

    def make(**options) -> BrowserContext:
        contexts.append(browser.new_context(viewport={"width": 900, "height": 700}, **options))
        contexts[-1].set_default_timeout(PATIENCE)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()
