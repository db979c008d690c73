"""The processes of workers: how they are started, and what they are told by their environment."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.jobs.endings import UNTOLD
from vae_explorer.version import ROOT

WARM_VARIABLE = "VAE_EXPLORER_WARM_WORKER"  # 0: nothing is imported ahead

# Elsewhere a process that has used the system's libraries must not be forked (macOS), or cannot be.
_FORKS = sys.platform == "linux"

_lock = threading.Lock()
_server: _Forkserver | None = None


def get_ready() -> None:
    """Has what workers need imported, so that the next one starts at once; waits for nothing.

    It takes some 280 MB, half of them files of libraries; workers share them. Where memory is dear
    the environment variable `VAE_EXPLORER_WARM_WORKER=0` has the first training import it.
    """
    global _server
    if os.environ.get(WARM_VARIABLE) == "0":
        return
    with _lock:
        if _FORKS and _server is None:
            _server = _Forkserver()


def start_worker() -> subprocess.Popen[bytes] | ForkedWorker:
    """A worker that waits for commands, with pipes to and from it."""
    global _server
    if not _FORKS:
        return _start("worker", stdin=subprocess.PIPE, output=subprocess.PIPE)
    with _lock:
        if _server is None or not _server.is_up_to_date:
            _server = _Forkserver()
        try:
            return ForkedWorker(_server.requests)
        except OSError:  # it ended just now
            _server = _Forkserver()
            return ForkedWorker(_server.requests)


class ForkedWorker:
    """A worker that the forkserver forks: as much of a Popen as a job needs.

    Attributes
    ----------
    stdin, stdout, stderr : BinaryIO
        This end of its pipes.

    Raises
    ------
    OSError
        The forkserver has ended.
    """

    def __init__(self, forkserver: socket.socket):
        their_stdin, stdin = os.pipe()
        stdout, their_stdout = os.pipe()
        stderr, their_stderr = os.pipe()
        report, their_report = os.pipe()
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout, self.stderr = os.fdopen(stdout, "rb"), os.fdopen(stderr, "rb")
        self._report = os.fdopen(report, "rb")
        self._process_id: Future[int | None] = Future()
        self._code: Future[int] = Future()
        theirs = [their_stdin, their_stdout, their_stderr, their_report]
        try:
            socket.send_fds(forkserver, [b"w"], theirs)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        threading.Thread(target=self._read_report, daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Waits until it is forked; None if it never was."""
        return self._process_id.result()

    def poll(self) -> int | None:
        """Its exit code as `wait` gives it; None while it runs."""
        return self._code.result() if self._code.done() else None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, below 0 the signal that ended it; `UNTOLD` if the forkserver died first.

        TimeoutExpired if it runs for longer than `timeout` seconds.
        """
        try:
            return self._code.result(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired("worker", timeout or 0.0) from None

    def kill(self) -> None:
        """Ends it by force, as soon as it is forked."""
        process_id = self.pid
        if process_id is not None and self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)

    def _read_report(self) -> None:
        forked = self._report.readline()
        self._process_id.set_result(int(forked) if forked else None)
        ended = self._report.readline()
        self._code.set_result(int(ended) if ended else UNTOLD)


class _Forkserver:
    """The process that forks, with the package as its files are now."""

    def __init__(self) -> None:
        self.requests, theirs = socket.socketpair()
        self._written = _last_written()
        with theirs:
            self._process = _start("forkserver", stdin=theirs.fileno())

    @property
    def is_up_to_date(self) -> bool:
        """Whether it runs, and no file was written since, as by somebody who develops the app."""
        return self._process.poll() is None and self._written == _last_written()


def _last_written() -> int:
    package = Path(__file__).parents[1]
    return max(path.stat().st_mtime_ns for path in package.rglob("*.py"))


def _start(module: str, stdin: int, output: int | None = None) -> subprocess.Popen[bytes]:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # with threads it must not be forked
    environment.pop(DATA_DIR_VARIABLE, None)  # each job names its folder
    return subprocess.Popen(
        [sys.executable, "-m", f"vae_explorer.jobs.{module}"],
        stdin=stdin,
        stdout=output,
        stderr=output,
        cwd=ROOT,
        env=environment,
        start_new_session=True,  # a Ctrl-C in the server's terminal is for the server
    )
