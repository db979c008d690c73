"""A session's state without a browser around it."""

from __future__ import annotations


class State(dict):
    """As far as it is asked in tests: by key, and set by attribute."""

    __setattr__ = dict.__setitem__
