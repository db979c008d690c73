"""PyTorch, imported when it is first used, not when it is named.

It takes seconds to import, and a page that lists activations needs nothing of it.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["F", "torch"]


class _LazyModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)  # found at once from now on, without coming through here
        return value


def lazy_import(name: str) -> ModuleType:
    """A stand-in for the module `name`, which it imports when one of its attributes is read."""
    return _LazyModule(name)


if TYPE_CHECKING:
    import torch
    from torch.nn import functional as F
else:
    torch = lazy_import("torch")
    F = lazy_import("torch.nn.functional")
