"""A press of a button as a person makes it: with an eye on the page."""

from __future__ import annotations

import contextlib

from playwright.sync_api import Page, TimeoutError

_MOST_PATIENCE = 3_000  # milliseconds; a page that plays an animation is never at rest


def press(page: Page, name: str) -> None:
    """Presses a button once the page is at rest: one that is just drawn anew notices nothing."""
    with contextlib.suppress(TimeoutError):
        page.locator('.stApp[data-test-script-state="notRunning"]').wait_for(timeout=_MOST_PATIENCE)
    page.get_by_role("button", name=name, exact=True).click()
