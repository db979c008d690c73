"""Ctrl-C and its like as a wish to stop, so that what there is can be saved first."""

from __future__ import annotations

import signal
import time
from typing import Any

_ECHO_SECONDS = 1.0


class Interruption:
    """Inside its with block, in the main thread, signals that end a program set `requested`.

    A second one, a second later or more, is a KeyboardInterrupt: whoever insists need not wait
    for the saving. Sooner it is the same one twice, sent by the terminal and by a wrapper.

    Attributes
    ----------
    requested : bool
        Whether a signal has come.
    """

    _NAMES = ("SIGINT", "SIGTERM", "SIGHUP")

    def __init__(self) -> None:
        self.requested = False
        self._first = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        for number in (getattr(signal, name) for name in self._NAMES if hasattr(signal, name)):
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # as nohup and a shell's & have arranged
                self._before[number] = before
                signal.signal(number, self._receive)
        return self

    def __exit__(self, *error: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _receive(self, number: int, frame: object) -> None:
        if self.requested and time.monotonic() - self._first >= _ECHO_SECONDS:
            raise KeyboardInterrupt
        if not self.requested:
            self.requested, self._first = True, time.monotonic()
