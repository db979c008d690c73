"""What came of a race's tuning, as JSON and back: each number is checked as it is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.limits import MAX_SEEDS
from vae_explorer.results.tuning import Tuning
from vae_explorer.saved.fields import field

_LARGEST = float(np.finfo(np.float32).max)


def to_plain(tuning: Tuning) -> dict[str, Any]:
    """Plain JSON types; what each arm has chosen is for whoever reads them elsewhere."""
    losses = tuning.losses.astype(object)
    losses[~np.isfinite(tuning.losses)] = None
    return {
        "rates": list(tuning.rates),
        "inits": list(tuning.inits),
        "losses": losses.tolist(),
        "images": tuning.images,
        "train_images": tuning.train_images,
        "seconds": tuning.seconds,
        "chosen": [None if each is None else list(each) for each in tuning.chosen],
    }


def from_plain(values: Mapping[str, Any], experiment: Experiment) -> Tuning:
    """The inverse of `to_plain`, of the trials of this experiment; ValueError for other values."""
    rates, inits = experiment.trials[0].swept_values, experiment.tried_inits
    if field(values, "rates", list) != list(rates) or field(values, "inits", list) != list(inits):
        raise ValueError("its tuning tried something else than its experiment asks for")
    seconds = field(values, "seconds", float)
    if seconds < 0:
        raise ValueError("its tuning took a time below 0")
    return Tuning(
        rates=rates,
        inits=inits,
        losses=_losses(field(values, "losses", list), experiment),
        images=field(values, "images", int),
        train_images=field(values, "train_images", int),
        seconds=seconds,
    )


def of_race(values: Mapping[str, Any], experiment: Experiment) -> Tuning | None:
    """That of a whole race, whose arms have what it chose."""
    found = field(values, "tuning", dict, optional=True) if "tuning" in values else None
    if (found is None) != (experiment.tune == "none"):
        raise ValueError("its experiment and its tuning do not say alike whether it was tuned")
    if found is None:
        return None
    tuning = from_plain(found, experiment)
    if experiment.tuned_to(tuning.chosen) != experiment:
        raise ValueError("its arms have not what its tuning chose for them")
    return tuning


def _losses(entries: list[Any], experiment: Experiment) -> np.ndarray:
    arms, inits = sum(map(len, experiment.arms_by_value)), len(experiment.tried_inits)
    rates = len(experiment.trials[0].swept_values)
    trials = [
        trial
        for arm in _of_length(entries, arms)
        for init in _of_length(arm, inits)
        for trial in _of_length(init, rates)
    ]
    seeds = len(trials[0]) if isinstance(trials[0], list) else 0
    if not 1 <= seeds <= MAX_SEEDS:
        raise ValueError(f"its tuning has {seeds:,} seeds; it must be from 1 to {MAX_SEEDS}")
    losses = [[_loss(loss) for loss in _of_length(trial, seeds)] for trial in trials]
    return np.array(losses).reshape(arms, inits, rates, seeds)


def _of_length(entries: Any, length: int) -> list[Any]:
    if not isinstance(entries, list) or len(entries) != length:
        raise ValueError("the losses of its tuning are not a number for each trial")
    return entries


def _loss(value: Any) -> float:
    loss = field({"loss": value}, "loss", float, optional=True)
    if loss is not None and abs(loss) > _LARGEST:
        raise ValueError(f"its tuning has a loss of {loss:g}, which no float32 could be")
    return math.nan if loss is None else loss
