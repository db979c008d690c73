"""Rules on races with a swept setting, and on grids of encoder and decoder activations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain.contrasts import (
    SIDES,
    activation_groups,
    side_contrasts,
    side_groups,
    trend_contrasts,
)
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.statistics import Difference, interval
from vae_explorer.explain.unused import sides_in_use
from vae_explorer.explain.words import decimals, listed, measured, number, sentence


def best_value(facts: Standings) -> Iterator[Finding]:
    """For each activation the value of the swept setting that does best, and beside which others.

    It is chosen on validation images, where there are some, and told of on test images.
    """
    experiment = facts.race.experiment
    if experiment.sweep == "none" or facts.example:
        return
    setting = SWEEPS[experiment.sweep].label
    for key, rows in activation_groups(facts.arms).items():
        known = [row for row in rows if row in facts.whole and np.isfinite(facts.choosing[row])]
        if len(known) < 2:
            continue
        best = min(known, key=lambda row: float(facts.choosing[row]))
        if not any(facts.of("test_loss").difference(best, row).clear for row in known):
            text = (
                f"{activation_label(key)}: no clear difference between any of the {len(known)} "
                f"values of the {setting} over {facts.seeds} seeds"
            )
            yield Finding("best_value", facts.keys(*known), sentence(text), 85)
            continue
        text = (
            f"{activation_label(key)} does best with {setting} {facts.arms[best].value_text}"
            f"{_chosen(facts)} {measured(facts.interval('test_loss', best))}"
            f"{_beside(facts, best, known)} over {facts.seeds} seeds"
        )
        yield Finding("best_value", facts.keys(best), sentence(text), 85)


def _chosen(facts: Standings) -> str:
    if not facts.race.validation_images:
        return ": its negative ELBO is"
    images = f"{facts.race.validation_images:,} validation images"
    return f" on {images}; its negative ELBO on the test images is"


def _beside(facts: Standings, best: int, rows: Sequence[int]) -> str:
    """What tests on test images say of the best value beside the others."""
    others = [row for row in rows if row != best]
    found = {row: facts.of("test_loss").difference(best, row) for row in others}
    lower = [row for row in others if found[row].clear and found[row].mean < 0]
    higher = [row for row in others if found[row].clear and found[row].mean > 0]
    alike = [row for row in others if not found[row].clear]
    words = {"clearly lower than with": lower, "clearly higher than with": higher}
    parts = [f"{word} {_values(facts, each)}" for word, each in words.items() if each]
    if alike:
        parts.append(f"with no clear difference to {_values(facts, alike)}")
    return f", {listed(parts)},"


def _values(facts: Standings, rows: Sequence[int]) -> str:
    return listed([facts.arms[row].value_text for row in rows])


def trend(facts: Standings) -> Iterator[Finding]:
    """Whether the negative ELBO clearly rises or falls with the swept setting."""
    experiment = facts.race.experiment
    if facts.example:
        return
    setting = SWEEPS[experiment.sweep].label if experiment.sweep != "none" else ""
    for key, slope in trends(facts, "test_loss").items():
        rows = activation_groups(facts.arms)[key]
        ends = [facts.interval("test_loss", row) for row in (rows[0], rows[-1])]
        low, high = (number(each.mean, decimals(each.half)) for each in ends)
        text = (
            f"{activation_label(key)}: the negative ELBO clearly "
            f"{'rises' if slope.mean > 0 else 'falls'} with the {setting}, from {low} nats at "
            f"{facts.arms[rows[0]].value_text} to {high} at {facts.arms[rows[-1]].value_text}"
        )
        yield Finding("trend", facts.keys(*rows), sentence(text), 84)


def trends(facts: Standings, quantity: str) -> dict[str, Difference]:
    """Activation key to the slope of a quantity over the swept values, where a trend is clear.

    The slope is from a value to the next; clear is one whose interval leaves 0 out, and along which
    every mean rises or falls.
    """
    if facts.example or facts.race.experiment.sweep == "none":
        return {}
    standing, groups = facts.of(quantity), activation_groups(facts.arms)
    clear = {}
    for key, weights in trend_contrasts(facts.arms, standing.family.compared).items():
        slope = standing.family.contrast(weights)
        steps = np.diff(standing.values[groups[key]].mean(1))
        if slope.clear and (steps * np.sign(slope.mean) > 0).all():
            clear[key] = slope
    return clear


def grid(facts: Standings) -> Iterator[Finding]:
    """Which activation does best on each side, averaged over all else."""
    if not facts.race.experiment.decoder_activations or facts.example:
        return
    used = sides_in_use(facts.race.experiment)
    values = facts.values("test_loss")
    for side, is_used in zip(SIDES, used):
        groups = side_groups(facts.arms, side)
        names = _best_of_side(facts, side) if is_used else []
        if not names:
            continue
        other = "decoders" if side == "encoder" else "encoders"
        if len(names) == 1:
            each = measured(interval(values[groups[names[0]]].mean(0)))
            text = (
                f"Averaged over the {other}, {ACTIVATIONS[names[0]].label} is clearly the "
                f"best activation of the {side}: a negative ELBO of {each} over {facts.seeds} seeds"
            )
        else:
            labels = listed([ACTIVATIONS[name].label for name in names])
            text = (
                f"Averaged over the {other}, there is no clear difference between {labels} "
                f"as the activation of the {side}"
            )
            compared = set().union(*side_contrasts(facts.arms, facts.whole, side))
            if len(names) < len(compared):
                text += "; the others are clearly worse"
        rows = sorted(row for name in names for row in groups[name])
        yield Finding("grid", facts.keys(*rows), sentence(text), 86)


def _best_of_side(facts: Standings, side: str) -> list[str]:
    """Activations that no other of the side is clearly better than, the best mean first."""
    values, groups = facts.values("test_loss"), side_groups(facts.arms, side)
    names, beaten = set(), set()
    for pair, weights in side_contrasts(facts.arms, facts.whole, side).items():
        found = facts.of("test_loss").family.contrast(weights)
        names |= set(pair)
        if found.clear:
            beaten.add(pair[found.mean < 0])
    return sorted(names - beaten, key=lambda name: values[groups[name]].mean())


def activation_label(key: str) -> str:
    """ "ReLU", or "ReLU → Tanh" for a pair."""
    return " → ".join(ACTIVATIONS[name].label for name in key.split(">"))


RULES = (best_value, trend, grid)
