"""Dataclasses of arrays: read-only, and taken apart into plain JSON types and arrays by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np


class ReadOnly:
    """Makes the arrays of a dataclass read-only: whoever holds one, holds it as it was."""

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False


def take_arrays(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Value as plain JSON types, its arrays moved to `arrays` and named in their place."""
    if isinstance(value, np.ndarray):
        arrays[name] = np.ascontiguousarray(value)
        return {"array": name}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {
            f.name: take_arrays(getattr(value, f.name), f"{name}.{f.name}", arrays) for f in fields
        }
    if isinstance(value, (tuple, list)):
        return [take_arrays(entry, f"{name}.{i}", arrays) for i, entry in enumerate(value)]
    return value


def with_arrays(plain: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The inverse of take_arrays for one object's fields."""
    return {
        name: arrays[value["array"]] if isinstance(value, dict) and "array" in value else value
        for name, value in plain.items()
    }
