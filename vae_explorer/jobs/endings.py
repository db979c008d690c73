"""Sentences on how a training process ended, when it was not told to."""

from __future__ import annotations

import signal
from collections.abc import Sequence

UNREADABLE = (
    "The training process sent what cannot be read: {error} It was ended; what it has shown stays "
    "here, and Train anew starts again."
)
ABANDONED = (
    "The page was away for more than {seconds:.0f} s, and the training process was ended: what it "
    "has shown stays here, and can no longer be saved."
)
UNTOLD = 256  # in place of an exit code, which is less, where nobody could tell it


def died(code: int, last_words: Sequence[str]) -> str:
    """Of one that ended with an exit code, or by a signal where that is below 0, or `UNTOLD`."""
    if code < 0:
        how = f"was ended by {signal.Signals(-code).name}"
        if -code == signal.SIGKILL:
            how += ", as happens when memory runs out"
    elif code == UNTOLD:
        how = "ended unseen: the process that watches it had ended before"
    else:
        how = f"ended with code {code}"
    last = f" It last said: {last_words[-1]}" if last_words else ""
    return (
        f"The training process {how}. What it has shown stays here; Train anew starts again.{last}"
    )
