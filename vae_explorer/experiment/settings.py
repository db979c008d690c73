"""One setting: what it may be, the sentence that says so, and its form in a URL.

A dataclass of settings (the experiment, the view of the Explore page) checks itself with these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import Field, asdict, field, fields
from numbers import Real
from typing import Any, TypeVar

_SHOWN = 40  # characters of a value in a message
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)
_ZERO_COMMA = re.compile(r"0,\d")  # few lists begin so, and many numbers do
_BOOLEANS = {True: "yes", False: "no"}
EMPTY = "none"  # an empty list, where people read or write it
_T = TypeVar("_T")


class ConfigError(ValueError):
    """A setting has a value that it may not have; the message is one sentence that says which."""


def setting(default: Any, label: str, help: str, **bounds: Any) -> Any:
    """A dataclass field with what people read of it and what it may be.

    A text has `choices`, each with its label, or a `pattern` and examples that it is `like`; a
    number has `minimum` and `maximum`; what is true or false has nothing more. A list has `longest`
    and either `each`, names with their labels, with a `noun` for one of them, a function `find`
    whose ValueError tells what is no name, and whether it `repeats` them; or the bounds of its
    numbers, whole ones unless their `kind` is float. None is allowed as a default, and `unset` is
    what people read for it.
    """
    return field(default=default, metadata={"label": label, "help": help, **bounds})


def facts(settings: type, name: str) -> Mapping[str, Any]:
    """What `setting` was told of one of a dataclass of settings."""
    return settings.__dataclass_fields__[name].metadata  # type: ignore[attr-defined]


def checked(setting: Field, value: Any) -> Any:
    """The value in its canonical type. ConfigError if it is not one that the setting may have."""
    if "longest" in setting.metadata:
        return _checked_list(setting, value)
    if isinstance(setting.default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"{setting.name} is {shown(value)}; it may be True or False.")
        return value
    if "choices" in setting.metadata:
        if not isinstance(value, str) or value not in setting.metadata["choices"]:
            raise _not_allowed(setting, value)
        return value
    if "pattern" in setting.metadata:
        if not isinstance(value, str) or not re.fullmatch(setting.metadata["pattern"], value):
            raise _not_allowed(setting, value)
        return value
    return _checked_number(setting, value, type(setting.default))


def check_all(settings: Any) -> None:
    """Checks every setting of a frozen dataclass, and gives each its canonical type."""
    for each in fields(settings):
        object.__setattr__(settings, each.name, checked(each, getattr(settings, each.name)))


def _checked_list(setting: Field, value: Any) -> tuple | None:
    if value is None and setting.default is None:
        return None
    # The order of a list is the order of the members; a set has none that would last.
    no_list = isinstance(value, (str, bytes, Set, Mapping)) or not isinstance(value, Iterable)
    if no_list:
        raise _not_allowed(setting, value)
    values = list(value)
    if "each" in setting.metadata:
        for name in values:
            if not isinstance(name, str):
                raise _not_allowed(setting, value)
            try:
                setting.metadata["find"](name)
            except ValueError as error:
                raise ConfigError(f"{setting.name}: {error}") from None
        if not setting.metadata.get("repeats"):  # the same recipe twice is the same VAE twice
            values = list(dict.fromkeys(values))
        if not values:
            noun = setting.metadata["noun"]
            raise ConfigError(f"{setting.name} is empty; choose at least one {noun}.")
    else:
        values = [_checked_number(setting, number, _kind(setting)) for number in values]
    longest = setting.metadata["longest"]
    if len(values) > longest:
        raise ConfigError(
            f"{setting.name} has {len(values)} entries; it may have at most {longest}."
        )
    return tuple(values)


def _checked_number(setting: Field, value: Any, kind: type) -> int | float:
    low, high = setting.metadata["minimum"], setting.metadata["maximum"]
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    # The comparison is false for NaN, so a NaN is refused as well.
    if not is_number or not low <= value <= high or (kind is int and value != int(value)):
        raise _not_allowed(setting, value)
    return kind(value)


def from_text(setting: Field, text: str) -> Any:
    """What a text in a URL means, not yet checked. ConfigError if it means nothing."""
    if "longest" in setting.metadata:
        if text == "same" and setting.default is None:
            return None
        parts = [part for part in text.split(",") if part]
        if "each" in setting.metadata:
            return tuple(parts)
        return tuple(_number(setting, _kind(setting), part, text) for part in parts)
    if "choices" in setting.metadata or "pattern" in setting.metadata:
        return text
    if isinstance(setting.default, bool):
        if text not in _BOOLEANS.values():
            raise _not_allowed(setting, text)
        return text == _BOOLEANS[True]
    return _number(setting, type(setting.default), text, text)


def from_words(setting: Field, text: str) -> Any:
    """What a list means as a person writes it, with commas or spaces between its entries.

    ConfigError also where a comma may be a decimal one: ``0,25`` may be one number or two.
    """
    if text.strip().lower() == EMPTY:
        return ()
    if text.strip().lower() == setting.metadata.get("unset"):
        return None
    if "each" not in setting.metadata and _kind(setting) is float:
        for word in text.split():
            bare = word.rstrip(",")
            if _DECIMAL_COMMA.fullmatch(bare) or ("." not in bare and _ZERO_COMMA.match(bare)):
                raise ConfigError(
                    f"{setting.name} is {shown(text)}, where {shown(bare)} may be one number or "
                    "several; write a decimal point in a number, and a space between two."
                )
    return from_text(setting, ",".join(text.replace(",", " ").split()))


def in_words(setting: Field, value: Any) -> str:
    """A value as people read it; of a list of numbers `from_words` is the inverse."""
    if value is None:
        return setting.metadata["unset"]
    if isinstance(value, tuple):
        return ", ".join(in_words(setting, each) for each in value) or EMPTY
    if isinstance(value, bool):
        return _BOOLEANS[value]
    if isinstance(value, str):
        return (setting.metadata.get("choices") or setting.metadata["each"])[value]
    return number_text(value)


def number_text(value: float) -> str:
    """As short as people write it, with all digits where fewer would be another number's."""
    short = f"{value:g}"
    return short if isinstance(value, float) and float(short) == value else repr(value)


def to_text(value: Any) -> str:
    """The inverse of from_text."""
    if value is None:
        return "same"
    if isinstance(value, bool):
        return _BOOLEANS[value]
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def to_query(settings: Any) -> dict[str, str]:
    """A dataclass's settings that differ from the default, as strings for a URL."""
    defaults = {each.name: each.default for each in fields(settings)}
    return {
        name: to_text(value) for name, value in asdict(settings).items() if value != defaults[name]
    }


def from_query(kind: type[_T], query: Mapping[str, str]) -> tuple[_T, list[str]]:
    """A dataclass of settings from URL parameters, and a sentence for each one that was ignored.

    Parameters that are no settings of it are left to whoever else reads the URL.
    """
    values: dict[str, Any] = {}
    notices = []
    for each in fields(kind):  # type: ignore[arg-type]
        if each.name not in query:
            continue
        try:
            values[each.name] = checked(each, from_text(each, query[each.name]))
        except ConfigError as error:
            notices.append(str(error))
    try:
        return kind(**values), notices
    except ConfigError as error:  # each is fine alone, together they are too much
        return kind(), [*notices, str(error)]


def _kind(setting: Field) -> type:
    """Of the numbers in a list."""
    return setting.metadata.get("kind", int)


def _number(setting: Field, kind: type, part: str, text: str) -> Any:
    try:
        return kind(part)
    except ValueError:
        raise _not_allowed(setting, text) from None


def shown(value: Any) -> str:
    """A value in a message, cut short."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _not_allowed(setting: Field, value: Any) -> ConfigError:
    return ConfigError(f"{setting.name} is {shown(value)}; {_allowed(setting)}.")


def in_terms_of(setting: Field, error: ConfigError) -> str:
    """A refusal of one setting as people read it who see its label: "Hidden widths: 'abc'; …"."""
    said = str(error).removeprefix(setting.name)
    return setting.metadata["label"] + ": " + re.sub(r"^(: | is )", "", said).strip()


def _allowed(setting: Field) -> str:
    bounds = setting.metadata
    if isinstance(setting.default, bool):
        return "it may be " + " or ".join(_BOOLEANS.values())
    if "choices" in bounds:
        return "it may be " + ", ".join(bounds["choices"])
    if "pattern" in bounds:
        return f"it may be {bounds['like']}"
    if "each" in bounds:
        return f"it must be a list of {bounds['noun']} names"
    low, high = bounds["minimum"], bounds["maximum"]
    if "longest" in bounds and _kind(setting) is float:
        return f"it must be a list of numbers from {low:g} to {high:g}"
    if "longest" in bounds:
        return f"it must be a list of whole numbers from {low:,} to {high:,}"
    if isinstance(setting.default, int):
        return f"it must be a whole number from {low:,} to {high:,}"
    return f"it must be a number from {low:g} to {high:g}"
