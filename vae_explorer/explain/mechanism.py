"""Rules on what happened inside: dead and saturated units, unused latents, gradients."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.words import (
    direction,
    layer,
    listed,
    margin,
    percent,
    sentence,
    size,
    that_of,
    times,
)

# A layer that has lost a tenth of its units is about as good as one a tenth narrower, which hardly
# changes a VAE; below that it is not worth a sentence.
DEAD = 0.10
# Saturated units still carry a sign, so they cost less than dead ones: a quarter of a layer counts.
SATURATED = 0.25
# Latents are whole; a mean over seeds this far below their number says that most seeds lost one.
UNUSED = 0.5
# Adam gives each weight a step of its own size, so a layer with a hundredth of another's gradient
# learns as well; at a thousandth what reaches it is mostly the noise of the mini-batches.
FADED = 1000.0


def dead(facts: Standings) -> Iterator[Finding]:
    """Units that pass no gradient on, by layer."""
    for arm in range(len(facts.arms)):
        shares = layer_shares(facts, arm, "dead")
        if text := _by_layer(facts, arm, shares, DEAD, "dead"):
            worst = max(shares.values())
            yield Finding("dead", facts.keys(arm), sentence(text), 75 + worst)


def saturated(facts: Standings) -> Iterator[Finding]:
    """Units that are flat on nearly all images, by layer."""
    for arm in range(len(facts.arms)):
        shares = layer_shares(facts, arm, "saturated")
        if text := _by_layer(facts, arm, shares, SATURATED, "saturated"):
            worst = max(shares.values())
            yield Finding("saturated", facts.keys(arm), sentence(text), 55 + worst)


def layer_shares(facts: Standings, arm: int, what: str) -> dict[str, float]:
    """Layer to share of units, `what` one of dead and saturated; means over seeds."""
    found: dict[str, list[float]] = {}
    for member in facts.finished(arm):
        for each in member.layers:
            found.setdefault(each.name, []).append(getattr(each, what))
    return {name: float(np.mean(shares)) for name, shares in found.items()}


def _by_layer(facts: Standings, arm: int, shares: dict[str, float], least: float, word: str) -> str:
    high = {name: share for name, share in shares.items() if share >= least}
    if not high:
        return ""
    parts: list[str] = []
    for name, share in sorted(high.items(), key=lambda each: -each[1]):
        units = "" if parts else " of units"
        parts.append(f"{percent(share)}{units} in {layer(name)}")
    text = f"{facts.arms[arm].label}: {listed(parts)} are {word} {facts.means_over(arm)}"
    return text + _beside(facts, arm)


def _beside(facts: Standings, arm: int) -> str:
    """What the arm's KL and negative ELBO do, where that is clear; no cause is claimed."""
    for quantity, label in (("kl", "KL"), ("test_loss", "negative ELBO")):
        if found := facts.clear(quantity, arm):
            other = that_of(facts.arms[facts.reference])
            return f"; its {label} is {size(found)} nats {direction(found)} than {other} " + (
                margin(found)
            )
    return ""


def unused_latents(facts: Standings) -> Iterator[Finding]:
    """Posterior collapse: latent dimensions that say nothing of the image."""
    unused = {}
    for arm in range(len(facts.arms)):
        active = facts.interval("active_latents", arm).mean
        if active <= facts.latent(arm) - UNUSED:  # false for NaN
            unused[arm] = active
    if not unused:
        return
    by_latent: dict[int, list[int]] = {}
    for arm in unused:
        by_latent.setdefault(facts.latent(arm), []).append(arm)
    for latent, arms in by_latent.items():
        if len(arms) == 1:
            (arm,) = arms
            text = (
                f"{facts.arms[arm].label} uses {unused[arm]:.1f} of {latent} latent dimensions "
                f"{facts.means_over(arm)}: the others say nothing of the image, their posterior "
                "has collapsed"
            )
        else:
            what = "every one" if len(arms) == len(facts.arms) else str(len(arms))
            text = (
                f"{what} of {len(facts.arms)} {facts.noun} leave latent dimensions unused "
                f"(posterior collapse): of {latent}, {_used(facts, {k: unused[k] for k in arms})}"
            ).replace("every one of", "All", 1)
        share = 1 - min(unused[arm] for arm in arms) / latent
        yield Finding("unused_latents", facts.keys(*arms), sentence(text), 65 + share)


def _used(facts: Standings, active: dict[int, float]) -> str:
    """Of several arms: the fewest and the most latent dimensions in use."""
    low, high = min(active, key=active.__getitem__), max(active, key=active.__getitem__)
    fewest, most = f"{active[low]:.1f}", f"{active[high]:.1f}"
    if fewest == most:
        return f"each uses {most}"
    return f"{facts.arms[low].label} uses {fewest} and {facts.arms[high].label} {most}"


def gradients(facts: Standings) -> Iterator[Finding]:
    """Layers whose gradients are of quite another size: vanishing or exploding on the way back."""
    for arm in range(len(facts.arms)):
        norms = layer_gradients(facts, arm)
        if len(norms) < 2:
            continue
        names = list(norms)  # from input to output
        low, high = min(names, key=norms.__getitem__), max(names, key=norms.__getitem__)
        if norms[high] == 0 or norms[low] * FADED > norms[high]:
            continue
        label = facts.arms[arm].label
        if norms[low] == 0:
            text = f"{label}: no gradient at all reaches {layer(low)} {facts.means_over(arm)}"
        else:
            factor = times(norms[high] / norms[low])
            # Gradients travel from the output back to the input.
            vanish = names.index(low) < names.index(high)
            text = (
                f"{label}: the gradient of {layer(low)} is {factor} times smaller than that of "
                f"{layer(high)} {facts.means_over(arm)}: gradients "
                f"{'vanish' if vanish else 'explode'} on their way back"
            )
        yield Finding("gradients", facts.keys(arm), sentence(text), 58)


def layer_gradients(facts: Standings, arm: int) -> dict[str, float]:
    """Layer to norm of its gradient, from input to output; geometric means over seeds."""
    members = [member.gradients for member in facts.finished(arm) if member.gradients]
    if not members:
        return {}
    shared = reduce(lambda names, each: [n for n in names if n in each], members, list(members[0]))
    with np.errstate(divide="ignore"):  # a norm of 0 in any seed is 0
        logs = {name: np.log([each[name] for each in members]) for name in shared}
        return {name: float(np.exp(each.mean())) for name, each in logs.items()}


RULES = (dead, saturated, unused_latents, gradients)
