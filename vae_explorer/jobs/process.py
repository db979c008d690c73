"""The process of a worker: where it runs, and what it is told by its environment."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.data.paths import absolute_path
from vae_explorer.version import ROOT


def start_worker() -> subprocess.Popen[bytes]:
    """A worker that waits for commands, with pipes to and from it."""
    return subprocess.Popen(
        [sys.executable, "-m", "vae_explorer.jobs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
        start_new_session=True,  # a Ctrl-C in the server's terminal is for the server
    )


def environment() -> dict[str, str]:
    """A worker's: the server's own, with its relative folder of images, for it runs elsewhere."""
    found = dict(os.environ)
    if folder := found.get(DATA_DIR_VARIABLE):
        with contextlib.suppress(ValueError):  # the worker says what is wrong with the name
            found[DATA_DIR_VARIABLE] = str(absolute_path(folder))
    return found
