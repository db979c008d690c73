"""What ruff finds by reading: one way to write, and types at every function of the package."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vae_explorer.version import ROOT


@pytest.mark.parametrize("command", ["check", "format --check"])
def test_ruff_finds_nothing(command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command.split(), "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
