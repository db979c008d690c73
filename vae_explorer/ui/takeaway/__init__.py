"""What a visitor takes away: a link, a QR code, a moving picture, a page that opens anywhere."""

import re


def file_name(title: str, suffix: str) -> str:
    """A name for a download: ``vae-explorer-loss-curves.gif`` for "Loss curves" and "gif"."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(["vae", "explorer", *words])[:80].rstrip("-") + f".{suffix}"
