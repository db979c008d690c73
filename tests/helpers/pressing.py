"""A press of a button as a person makes it: with an eye on the page."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from playwright.sync_api import Page, TimeoutError

_MOST_PATIENCE = 3_000  # milliseconds; a page that plays an animation is never at rest


def at_rest(page: Page, patience: float = _MOST_PATIENCE) -> None:
    """Until the server has drawn the page to its end; milliseconds."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for(timeout=patience)


def settled(page: Page, patience: float = 60_000) -> None:
    """Until the page has been at rest for half a second; milliseconds.

    A run may be followed by another at once, which makes buttons of downloads anew: the file of the
    one before is there no more.
    """
    page.evaluate("window.restedFor = 0")
    page.wait_for_function(
        """() => {
            const { testScriptState } = document.querySelector(".stApp").dataset;
            window.restedFor = testScriptState === "notRunning" ? window.restedFor + 1 : 0;
            return window.restedFor > 30;
        }""",  # asked at every frame
        timeout=patience,
    )


def go_to(page: Page, link: str, path: str) -> None:
    """Follows a link to another page, and again where nothing has come of it.

    Streamlit joins what it is asked for in one moment, and takes the page of what came last: where
    the timer of a part of the old page comes right after the link, the old page is drawn anew.
    """
    for _ in range(5):
        page.get_by_role("link", name=link, exact=True).click()
        with contextlib.suppress(TimeoutError):
            page.wait_for_url(lambda url: urlsplit(url).path == path, timeout=10_000)
            return
    raise AssertionError(f"{link} leads nowhere.")


def press(page: Page, name: str) -> None:
    """Presses a button once the page is at rest: one that is just drawn anew notices nothing."""
    with contextlib.suppress(TimeoutError):
        at_rest(page)
    page.get_by_role("button", name=name, exact=True).click()
