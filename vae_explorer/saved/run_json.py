"""What run.json says of a saved run, checked field by field when it is read back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.limits import MAX_MEMBERS as _MOST_MEMBERS
from vae_explorer.experiment.recipe import Member
from vae_explorer.experiment.settings import shown
from vae_explorer.results.members import MemberResult
from vae_explorer.results.snapshot import Freeze
from vae_explorer.saved.fields import check_format, check_name, field, mapping, parse_object

FORMAT = "vae-explorer run"
VERSION = 1  # grows when a reader of the version before would misread what is written
_MOST_CHANGES = 10_000  # of settings while it trained
_LARGEST = 2.0**128 - 2.0**104  # of a float32


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
    loss_draws: int = 1  # of z for each test image, that the losses are the mean of
    unsettled: tuple[int, ...] = ()  # members that have no loss, since single draws decide it


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
        check_format(values, FORMAT, VERSION, "run")
        experiment = Experiment.from_dict(field(values, "experiment", dict))
        info = _info(values)
        entries = field(values, "members", list)
        if len(entries) != len(experiment.members):
            raise ValueError(
                f"it has results of {len(entries):,} members and the experiment has "
                f"{len(experiment.members):,}"
            )
        results = tuple(
            result_from(entry, recipe, index, info.epoch)
            for index, (entry, recipe) in enumerate(zip(entries, experiment.members))
        )
        _check_end(info, results)
        return cls(experiment, results, info)


def _info(values: Mapping[str, Any]) -> RunInfo:
    return RunInfo(
        made=field(values, "made", str),
        finished=field(values, "finished", bool),
        step=field(values, "step", int),
        steps=field(values, "steps", int),
        epoch=field(values, "epoch", float),
        precision=field(values, "precision", str),
        threads=field(values, "threads", int),
        versions=mapping(values, "versions", str),
        data_origin=field(values, "data_origin", str),
        training_images=field(values, "training_images", int),
        test_images=field(values, "test_images", int),
        changes=_changes(values),
        **_of_draws(values),
    )


def _of_draws(values: Mapping[str, Any]) -> dict[str, Any]:
    """What runs of before do not say."""
    if "loss_draws" not in values:
        return {}
    members = field(values, "unsettled", list)
    if not all(isinstance(each, int) and 0 <= each < _MOST_MEMBERS for each in members):
        raise ValueError(f"its field 'unsettled' is {shown(members)}; it must be a list of members")
    return {"loss_draws": field(values, "loss_draws", int), "unsettled": tuple(members)}


def _check_end(info: RunInfo, results: Sequence[MemberResult]) -> None:
    """A run is finished after its last step, or as soon as all of its members are frozen."""
    ended = info.step == info.steps or all(result.frozen for result in results)
    if info.step > info.steps or info.finished != ended:
        raise ValueError(
            f"step {info.step} of {info.steps} and finished {info.finished} contradict each other"
        )


def _changes(values: Mapping[str, Any]) -> tuple[Mapping[str, float], ...]:
    changes = []
    entries = field(values, "changes", list)
    if len(entries) > _MOST_CHANGES:
        raise ValueError(f"it has {len(entries):,} changes, more than {_MOST_CHANGES:,}")
    for entry in entries:
        settings = mapping({"changes": entry}, "changes", float)
        changes.append({**settings, "step": field(entry, "step", int)})
    return tuple(changes)


def result_from(
    entry: Any, recipe: Member, index: int, epochs: float | None = None
) -> MemberResult:
    """The result of member `index`, of this recipe, from its JSON; ValueError if it is none.

    `epochs` are those that it was trained for where the JSON, as those of before, does not say.
    """
    wanted = dataclasses.asdict(recipe)
    found = entry.get("recipe") if isinstance(entry, dict) else None
    if isinstance(found, dict):  # runs of before members could differ in them do not name these
        found = {"learning_rate": recipe.learning_rate, "init": recipe.init, **found}
    if found != wanted:
        raise ValueError(f"member {index} has not the recipe that the experiment gives it")
    said = field(entry, "epochs", float, optional=True) if "epochs" in entry else None
    result = MemberResult(
        recipe=recipe,
        test_loss=field(entry, "test_loss", float, optional=True),
        test_reconstruction=field(entry, "test_reconstruction", float, optional=True),
        test_kl=field(entry, "test_kl", float, optional=True),
        active_latents=field(entry, "active_latents", int),
        seconds=field(entry, "seconds", float),
        seconds_with_evaluation=field(entry, "seconds_with_evaluation", float),
        images_per_second=field(entry, "images_per_second", float),
        frozen=_freeze(field(entry, "frozen", dict, optional=True), index),
        epochs=epochs if said is None else said,
    )
    timings = (result.seconds, result.seconds_with_evaluation, result.images_per_second)
    if min(timings) < 0:
        raise ValueError(f"member {index} has a norm or a time below 0")
    check_float32(index, result.test_loss, result.test_reconstruction, result.test_kl, *timings)
    return result


def check_float32(index: int, *numbers: float | None) -> None:
    """ValueError if training, which is in float32, cannot have come to a number of a member."""
    if any(abs(number) > _LARGEST for number in numbers if number is not None):
        raise ValueError(f"member {index} has a number that no float32 could be")


def _freeze(values: Mapping[str, Any] | None, index: int) -> Freeze | None:
    if values is None:
        return None
    if values.get("member") != index:
        raise ValueError(f"member {index} is frozen as if it were another")
    layer = field(values, "layer", str)
    check_name("layer", layer)
    return Freeze(
        member=index,
        step=field(values, "step", int),
        layer=layer,
        reason=field(values, "reason", str),
    )
