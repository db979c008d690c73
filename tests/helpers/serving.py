"""A Streamlit app of its own on a free port, for as long as a test needs it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vae_explorer.version import ROOT


@contextmanager
def serving(app: Path, folder: Path) -> Iterator[subprocess.Popen]:
    """The app of a script, logging to `folder`; `address` of the process is where it is.

    At the end it may have logged no traceback: while it served none at all, and on its way out
    none of the app, since a connection that comes as it stops has one of Streamlit's.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(app)),
                *(f"--server.port={port}", "--server.headless=true"),
            ],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    process.address = f"http://127.0.0.1:{port}/"  # type: ignore[attr-defined]
    try:
        wait_until_it_listens(process, port)
        yield process
    finally:
        process.terminate()
        process.wait(30)
    served, _, stopping = log.read_text().partition("Stopping...")
    assert "Traceback" not in served, served
    assert not re.search(rf'File "{re.escape(str(ROOT))}/(vae_explorer|app)', stopping), stopping


def wait_until_it_listens(process: subprocess.Popen, port: int) -> None:
    """Tries to connect until the server takes the connection."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as caller:
            caller.settimeout(1)
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("The server did not start.")
