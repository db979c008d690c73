"""The numbers of a race as files: a CSV for spreadsheets, a JSON that is read back.

The JSON holds what was measured and, for whoever reads it elsewhere, what was made of it. Reading
it back takes the measurements alone, checked field by field as if a stranger had sent them, and
works out the rest again.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.findings import claims, explain, recommend
from vae_explorer.explain.standing import Standing
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import ALPHA, LEVEL, Difference, Interval
from vae_explorer.results.environment import Environment
from vae_explorer.results.race import QUANTITIES, LayerHealth, MemberJudgement, Race
from vae_explorer.saved import tuning_json
from vae_explorer.saved.fields import check_format, check_name, field, mapping, parse_object
from vae_explorer.saved.run_json import check_float32, result_from

FORMAT = "vae-explorer race"
VERSION = 1  # grows when a reader of the version before would misread what is written
MOST_BYTES = 16 * 1024**2  # of a file that is read: some 30 kB a member, with room
_MOST_LAYERS = 64

COLUMNS = (
    *("arm", "encoder_activation", "decoder_activation", "swept", "value", "seed"),
    "learning_rate",
    *QUANTITIES,
    *(
        "validation_loss",
        "bound_error",
        "draw_error",
        "settles",
        "diverged",
        "diverged_at_step",
        "diverged_in_layer",
        "why",
        "epochs",
    ),
)


# --- CSV ---


def to_csv(race: Race) -> str:
    """A header, then a line a member. Shares are from 0 to 1.

    A cell is empty where there is no number, and those of a member that diverged or never began
    all are: what it was before it stopped, or before it learned anything, is no result.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    sweep = race.experiment.sweep
    for arm in race.arms:
        for row in arm.rows:
            member = race.members[row]
            recipe, frozen = member.result.recipe, member.result.frozen
            numbers = [q.of(member) if member.counts else None for q in QUANTITIES.values()]
            writer.writerow(
                [
                    *(arm.key, recipe.encoder_activation, recipe.decoder_activation),
                    *("" if sweep == "none" else sweep, _cell(arm.value), recipe.seed),
                    recipe.learning_rate,
                    *map(_cell, numbers),
                    _cell(member.validation_loss if member.counts else None),
                    _cell(member.bound_error if member.counts else None),
                    _cell(member.draw_error if member.counts else None),
                    ("yes" if member.settles else "no") if member.counts else "",
                    *("yes" if frozen else "no", frozen.step if frozen else ""),
                    *((_text(frozen.layer), _text(frozen.reason)) if frozen else ("", "")),
                    _cell(member.result.epochs),
                ]
            )
    return text.getvalue()


def _cell(value: float | None) -> str:
    """With as many digits as it takes to read the same number back."""
    return "" if value is None else str(value)


def _text(words: str) -> str:
    """Words of a file that a stranger wrote must not be a formula to a spreadsheet."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words


# --- JSON ---


def to_json(race: Race, reference: str) -> str:
    """The race and all that was made of it, held against the arm with the key `reference`."""
    environment, standings = race.environment, Standings(race, reference)
    values = {
        "format": FORMAT,
        "version": VERSION,
        "experiment": race.experiment.to_dict(),
        "environment": environment
        and {**vars(environment), "versions": dict(environment.versions)},
        "loss_draws": race.loss_draws,
        "bound_samples": race.bound_samples,
        "bound_images": race.bound_images,
        "train_images": race.train_images,
        "validation_images": race.validation_images,
        "tuning": None if race.tuning is None else tuning_json.to_plain(race.tuning),
        "members": [
            dataclasses.asdict(dataclasses.replace(member, gradients=dict(member.gradients)))
            for member in race.members
        ],
        "reference": reference,
        "interval_level": LEVEL,
        "alpha": ALPHA,
        "arms": _arms(standings),
        "leaders": _leaders(standings),
        "findings": [dataclasses.asdict(finding) for finding in explain(standings)],
        "claims": [dataclasses.asdict(finding) for finding in claims(standings)],
        "recommendation": dataclasses.asdict(recommend(standings)),
    }
    return json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _arms(standings: Standings) -> list[dict[str, Any]]:
    """What was made of each quantity, for each arm."""
    return [
        {
            "key": arm.key,
            "label": arm.label,
            "value": arm.value,
            "seeds": len(arm.rows),
            "diverged": int(standings.diverged[index]),
            "epochs": float(standings.epochs[index]),
            "quantities": {name: _stands(standings.of(name), index) for name in QUANTITIES},
        }
        for index, arm in enumerate(standings.arms)
    ]


def _stands(standing: Standing, arm: int) -> dict[str, Any]:
    """Mean, interval, difference to the reference and what is said of it."""
    difference = None if standing.shared else standing.differences[arm]
    return {
        **_interval(standing.intervals[arm]),
        "difference": difference and _difference(difference),
        "verdict": standing.verdict(arm).words,
    }


def _interval(found: Interval) -> dict[str, Any]:
    numbers = {"mean": found.mean, "low": found.low, "high": found.high}
    finite = {name: number if math.isfinite(number) else None for name, number in numbers.items()}
    return {**finite, "count": found.count}


def _difference(found: Difference) -> dict[str, Any]:
    return {
        **_interval(found),
        "p_value": found.p_value,
        "p_value_adjusted": found.adjusted,
        "clear": bool(found.clear),
    }


def _leaders(standings: Standings) -> dict[str, list[str]]:
    """Keys of the arms that may be the best by each quantity; nobody leads by one seed or two."""
    if standings.example:
        return {}
    return {
        name: list(standings.keys(*standings.of(name).leaders))
        for name, about in QUANTITIES.items()
        if about.better and not about.shared
    }


def from_json(text: str) -> Race:
    """The race of a text that `to_json` made; ValueError, with a sentence, for any other text."""
    try:
        return _race(text)
    except ValueError as error:
        raise ValueError(f"The race cannot be read: {str(error).rstrip('.')}.") from error


def _race(text: str) -> Race:
    if len(text) > MOST_BYTES:
        raise ValueError(f"it has {len(text):,} characters, more than {MOST_BYTES:,}")
    values = parse_object(text)
    check_format(values, FORMAT, VERSION, "race")
    experiment = Experiment.from_dict(field(values, "experiment", dict))
    entries = field(values, "members", list)
    recipes = experiment.members
    if len(entries) != len(recipes):
        raise ValueError(f"it has {len(entries):,} members and its experiment has {len(recipes):,}")
    latents = [each.latent for each in experiment.shapes for _ in each.members]
    _check_epochs(experiment, entries)
    return Race(
        experiment=experiment,
        arms=arms_of(experiment),
        members=tuple(
            _member(entry, recipe, index, latent)
            for index, (entry, recipe, latent) in enumerate(zip(entries, recipes, latents))
        ),
        # Races of before had one draw for the ELBO, and the bound was on other images.
        loss_draws=field(values, "loss_draws", int) if "loss_draws" in values else 1,
        bound_samples=field(values, "bound_samples", int),
        bound_images=field(values, "bound_images", int),
        train_images=field(values, "train_images", int),
        validation_images=field(values, "validation_images", int)
        if "validation_images" in values
        else 0,
        environment=_environment(field(values, "environment", dict, optional=True)),
        tuning=tuning_json.of_race(values, experiment),
    )


def _check_epochs(experiment: Experiment, entries: Sequence[Any]) -> None:
    """That VAEs which train together say as much, and no more than was planned."""
    results = [entry.get("result") if isinstance(entry, dict) else None for entry in entries]
    said = iter([result.get("epochs") for result in results if isinstance(result, dict)])
    for shape in experiment.shapes:
        found = {value for _, value in zip(shape.members, said) if isinstance(value, int | float)}
        if len(found) > 1:
            raise ValueError("VAEs of one shape, which train together, say different epochs")
        if any(not 0 <= value <= shape.epochs for value in found):
            raise ValueError(f"a VAE says more epochs than the {shape.epochs:,} of its experiment")


def _environment(values: Mapping[str, Any] | None) -> Environment | None:
    if values is None:
        return None
    return Environment(
        made=field(values, "made", str),
        versions=mapping(values, "versions", str),
        precision=field(values, "precision", str),
        threads=field(values, "threads", int),
        data_origin=field(values, "data_origin", str),
    )


def _member(entry: Any, recipe: Any, index: int, latent: int) -> MemberJudgement:
    if not isinstance(entry, dict):
        raise ValueError(f"member {index} is no object with fields")
    result = result_from(field(entry, "result", dict), recipe, index)
    if result.active_latents > latent:
        raise ValueError(f"member {index} has more active latents than its {latent}")
    member = MemberJudgement(
        result=result,
        train_loss=field(entry, "train_loss", float, optional=True),
        bound=field(entry, "bound", float, optional=True),
        bound_error=field(entry, "bound_error", float, optional=True),
        layers=tuple(_layer(each) for each in _few(field(entry, "layers", list), index)),
        gradients=mapping(entry, "gradients", float),
        **_of_draws(entry),
    )
    for name in _few(list(member.gradients), index):
        check_name("layer", name)
    norms = member.gradients.values()
    errors = member.bound_error, member.draw_error
    check_float32(index, member.train_loss, member.bound, member.validation_loss, *errors, *norms)
    if any(norm < 0 for norm in norms):
        raise ValueError(f"member {index} has a norm or a time below 0")
    return member


def _of_draws(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What races of before do not say."""
    if "draw_error" not in entry:
        return {}
    found = {
        "draw_error": field(entry, "draw_error", float, optional=True),
        "settles": field(entry, "settles", bool),
    }
    if "validation_loss" in entry:
        found["validation_loss"] = field(entry, "validation_loss", float, optional=True)
    return found


def _layer(entry: Any) -> LayerHealth:
    if not isinstance(entry, dict):
        raise ValueError("one of its layers is no object with fields")
    layer = LayerHealth(
        name=field(entry, "name", str),
        dead=field(entry, "dead", float),
        saturated=field(entry, "saturated", float),
        one_sided=field(entry, "one_sided", float, optional=True) if "one_sided" in entry else None,
    )
    check_name("layer", layer.name)
    if not all(0 <= share <= 1 for share in (layer.dead, layer.saturated, layer.one_sided or 0.0)):
        raise ValueError("a share of the units of a layer is not from 0 to 1")
    return layer


def _few(layers: Sequence[Any], index: int) -> Sequence[Any]:
    if len(layers) > _MOST_LAYERS:
        raise ValueError(f"member {index} has {len(layers):,} layers, more than {_MOST_LAYERS}")
    return layers
