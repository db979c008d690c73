"""Why something failed, in the same words everywhere."""

from __future__ import annotations


def reason(error: Exception) -> str:
    """The end of a sentence, without its full stop: what the system says, or the error itself."""
    text = (isinstance(error, OSError) and error.strerror) or str(error)
    return " ".join(text.split()).removesuffix(".")
