"""Finds a Chromium for the browser tests, or installs one: `python tests/find_browser.py`.

Looks for one on the machine, then lets Playwright download its own, then asks Debian's packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first is the one that Playwright itself takes: it draws no window beside the page.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def installed() -> str | None:
    """Path of a Chromium that is there: the machine's, or Playwright's own."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Installs one by the first way that works."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    ways = (
        [[*root, "apt-get", "update"], [*root, "apt-get", "install", "-y", "chromium"]],
        [[sys.executable, "-m", "playwright", "install", "chromium"]],
    )
    for commands in ways:
        try:
            if all(subprocess.run(command).returncode == 0 for command in commands):
                return
        except FileNotFoundError:  # no apt-get, or no sudo
            continue


if __name__ == "__main__":
    if installed() is None:
        install()
    found = installed()
    if found is None:
        sys.exit("No Chromium was found and none could be installed: install one, then try again.")
    print(f"Browser tests use {found}")
