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

_APP = """import streamlit as st

from vae_explorer.ui import server

app = st.App({script!r}, routes=server.routes())
"""


@contextmanager
def serving(app: Path, folder: Path, *options: str) -> Iterator[subprocess.Popen]:
    """The app of a file, logging to `folder`; `address` of the process is where it is.

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
                *(f"--server.port={port}", "--server.headless=true", *options),
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
        served = log.read_text()
        process.terminate()
        process.wait(30)
    stopping = log.read_text().removeprefix(served)
    assert "Traceback" not in served, served
    assert not re.search(rf'File "{re.escape(str(ROOT))}/(vae_explorer|app)', stopping), stopping


@contextmanager
def serving_script(script: Path, folder: Path, *options: str) -> Iterator[subprocess.Popen]:
    """A script in place of the app's own, on a server like the app's."""
    app = folder / "served.py"
    app.write_text(_APP.format(script=str(script)))
    with serving(app, folder, *options) as process:
        yield process


def wait_until_it_listens(process: subprocess.Popen, port: int) -> None:
    """Tries to connect until the server takes the connection."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as caller:
            caller.settimeout(1)
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("The server did not start.")
