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
    return {
        "rates": list(tuning.rates),
        "losses": [
            [[loss if math.isfinite(loss) else None for loss in seeds] for seeds in arm]
            for arm in tuning.losses.tolist()
        ],
        "images": tuning.images,
        "train_images": tuning.train_images,
        "seconds": tuning.seconds,
        "chosen": list(tuning.chosen),
    }


def from_plain(values: Mapping[str, Any], experiment: Experiment) -> Tuning:
    """The inverse of `to_plain`, of the trials of this experiment; ValueError for other values."""
    rates = experiment.trials[0].swept_values
    if field(values, "rates", list) != list(rates):
        raise ValueError("its tuning tried other learning rates than its experiment asks for")
    seconds = field(values, "seconds", float)
    if seconds < 0:
        raise ValueError("its tuning took a time below 0")
    return Tuning(
        rates=rates,
        losses=_losses(field(values, "losses", list), experiment),
        images=field(values, "images", int),
        train_images=field(values, "train_images", int),
        seconds=seconds,
    )


def of_race(values: Mapping[str, Any], experiment: Experiment) -> Tuning | None:
    """That of a whole race, whose experiment has the learning rates that it chose."""
    found = field(values, "tuning", dict, optional=True) if "tuning" in values else None
    if (found is None) != (experiment.tune == "none"):
        raise ValueError("its experiment and its tuning do not say alike whether it was tuned")
    if found is None:
        return None
    tuning = from_plain(found, experiment)
    if experiment.with_rates(tuning.chosen) != experiment:
        raise ValueError("its learning rates are not those that its tuning chose")
    return tuning


def _losses(entries: list[Any], experiment: Experiment) -> np.ndarray:
    arms, rates = sum(map(len, experiment.arms_by_value)), len(experiment.trials[0].swept_values)
    by_rate = [_of_length(arm, rates) for arm in _of_length(entries, arms)]
    first = by_rate[0][0]
    seeds = len(first) if isinstance(first, list) else 0
    if not 1 <= seeds <= MAX_SEEDS:
        raise ValueError(f"its tuning has {seeds:,} seeds; it must be from 1 to {MAX_SEEDS}")
    losses = [
        [[_loss(loss) for loss in _of_length(each, seeds)] for each in arm] for arm in by_rate
    ]
    return np.array(losses)


def _of_length(entries: Any, length: int) -> list[Any]:
    if not isinstance(entries, list) or len(entries) != length:
        raise ValueError("the losses of its tuning are not a number for each trial")
    return entries


def _loss(value: Any) -> float:
    loss = field({"loss": value}, "loss", float, optional=True)
    if loss is not None and abs(loss) > _LARGEST:
        raise ValueError(f"its tuning has a loss of {loss:g}, which no float32 could be")
    return math.nan if loss is None else loss
