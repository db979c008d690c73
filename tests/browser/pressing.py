"""A press of a button as a person makes it: with an eye on the page."""

from __future__ import annotations

from playwright.sync_api import Page


def press(page: Page, name: str) -> None:
    """Presses a button once the page is at rest: one that is just drawn anew notices nothing."""
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for()
    page.get_by_role("button", name=name, exact=True).click()
