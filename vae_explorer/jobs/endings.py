"""How a training process may end before its run does, in sentences for the page."""

from __future__ import annotations

import signal


def ended(code: int, last_words: str) -> str:
    """By itself, with an exit code, or by a signal, whose negative the code is then."""
    if code < 0:
        how = f"was ended by {signal.Signals(-code).name}"
        if -code == signal.SIGKILL:
            how += ", as happens when memory runs out"
    else:
        how = f"ended with code {code}"
    last = f" It last said: {last_words}" if last_words else ""
    return (
        f"The training process {how}. What it has shown stays here; Train anew starts again.{last}"
    )


def unreadable(error: Exception) -> str:
    """By the page, which could not read a frame: no later one can be read either."""
    return (
        f"The training process sent what cannot be read: {error} It was ended; what it has shown "
        "stays here, and Train anew starts again."
    )


def abandoned(seconds: float) -> str:
    """By the page, which its owner had left for so long."""
    return (
        f"The page was away for more than {seconds:.0f} s, and the training process was ended: "
        "what it has shown stays here, and can no longer be saved."
    )
