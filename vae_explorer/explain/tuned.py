"""Rules on a tuned race: what each arm chose, what that cost, and what sharing would have said.

Losses of trials are means over a few seeds on validation images. They choose, and nothing more: no
sentence calls two of them clearly different.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.words import listed, sentence
from vae_explorer.results.tuning import Tuning


def chosen(facts: Standings) -> Iterator[Finding]:
    """The learning rate of each arm, and how it was found."""
    tuning = facts.race.tuning
    if tuning is None:
        return
    who, they = ("Each", "They") if len(facts.arms) > 1 else ("It", "It")
    text = (
        f"{who} took the learning rate with the lowest negative ELBO on "
        f"{tuning.images:,} validation images: {choices(tuning, facts.labels(*facts.every))}. "
        f"{they} chose from {len(tuning.rates)}, {_span(tuning)}, by the mean of "
        f"{_seeds(tuning)} and a standard error; what {they.lower()} reach"
        f"{'es' * (they == 'It')} is from other seeds and on test "
        "images, which chose nothing"
    )
    yield Finding("tuned", facts.keys(*facts.every), sentence(text), 98)


def choices(tuning: Tuning, labels: list[str]) -> str:
    """ "0.03 for ReLU and ELU; 0.1 for Tanh", and for whom none came through."""
    found = []
    for place, rate in enumerate(tuning.rates):
        names = [label for label, own in zip(labels, tuning.choices) if own == place]
        if names:
            found.append(f"{number_text(rate)} for {listed(names)}")
    if lost := [label for label, own in zip(labels, tuning.choices) if own is None]:
        found.append(f"none for {listed(lost)}, of which every trial lost seeds")
    return "; ".join(found)


def edge(facts: Standings) -> Iterator[Finding]:
    """Choices at an end of what was tried, beyond which there may be better ones."""
    tuning = facts.race.tuning
    if tuning is None or len(tuning.rates) < 2:
        return
    ends = {0: ("lowest", "lower"), len(tuning.rates) - 1: ("highest", "higher")}
    for place, (end, beyond) in ends.items():
        arms = [arm for arm, own in enumerate(tuning.choices) if own == place]
        if not arms:
            continue
        whom = "it" if len(arms) == 1 else "them"
        text = (
            f"{listed(facts.labels(*arms))} chose the {end} learning rate that was tried, "
            f"{number_text(tuning.rates[place])}: a {beyond} one may suit {whom} better"
        )
        yield Finding("tuned_edge", facts.keys(*arms), sentence(text), 97)


def if_shared(facts: Standings) -> Iterator[Finding]:
    """Which arm the trials would have put first at one learning rate for all."""
    tuning = facts.race.tuning
    if tuning is None or len(facts.arms) < 2:
        return
    first: dict[str, list[str]] = {}
    for rate, means in zip(tuning.rates, tuning.means.T):
        if np.isfinite(means).any():
            label = facts.arms[int(np.nanargmin(means))].label
            first.setdefault(label, []).append(number_text(rate))
    if not first:
        return
    if len(first) == 1:
        (label,) = first
        text = f"Had all shared one learning rate, the lowest mean would be {label}'s at each tried"
    else:
        parts = [f"{label} at {listed(rates)}" for label, rates in first.items()]
        text = (
            "Had all shared one learning rate, it would have decided who has the lowest mean: "
            f"{'; '.join(parts)}"
        )
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
    seeds = tuning.losses.shape[2]
    return f"{seeds} seed{'s' * (seeds > 1)}"


RULES = (chosen, edge, if_shared, cost)
