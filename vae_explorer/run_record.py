"""What run.json says of a saved run, checked field by field when it is read back."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vae_explorer.config import Experiment, Member
from vae_explorer.results import MemberResult
from vae_explorer.snapshot import Freeze

FORMAT = "vae-explorer run"
VERSION = 1  # grows when a reader of the version before would misread what is written


@dataclass(frozen=True)
class RunInfo:
    """How a run was made and how far it got."""

    made: str  # when it was saved, in UTC, ISO 8601
    finished: bool  # or else interrupted
    step: int
    steps: int  # of the whole experiment
    epoch: float
    precision: str  # of the matrix products in training: float32 or bfloat16
    threads: int
    versions: Mapping[str, str]  # of python, torch, numpy and vae_explorer
    data_origin: str  # one sentence: where the images came from
    training_images: int
    test_images: int
    changes: tuple[Mapping[str, float], ...]  # {"step": s, "beta": b}: set while it trained


@dataclass(frozen=True)
class RunRecord:
    """All of a saved run but its curves and weights."""

    experiment: Experiment
    results: tuple[MemberResult, ...]
    info: RunInfo

    def to_json(self) -> str:
        """The text of run.json. ValueError if a number in it is not finite."""
        values = {
            "format": FORMAT,
            "version": VERSION,
            **dataclasses.asdict(self.info),
            "experiment": self.experiment.to_dict(),
            "members": [dataclasses.asdict(result) for result in self.results],
        }
        return json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> RunRecord:
        """The inverse of to_json. ValueError, whose message says what is wrong, for other text."""
        values = parse_object(text)
        _check_format(values)
        experiment = Experiment.from_dict(_field(values, "experiment", dict))
        info = _info(values)
        entries = _field(values, "members", list)
        if len(entries) != len(experiment.members):
            raise ValueError(
                f"it has results of {len(entries):,} members and the experiment has "
                f"{len(experiment.members):,}"
            )
        results = tuple(
            _result(entry, recipe, index)
            for index, (entry, recipe) in enumerate(zip(entries, experiment.members))
        )
        _check_end(info, results)
        return cls(experiment, results, info)


def parse_object(text: str) -> dict[str, Any]:
    """The JSON object that the text is; ValueError for any other text."""
    try:
        values = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise ValueError("it is JSON, but no object with fields")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _check_format(values: Mapping[str, Any]) -> None:
    if values.get("format") != FORMAT:
        raise ValueError(f"it is no run of VAE Explorer: its format is not {FORMAT!r}")
    version = _field(values, "version", int)
    if version > VERSION:
        raise ValueError(
            f"a newer VAE Explorer wrote it, in version {version} of the format; this one reads "
            f"up to version {VERSION}"
        )
    if version < 1:
        raise ValueError(f"there is no version {version} of the format")


def _info(values: Mapping[str, Any]) -> RunInfo:
    return RunInfo(
        made=_field(values, "made", str),
        finished=_field(values, "finished", bool),
        step=_field(values, "step", int),
        steps=_field(values, "steps", int),
        epoch=_field(values, "epoch", float),
        precision=_field(values, "precision", str),
        threads=_field(values, "threads", int),
        versions=_mapping(values, "versions", str),
        data_origin=_field(values, "data_origin", str),
        training_images=_field(values, "training_images", int),
        test_images=_field(values, "test_images", int),
        changes=_changes(values),
    )


def _check_end(info: RunInfo, results: Sequence[MemberResult]) -> None:
    """A run is finished after its last step, or as soon as all of its members are frozen."""
    ended = info.step == info.steps or all(result.frozen for result in results)
    if info.step > info.steps or info.finished != ended:
        raise ValueError(
            f"step {info.step} of {info.steps} and finished {info.finished} contradict each other"
        )


def _changes(values: Mapping[str, Any]) -> tuple[Mapping[str, float], ...]:
    changes = []
    for entry in _field(values, "changes", list):
        settings = _mapping({"changes": entry}, "changes", float)
        changes.append({**settings, "step": _field(entry, "step", int)})
    return tuple(changes)


def _result(entry: Any, recipe: Member, index: int) -> MemberResult:
    wanted = dataclasses.asdict(recipe)
    found = entry.get("recipe") if isinstance(entry, dict) else None
    if isinstance(found, dict):  # runs of before a sweep could reach it name no learning rate
        found = {"learning_rate": recipe.learning_rate, **found}
    if found != wanted:
        raise ValueError(f"member {index} has not the recipe that the experiment gives it")
    return MemberResult(
        recipe=recipe,
        test_loss=_field(entry, "test_loss", float, optional=True),
        test_reconstruction=_field(entry, "test_reconstruction", float, optional=True),
        test_kl=_field(entry, "test_kl", float, optional=True),
        active_latents=_field(entry, "active_latents", int),
        seconds=_field(entry, "seconds", float),
        seconds_with_evaluation=_field(entry, "seconds_with_evaluation", float),
        images_per_second=_field(entry, "images_per_second", float),
        frozen=_freeze(_field(entry, "frozen", dict, optional=True), index),
    )


def _freeze(values: Mapping[str, Any] | None, index: int) -> Freeze | None:
    if values is None:
        return None
    if values.get("member") != index:
        raise ValueError(f"member {index} is frozen as if it were another")
    return Freeze(
        member=index,
        step=_field(values, "step", int),
        layer=_field(values, "layer", str),
        reason=_field(values, "reason", str),
    )


_LARGEST = sys.float_info.max
_KINDS = {
    str: "a text",
    int: "a whole number, at least 0",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def _mapping(values: Mapping[str, Any], name: str, kind: type) -> Mapping[str, Any]:
    entries = _field(values, name, dict)
    if not all(_is(key, str) for key in entries):
        raise ValueError(f"a name in its field {name!r} is no text")
    return {key: _field(entries, key, kind) for key in entries}


def _field(values: Mapping[str, Any], name: str, kind: type, optional: bool = False) -> Any:
    """The field in its type, or None where it may be null. Counts are never negative."""
    if name not in values:
        raise ValueError(f"it lacks the field {name!r}")
    value = values[name]
    if optional and value is None:
        return None
    if not _is(value, kind):
        shown = repr(value)
        shown = shown if len(shown) <= 40 else shown[:40] + "…"
        raise ValueError(f"its field {name!r} is {shown}; it must be {_KINDS[kind]}")
    return kind(value)


def _is(value: Any, kind: type) -> bool:
    if kind is float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and -_LARGEST <= value <= _LARGEST  # false for NaN too
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind is str:  # halves of a character are valid JSON and can be neither shown nor saved
        return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)
    return isinstance(value, kind)
