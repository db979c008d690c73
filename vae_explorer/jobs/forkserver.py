"""A process that has PyTorch and forks a worker for each request: `jobs.process` starts it.

To import what a training needs takes seconds of a core, and a fork of a process that has it some
hundredths. The server in `multiprocessing` would import the script of the page first.

Its standard input is a Unix socket. A request is four descriptors: the worker's standard input,
output and error, and a pipe that is told the worker's process id and, once it has ended, its exit
code, each on a line. The server ends when the socket does and all its workers have.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
from typing import NoReturn

from vae_explorer.jobs import worker

# What a worker imports on its way. Whatever cannot be imported is reported by the worker.
_AHEAD = (
    "vae_explorer.training.race",
    "vae_explorer.training.judge",
    "vae_explorer.saved.run",
    "vae_explorer.saved.race",
    "vae_explorer.saved.weights",
    "scipy.linalg",
    "torch.fx.experimental.symbolic_shapes",  # by torch.autograd.grad, with all of SymPy
)
_ENDS = {signal.SIGCHLD}


def serve(requests: socket.socket) -> None:
    """Forks a worker for each request until there are no more."""
    reports: dict[int, int] = {}  # process id of a worker: the pipe that is told of it
    signal.signal(signal.SIGCHLD, lambda *_: _report_ended(reports, os.WNOHANG))
    while descriptors := socket.recv_fds(requests, 1, 4)[1]:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)  # until it is known whom to tell
        *standard, report = descriptors
        process_id = os.fork()
        if process_id == 0:
            _be_a_worker(standard, list(reports.values()))
        for descriptor in standard:
            os.close(descriptor)
        reports[process_id] = report
        _tell(report, process_id)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    _report_ended(reports, 0)


def _be_a_worker(standard: list[int], others: list[int]) -> NoReturn:
    """`report` stays open, so that it ends no earlier than the worker if the server is killed."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        for number, descriptor in enumerate(standard):
            os.dup2(descriptor, number)
            os.close(descriptor)
        for descriptor in others:
            os.close(descriptor)
        worker.main()
    finally:
        os._exit(1)  # it ends by itself; whatever hinders it must not become a second server


def _report_ended(reports: dict[int, int], options: int) -> None:
    """Tells of every worker that has ended; without options waits for all."""
    with contextlib.suppress(ChildProcessError):
        while True:
            process_id, status = os.waitpid(-1, options)
            if process_id == 0:
                return
            report = reports.pop(process_id)
            _tell(report, os.waitstatus_to_exitcode(status))
            os.close(report)


def _tell(report: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone
        os.write(report, b"%d\n" % number)


def main() -> None:
    for module in _AHEAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    gc.collect()
    gc.freeze()  # so that no collection in a worker copies the pages of what is shared
    serve(socket.socket(fileno=0))


if __name__ == "__main__":
    main()
