"""Texts that somebody else may have written: in an address, a file or a folder's name."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Markdown that shows a text as it is: no link, picture or colour comes of what is in it."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~:$])", r"\\\1", text)
