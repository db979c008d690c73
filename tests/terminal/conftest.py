"""Signals as a terminal leaves them, whoever started the tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

USUAL = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
}


@pytest.fixture(autouse=True)
def signals_are_heard() -> Iterator[None]:
    """Here and in what a test starts: nohup and a shell's & have some ignored, and children too."""
    before = {number: signal.signal(number, usual) for number, usual in USUAL.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
