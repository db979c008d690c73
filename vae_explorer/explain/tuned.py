"""Rules on a tuned race: what each arm chose, what that cost, and what sharing would have said.

Losses of trials are means over a few seeds on validation images. They choose, and nothing more: no
sentence calls two of them clearly different.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.words import listed, sentence
from vae_explorer.results.tuning import Tuning


def chosen(facts: Standings) -> Iterator[Finding]:
    """What each arm took, and how it was found."""
    tuning = facts.race.tuning
    if tuning is None:
        return
    who, they, reach = ("Each", "They", "they reach")
    if len(facts.arms) == 1:
        who, they, reach = ("It", "It", "it reaches")
    text = (
        f"{who} took its best {what_is_tuned(tuning)} by the negative ELBO on {tuning.images:,} "
        f"validation images: {_choices(facts, tuning)}. {they} chose from "
        f"{len(tuning.rates)} rates, {_span(tuning)}, the lowest within a standard error of the "
        f"best mean of {_seeds(tuning)}; what {reach} is from other seeds and on test images, "
        "which chose nothing"
    )
    yield Finding("tuned", facts.keys(*facts.every), sentence(text), 98)


def what_is_tuned(tuning: Tuning) -> str:
    """ "learning rate", or "learning rate and initial weights"."""
    return "learning rate" + " and initial weights" * (len(tuning.inits) > 1)


def _choices(facts: Standings, tuning: Tuning) -> str:
    shared = facts.race.experiment.learning_rate
    return choices(tuning, facts.labels(*facts.every), shared)


def choices(tuning: Tuning, labels: list[str], shared: float) -> str:
    """ "0.03 for ReLU and ELU; 0.1 for Tanh", and the `shared` rate of whom none came through."""
    found = []
    for option in sorted({each for each in tuning.chosen if each is not None}):
        names = [label for label, own in zip(labels, tuning.chosen) if own == option]
        found.append(f"{_option(tuning, *option)} for {listed(names)}")
    if lost := [label for label, own in zip(labels, tuning.choices) if own is None]:
        found.append(f"{number_text(shared)} for {listed(lost)}, of which every trial lost seeds")
    return "; ".join(found)


def _option(tuning: Tuning, rate: float, init: str) -> str:
    """ "0.03", or "0.03 with weights scaled by gain"."""
    kinds = {"gain": " with weights scaled by gain", "pytorch": " with PyTorch's weights"}
    return number_text(rate) + kinds[init] * (len(tuning.inits) > 1)


def edge(facts: Standings) -> Iterator[Finding]:
    """Choices at an end of what was tried, beyond which there may be better ones."""
    tuning = facts.race.tuning
    if tuning is None or len(tuning.rates) < 2:
        return
    ends = {0: ("lowest", "lower"), len(tuning.rates) - 1: ("highest", "higher")}
    for place, (end, beyond) in ends.items():
        arms = [arm for arm, own in enumerate(tuning.choices) if own and own[1] == place]
        if not arms:
            continue
        whom = "it" if len(arms) == 1 else "them"
        text = (
            f"{listed(facts.labels(*arms))} chose the {end} learning rate that was tried, "
            f"{number_text(tuning.rates[place])}: a {beyond} one may suit {whom} better"
        )
        yield Finding("tuned_edge", facts.keys(*arms), sentence(text), 97)


def if_shared(facts: Standings) -> Iterator[Finding]:
    """Which arm the trials would have put first with one setting for all."""
    tuning = facts.race.tuning
    if tuning is None or len(facts.arms) < 2:
        return
    first: dict[str, list[str]] = {}
    for (number, init), (place, rate) in product(enumerate(tuning.inits), enumerate(tuning.rates)):
        means = tuning.means[:, number, place]
        if np.isfinite(means).any():
            label = facts.arms[int(np.nanargmin(means))].label
            first.setdefault(label, []).append(_option(tuning, rate, init))
    if not first:
        return
    shared = f"Had all shared one {what_is_tuned(tuning)}"
    if len(first) == 1:
        (label,) = first
        text = f"{shared}, the lowest mean would be {label}'s at each tried"
    else:
        parts = [f"{label} at {listed(options)}" for label, options in first.items()]
        text = f"{shared}, it would have decided who has the lowest mean: {'; '.join(parts)}"
    text += f" ({_seeds(tuning)} each, on validation images; not tested)"
    yield Finding("tuned_shared", (), sentence(text), 83)


def cost(facts: Standings) -> Iterator[Finding]:
    """What tuning took, beside the race."""
    tuning = facts.race.tuning
    if tuning is None:
        return
    text = (
        f"Tuning trained {tuning.trials:,} VAEs on {tuning.train_images:,} images each, in "
        f"{tuning.seconds:,.0f} s, before the {len(facts.race.members):,} of the race"
    )
    yield Finding("tuned_cost", (), sentence(text), 5)


def _span(tuning: Tuning) -> str:
    return f"{number_text(tuning.rates[0])} to {number_text(tuning.rates[-1])}"


def _seeds(tuning: Tuning) -> str:
    seeds = tuning.losses.shape[3]
    return f"{seeds} seed{'s' * (seeds > 1)}"


RULES = (chosen, edge, if_shared, cost)
