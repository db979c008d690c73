"""Dataclasses of arrays: read-only, and taken apart into plain JSON types and arrays by name.

Both travel as one safetensors file: the arrays in it, and the JSON in its header.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_explorer.results.strict_json import parse_json

# Of a file. That of a race of 540 VAEs that all diverged has half of it.
_MOST_HEADER_BYTES = 32 * 2**20
_MOST_ARRAYS = 100_000


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


def to_bytes(name: str, plain: Any, arrays: Mapping[str, np.ndarray]) -> bytes:
    """Safetensors bytes of the arrays, with the plain values as JSON by a name in the header."""
    from safetensors.numpy import save

    return save(dict(arrays), metadata={name: json.dumps(plain)})


def from_bytes(name: str, data: bytes) -> tuple[Any, dict[str, np.ndarray]]:
    """The plain values and the arrays that `to_bytes` was given; ValueError for other bytes."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    length = int.from_bytes(data[:8], "little")
    if length > _MOST_HEADER_BYTES:
        raise ValueError(f"its header has {length:,} bytes, more than {_MOST_HEADER_BYTES:,}")
    if data.count(b"data_offsets", 0, 8 + length) > _MOST_ARRAYS:
        raise ValueError(f"it has more than {_MOST_ARRAYS:,} arrays")
    try:
        arrays = load(data)
        header = parse_json(data[8 : 8 + length])
        return parse_json(header["__metadata__"][name]), arrays
    except (SafetensorError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it has no arrays with values named {name!r} ({error})") from error
