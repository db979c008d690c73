"""Where, when and with which versions something was trained."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from vae_explorer.version import __version__


@dataclass(frozen=True)
class Environment:
    """Where and when a race was run, for whoever wants to run it again."""

    made: str  # when it was judged, in UTC, ISO 8601
    versions: Mapping[str, str]  # of python, torch, numpy and vae_explorer
    precision: str  # of the matrix products in training: float32 or bfloat16
    threads: int
    data_origin: str  # one sentence: where the images came from


def library_versions() -> dict[str, str]:
    """Of what decides which numbers come out of training."""
    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "numpy": version("numpy"),
        "vae_explorer": __version__,
    }
