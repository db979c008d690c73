"""What a page holds instead of fetching it: images in their own addresses, scripts and styles."""

from __future__ import annotations

import base64
from pathlib import Path


def png_url(png: bytes) -> str:
    """An address that is the image."""
    return _data_url("image/png", png)


def svg_url(svg: str) -> str:
    return _data_url("image/svg+xml", svg.encode())


def _data_url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def beside(module: str, *names: str) -> str:
    """The texts of files beside a module, its `__file__`, one after the other."""
    folder = Path(module).parent
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
