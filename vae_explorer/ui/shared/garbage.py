"""Less work for Python's collector of garbage."""

from __future__ import annotations

import gc
import sys

_modules = 0  # that were loaded when the collector was last told


def spare_modules() -> None:
    """Has the collector leave alone all that modules hold, whenever more of them are loaded.

    Streamlit collects after every run of a page or fragment. With PyTorch and Plotly in memory that
    took 87 ms, in which nothing else ran in the process: no other page, and not the last message
    of this one, which is the one with the picture.
    """
    global _modules
    if len(sys.modules) == _modules:
        return
    _modules = len(sys.modules)
    gc.collect()  # so that no garbage is kept
    gc.freeze()
