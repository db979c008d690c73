"""One slow computation at a time, in a thread, the newest question first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any


class Background:
    """Answers questions in a thread; a page asks again and again and shows the last answer.

    Attributes
    ----------
    key : Any
        What the last answer is to; None before the first.
    answer : Any
        That answer, or the exception in its place.
    """

    def __init__(self, rest_seconds: float = 0.0):
        self.key: Any = None
        self.answer: Any = None
        self._rest_seconds = rest_seconds
        self._asked: Any = None
        self._ended = -float("inf")
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Until the answer is there, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def ask(self, key: Any, compute: Callable[[], Any], hurry: bool = False) -> None:
        """Starts `compute` unless it runs, was just answered or the rest is not over.

        With `hurry` the rest is not waited for.
        """
        rested = hurry or time.monotonic() - self._ended >= self._rest_seconds
        if key == self._asked or self.is_busy or not rested:
            return
        self._asked = key
        self._thread = threading.Thread(target=self._work, args=(key, compute), daemon=True)
        self._thread.start()

    def _work(self, key: Any, compute: Callable[[], Any]) -> None:
        try:
            self.answer = compute()
        except Exception as error:
            self.answer = error
        self.key = key
        self._ended = time.monotonic()
