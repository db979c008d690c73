"""What a race says to the article's claims on how activations behave; `choice_claims` has the rest.

Each rule speaks to one claim, and only where the race has the arms that it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.explain.choice_claims import adaptive, hard_choice, newer, overfitting
from vae_explorer.explain.claim_words import (
    activations_of,
    against,
    claim,
    count,
    diverged,
    ends,
    most_dead,
)
from vae_explorer.explain.mechanism import DEAD, gradients, layer_shares
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.words import listed, margin, percent, size

MENDED = ("leaky_relu", "prelu")  # ReLU, mended


def non_linear(facts: Standings) -> Iterator[Finding]:
    """C1: a non-linear network learns what a linear one cannot."""
    arms = activations_of(facts)
    others = [arm for name, arm in arms.items() if ACTIVATIONS[name].family != "linear"]
    if "linear" not in arms or not others:
        return
    found = against(facts, others, arms["linear"])
    below = {arm: each for arm, each in found.items() if each.mean < 0}
    here = f"{count(len(below), len(others))} non-linear activations end clearly below Linear"
    here = here.replace("all 1 non-linear activations end", "the non-linear one ends")
    here = here.replace("none of 1 non-linear activations end", "the non-linear one does not end")
    if below:
        best = min(below, key=lambda arm: below[arm].mean)
        here += (
            f", {facts.arms[best].label} by most, {size(below[best])} nats {margin(below[best])}"
        )
    if above := [arm for arm, each in found.items() if each.mean > 0]:
        here += f", and {listed(facts.labels(*above))} clearly above it"
    says = "non-linear activations learn relations that a linear one cannot"
    yield claim("C1", facts, [arms["linear"], *others], says, here)


def dying_relu(facts: Standings) -> Iterator[Finding]:
    """C2: units of ReLU die; LeakyReLU and PReLU mend it."""
    arms = activations_of(facts)
    mended = [arms[name] for name in MENDED if name in arms]
    if "relu" not in arms or not mended:
        return
    relu = arms["relu"]
    share = most_dead(facts, relu)
    here = f"{percent(share)} of ReLU's units are dead in its worst layer"
    sides = {arm: facts.interval("one_sided", arm).mean for arm in (relu, *mended)}
    if all(map(np.isfinite, sides.values())):
        # "0 % dead" would be no evidence: with a slope on both sides none can be.
        here += (
            f". With {listed(facts.labels(*mended), 'or')} a unit has a slope below 0 too, so that "
            "what can be compared are units that never change sign, in the worst layer "
        ) + listed([f"{percent(sides[arm])} with {facts.arms[arm].label}" for arm in sides])
    found = against(facts, mended, relu)
    for arm in mended:
        here += f"; {facts.arms[arm].label} ends {ends(found.get(arm), 'ReLU')}"
    if share < DEAD:
        here += ", and hardly any unit needed mending"
    says = "units of ReLU can die and that LeakyReLU and PReLU mend it"
    yield claim("C2", facts, [relu, *mended], says, here)


def bounded(facts: Standings) -> Iterator[Finding]:
    """C4: the range of tanh keeps outputs under control."""
    experiment = facts.race.experiment
    rows = {arm.activation_key: row for row, arm in enumerate(facts.arms)}
    free = [
        row
        for name, row in rows.items()
        if name in ACTIVATIONS and max(map(abs, ACTIVATIONS[name].range)) == float("inf")
    ]
    if experiment.sweep != "none" or "tanh" not in rows or not free:
        return
    tanh = rows["tanh"]
    lost = [row for row in free if facts.diverged[row]]
    stays = f"Tanh {diverged(facts, tanh)}"
    if lost:
        others = listed([f"{facts.arms[row].label} {diverged(facts, row)}" for row in lost])
        here = f"{stays}, while of the unbounded activations {others}"
    else:
        here = f"{stays}, and none of {len(free)} unbounded activations diverged either"
        here = here.replace("none of 1 unbounded activations diverged", "the unbounded one did not")
    shares = layer_shares(facts, tanh, "saturated")
    if shares:
        here += (
            f"; {percent(max(shares.values()))} of Tanh's units are saturated in its worst layer"
        )
    says = "Tanh's range from −1 to 1 helps to control the outputs of layers"
    yield claim("C4", facts, [tanh, *free], says, here)


def complex_relations(facts: Standings) -> Iterator[Finding]:
    """C5: ReLU lets the model learn complex relations."""
    arms = activations_of(facts)
    if not {"relu", "linear"} <= set(arms):
        return
    relu, linear = arms["relu"], arms["linear"]
    here = f"ReLU ends {ends(against(facts, [relu], linear).get(relu), 'Linear')}"
    says = "ReLU lets a VAE learn complex relations"
    yield claim("C5", facts, [relu, linear], says, here)


def stability(facts: Standings) -> Iterator[Finding]:
    """C12: vanishing or exploding gradients trouble training."""
    lost = [row for row in range(len(facts.arms)) if facts.diverged[row]]
    faded = [key for finding in gradients(facts) for key in finding.arms]
    has_exponential = any("exponential" in arm.activation_key.split(">") for arm in facts.arms)
    if not (lost or faded or has_exponential):
        return
    parts = []
    if lost:
        named = [f"{facts.arms[row].label} {diverged(facts, row)}" for row in lost[:3]]
        more = f" and {len(lost) - 3} more {facts.noun} lost seeds too" * (len(lost) > 3)
        parts.append(listed(named) + more)
    elif has_exponential:
        parts.append("no seed diverged, not even with Exponential")
    if faded:
        rows = [facts.race.row(key) for key in faded]
        parts.append(
            f"with {listed(facts.labels(*rows[:3]))} the gradients of some layers are more than "
            "a thousand times smaller than those of others"
        )
    says = "vanishing and exploding gradients trouble training"
    arms = [*lost, *(facts.race.row(key) for key in faded)]
    yield claim("C12", facts, arms, says, listed(parts))


CLAIMS: tuple[Callable[[Standings], Iterator[Finding]], ...] = (
    non_linear,
    dying_relu,
    bounded,
    complex_relations,
    newer,
    adaptive,
    hard_choice,
    overfitting,
    stability,
)
