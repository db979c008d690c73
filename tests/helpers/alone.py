"""Pages of one file, opened by a browser that reaches nothing else."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

BACKGROUNDS = {"light": (255, 255, 255), "dark": (14, 17, 23)}  # of the app's two themes


def open_alone(context: BrowserContext, path: Path) -> tuple[Page, list[str]]:
    """A file opened without a network, and what went wrong or out."""
    context.set_offline(True)
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url))
    page.goto(path.as_uri())
    return page, [fault for fault in faults if not fault.startswith(("data:", "blob:"))]
