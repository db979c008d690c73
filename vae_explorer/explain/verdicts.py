"""What is said of an arm of a race beside another, in words: decided here and nowhere else."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.statistics import LEAST_SEEDS, Difference, found_difference
from vae_explorer.explain.words import epoch_text

BEFORE_THE_END = "so far"
NO_CLEAR_DIFFERENCE = "no clear difference"
TOO_UNEVEN = "too uneven to tell"
NOT_TRAINED = "not trained"
REFERENCE_DIVERGED = "reference diverged"
REFERENCE_UNSETTLED = "reference has no ELBO that settles"
REFERENCE_SHORT = "reference trained for fewer epochs"
REFERENCE_NOT_TRAINED = "reference not trained"


def few(seeds: int) -> str:
    """Of so few that they are an example: one or two, in words."""
    return "one seed" if seeds == 1 else "two seeds"


def power(experiment: Experiment) -> str:
    """What a race could find, in a sentence; nothing where it tests nothing."""
    arms = len(arms_of(experiment))
    size = found_difference(arms, experiment.seeds)
    if np.isnan(size):
        return ""
    return (
        f"With {arms} that race from {experiment.seeds} seeds, two that differ by "
        f"{size:.1f} standard deviations of a seed are told apart in four of five races."
    )


class Verdict(NamedTuple):
    """A few words, and their kind, which decides how they look."""

    kind: str  # reference, better, worse, clear (where neither is better), unclear, example, lost
    words: str


def verdict(
    difference: Difference | None,
    better: int,
    seeds: int,
    diverged: int = 0,
    reference_diverged: int = 0,
    short: float | None = None,
    reference_short: float | None = None,
    unsettled: int = 0,
    reference_unsettled: int = 0,
    *,
    comparable: bool = True,
    shared: bool = False,
    ended: bool = True,
    uneven: bool = False,
) -> Verdict:
    """Of an arm with `seeds` of which `diverged` did; `difference` is None for the reference.

    `better` is 1 where more of the quantity is, −1 where less is, 0 where neither. An arm of which
    seeds diverged has no other verdict: the difference of those that are left is one of the lucky,
    as is each difference to a reference of which `reference_diverged` did. Nor has one that learned
    for fewer epochs than the rest, `short` of them, nor one of which `unsettled` seeds have no
    negative ELBO that settles, nor what is not `comparable` for another reason, nor a number that
    all arms share (`Quantity.shared`), nor anything before the race has `ended`. That no difference
    is clear says little where the seeds of either are `uneven`.
    """
    if diverged:
        return Verdict("lost", _diverged(seeds, diverged))
    if short is not None:
        return Verdict("lost", f"trained to epoch {epoch_text(short)}" if short else NOT_TRAINED)
    if unsettled:
        return Verdict("lost", f"ELBO does not settle{_in_seeds(seeds, unsettled)}")
    if difference is None:
        return Verdict("reference", "reference")
    if reference_diverged:
        return Verdict("unclear", REFERENCE_DIVERGED)
    if reference_short is not None:
        return Verdict("unclear", REFERENCE_SHORT if reference_short else REFERENCE_NOT_TRAINED)
    if reference_unsettled:
        return Verdict("unclear", REFERENCE_UNSETTLED)
    if difference.count == 0:
        return Verdict("unclear", "no value")
    if shared:
        return Verdict("example", "timed once")
    if seeds < LEAST_SEEDS:
        return Verdict("example", f"{few(seeds)}: an example")
    if difference.count < 2:
        return Verdict("example", "one pair of seeds: an example")
    if not ended:
        return Verdict("example", BEFORE_THE_END)
    if not comparable:
        return Verdict("unclear", "not comparable")
    if not difference.clear:
        return Verdict("unclear", TOO_UNEVEN if uneven else NO_CLEAR_DIFFERENCE)
    if better == 0:
        return Verdict("clear", "clearly higher" if difference.mean > 0 else "clearly lower")
    good = better * difference.mean > 0
    return Verdict("better", "clearly better") if good else Verdict("worse", "clearly worse")


def _in_seeds(seeds: int, lost: int) -> str:
    if seeds == 1:
        return ""
    return f" in all {seeds} seeds" if lost == seeds else f" in {lost} of {seeds} seeds"


def _diverged(seeds: int, diverged: int) -> str:
    if seeds == 1:
        return "diverged"
    return (
        f"all {seeds} seeds diverged"
        if diverged == seeds
        else f"{diverged} of {seeds} seeds diverged"
    )
