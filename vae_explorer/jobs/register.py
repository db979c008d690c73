"""The jobs of this server that have not been closed: how many there may be, and who finds one."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable
from typing import Protocol

MOST_JOBS = 8  # that train at once: each is a process of some 300 MB


class OpenJob(Protocol):
    """As much of a Job as is asked here."""

    token: str
    owner_is_there: Callable[[], bool]

    @property
    def has_ended(self) -> bool: ...

    def let_end(self) -> None: ...

    def close(self) -> None: ...


_open: weakref.WeakSet[OpenJob] = weakref.WeakSet()
_lock = threading.Lock()


class TooManyJobs(RuntimeError):
    """The server trains as many runs as it may; the message is one sentence that says so."""


def enter(job: OpenJob) -> None:
    """Takes up a job that begins. TooManyJobs if as many train as may."""
    with _lock:
        if sum(not each.has_ended for each in _open) >= MOST_JOBS:
            raise TooManyJobs(
                f"This server already trains {MOST_JOBS} runs, as many as it may. "
                "Try again when one of them has ended."
            )
        _open.add(job)


def leave(job: OpenJob) -> None:
    """Forgets one that is closed."""
    with _lock:
        _open.discard(job)


def adopt(token: object, owner_is_there: Callable[[], bool]) -> OpenJob | None:
    """The run of a token, with a new owner; None if it has ended or its owner is there."""
    with _lock:
        job = _find(token)
        if job is None or job.owner_is_there():
            return None
        job.owner_is_there = owner_is_there
        return job


def is_open(token: object) -> bool:
    """Whether there is a run of that token, whoever owns it: it may be free later."""
    with _lock:
        return _find(token) is not None


def _find(token: object) -> OpenJob | None:
    return next((job for job in _open if job.token == token), None)


@atexit.register
def close_all() -> None:
    """Ends every worker of this process: all are told before any is waited for."""
    jobs = list(_open)
    for job in jobs:
        job.let_end()
    for job in jobs:
        job.close()
