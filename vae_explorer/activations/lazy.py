"""Modules that are imported when they are first used, not when they are named."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


class _LazyModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)  # found at once from now on, without coming through here
        return value


def lazy_import(name: str) -> ModuleType:
    """A stand-in for the module `name`, which it imports when one of its attributes is read.

    For PyTorch, which takes seconds to import and of which a page that lists names needs nothing.
    """
    return _LazyModule(name)
