"""Fields of JSON that a stranger may have written: each is checked as it is read.

Whatever is wrong is a ValueError with half a sentence, "it lacks the field 'seed'", which the
reader of a file completes with the file's name.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from vae_explorer.experiment.settings import shown
from vae_explorer.results.strict_json import parse_json

_LARGEST = sys.float_info.max
_MOST = 2**63 - 1  # of a count
_MOST_CHARACTERS = 4096  # of a text: a sentence, with a path in it
_MOST_IN_NAME = 64  # as "encoder 1" is one
_MOST_NAMES = 64  # in one object
_KINDS = {
    str: "a text",
    int: "a whole number, at least 0",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def parse_object(text: str) -> dict[str, Any]:
    """The JSON object that the text is; ValueError for any other text."""
    values = parse_json(text)
    if not isinstance(values, dict):
        raise ValueError("it is JSON, but no object with fields")
    return values


def check_format(values: Mapping[str, Any], name: str, version: int, what: str) -> None:
    """That the object is one of the format `name`, in a version up to `version`."""
    if values.get("format") != name:
        raise ValueError(f"it is no {what} of VAE Explorer: its format is not {name!r}")
    found = field(values, "version", int)
    if found > version:
        raise ValueError(
            f"a newer VAE Explorer wrote it, in version {found} of the format; this one reads up "
            f"to version {version}"
        )
    if found < 1:
        raise ValueError(f"there is no version {found} of the format")


def mapping(values: Mapping[str, Any], name: str, kind: type) -> Mapping[str, Any]:
    """The field, an object whose fields are all of one kind."""
    entries = field(values, name, dict)
    if len(entries) > _MOST_NAMES:
        raise ValueError(f"its field {name!r} has {len(entries):,} names, more than {_MOST_NAMES}")
    for key in entries:
        check_name(f"name in its field {name!r}", key)
    return {key: field(entries, key, kind) for key in entries}


def field(values: Mapping[str, Any], name: str, kind: type, optional: bool = False) -> Any:
    """The field in its type, or None where it may be null. Counts are never negative."""
    if name not in values:
        raise ValueError(f"it lacks the field {shown(name)}")
    value = values[name]
    if optional and value is None:
        return None
    if not _is(value, kind):
        raise ValueError(f"its field {shown(name)} is {shown(value)}; it must be {_KINDS[kind]}")
    if kind is str:
        check_text(name, value)
    return kind(value)


def check_text(name: str, value: Any) -> None:
    """ValueError unless it is a text that a page can show."""
    _check_length(name, value, _MOST_CHARACTERS)


def check_name(name: str, value: Any) -> None:
    """ValueError unless it is a name that a picture has room for, as that of a layer."""
    _check_length(name, value, _MOST_IN_NAME)


def _check_length(name: str, value: Any, most: int) -> None:
    if not _is(value, str):
        raise ValueError(f"a {name} is {shown(value)}; it must be a text")
    if len(value) > most:
        raise ValueError(f"a {name} has {len(value):,} characters, more than {most:,}")


def _is(value: Any, kind: type) -> bool:
    if kind is float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and -_LARGEST <= value <= _LARGEST  # false for NaN too
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST
    if kind is str:  # halves of a character are valid JSON and can be neither shown nor saved
        return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, kind)
