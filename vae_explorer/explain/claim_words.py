"""What the rules on the article's claims share: which arms they may speak of, and their words."""

from __future__ import annotations

from collections.abc import Sequence

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.explain.mechanism import layer_shares
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.statistics import Difference
from vae_explorer.explain.words import at_rates, direction, margin, sentence, size


def activations_of(facts: Standings) -> dict[str, int]:
    """Activation name to arm, of races between activations and nothing else.

    Arms that lost a seed are left out: what is left of them cannot be compared.
    """
    if facts.race.experiment.sweep != "none":
        return {}
    return {
        facts.arms[arm].activation_key: arm
        for arm in facts.whole
        if facts.arms[arm].activation_key in ACTIVATIONS  # no pair of two
    }


def against(facts: Standings, arms: Sequence[int], other: int) -> dict[int, Difference]:
    """The negative ELBO of each arm minus that of another, where it clearly differs."""
    found = {arm: facts.of("test_loss").difference(arm, other) for arm in arms}
    return {arm: each for arm, each in found.items() if each.clear}


def claim(name: str, facts: Standings, arms: Sequence[int], says: str, here: str) -> Finding:
    rates = at_rates(facts.race)
    place = f"here, {rates}," if rates else "here"
    text = f"The article says that {says} ({name}); {place} {here}"
    return Finding(name, facts.keys(*arms), sentence(text), 0)


def most_dead(facts: Standings, arm: int) -> float:
    return max(layer_shares(facts, arm, "dead").values(), default=0.0)


def ends(found: Difference | None, other: str) -> str:
    if found is None:
        return f"with no clear difference to {other}"
    return f"{size(found)} nats {direction(found)} than {other} ({margin(found)})"


def diverged(facts: Standings, arm: int) -> str:
    return f"diverged in {facts.diverged[arm]} of {facts.seeds} seeds"


def count(part: int, whole: int) -> str:
    if part == 0:
        return f"none of {whole}"
    return f"all {whole}" if part == whole else f"{part} of {whole}"
