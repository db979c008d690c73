"""A saved race's files taken apart, altered as a stranger might, and put together again."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import numpy as np
from safetensors.numpy import load, save

_VALUES = (
    *(None, True, "", "text", "x" * 1_000_000, [], [0], {}, {"array": "probe.images"}),
    *(0, 1, 3, -1, 0.5, -0.5, 10**6, 10**19, -(10**19), 1e-300, 1e38, 1e300, float("nan")),
)
_NUMBERS = (0, 1, -1, 7, 200, 1e9, 1e19, 1e30, 1e38, -1e38, np.nan, np.inf, -np.inf)
_TYPES = (np.float16, np.float32, np.float64, np.int32, np.int64, np.uint8, np.bool_)


def parts_of(history: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a history's file, and its other values."""
    header = json.loads(history[8 : 8 + int.from_bytes(history[:8], "little")])
    return load(history), json.loads(header["__metadata__"]["history"])


def history_of(arrays: dict[str, np.ndarray], values: Any) -> bytes:
    return save(arrays, metadata={"history": json.dumps(values)})


def altered_values(values: Any, random: Random) -> tuple[Any, str]:
    """A copy of JSON values with one of them altered, and a word on what was."""
    values = copy.deepcopy(values)
    places = list(_places(values))
    holder, key, path = random.choice(places)
    how = random.choice(["set", "set", "set", "remove", "double", "swap"])
    if how == "set":
        holder[key] = random.choice(_VALUES)
        return values, f"{path} = {repr(holder[key])[:40]}"
    if how == "remove":
        del holder[key]
    elif how == "double" and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        other, there, _ = random.choice(places)
        holder[key] = copy.deepcopy(other[there])
    return values, f"{how} {path}"


def _places(values: Any, path: str = ""):
    entries = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in entries:
        yield values, key, f"{path}/{key}"
        if isinstance(value, (dict, list)):
            yield from _places(value, f"{path}/{key}")


def altered_arrays(
    arrays: dict[str, np.ndarray], random: Random
) -> tuple[dict[str, np.ndarray], str]:
    """The same arrays but one, and a word on what became of it."""
    name = random.choice(sorted(arrays))
    array = arrays[name]
    how = random.choice(["fill", "fill", "fill", "some", "cut", "grow", "type", "axis"])
    with np.errstate(all="ignore"):
        if how == "fill":
            value = random.choice(_NUMBERS)
            array = np.full_like(array, np.array(value).astype(array.dtype))
            how = f"fill {value}"
        elif how == "some":
            value = random.choice(_NUMBERS)
            array = array.copy()
            array.reshape(-1)[random.randrange(array.size) if array.size else slice(0)] = np.array(
                value
            ).astype(array.dtype)
            how = f"one {value}"
        elif how in ("cut", "grow") and array.ndim:
            axis = random.randrange(array.ndim)
            most = array.shape[axis]
            kept = random.choice([0, 1, most - 1] if how == "cut" else [most + 1, 40 * most])
            array = np.take(array, np.arange(max(0, kept)) % max(1, most), axis) if most else array
            how = f"axis {axis} of {kept}"
        elif how == "type":
            array = array.astype(random.choice(_TYPES))
        else:
            array = array[None]
    return {**arrays, name: np.ascontiguousarray(array)}, f"{name}: {how}"
