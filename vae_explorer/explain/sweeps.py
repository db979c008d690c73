"""Rules on races with a swept setting, and on grids of encoder and decoder activations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain.standings import Finding, Standings, activation_groups
from vae_explorer.explain.statistics import (
    Difference,
    differences,
    interval,
    leaders,
    leaders_within,
)
from vae_explorer.explain.unused import sides_in_use
from vae_explorer.explain.words import decimals, listed, measured, number, sentence


def best_value(facts: Standings) -> Iterator[Finding]:
    """For each activation the value of the swept setting that does best."""
    experiment = facts.race.experiment
    if experiment.sweep == "none" or facts.one_seed:
        return
    groups = {
        key: whole
        for key, rows in activation_groups(facts.arms).items()
        if len(whole := [row for row in rows if row in facts.whole]) > 1
    }
    losses = facts.of("test_loss").compared
    found = leaders_within(losses, -1, list(groups.values()), facts.reference)
    setting = SWEEPS[experiment.sweep].label
    for key, rows, best in zip(groups, groups.values(), found):
        label = activation_label(key)
        values = [facts.arms[row].value_text for row in best]
        if len(best) == 1:
            loss = measured(facts.interval("test_loss", best[0]))
            text = (
                f"{label} does best with {setting} {values[0]}: a negative ELBO of {loss}, clearly "
                f"lower than with the other {len(rows) - 1} values over {facts.seeds} seeds"
            ).replace("the other 1 values", "the other value")
        elif len(best) == len(rows):
            text = (
                f"{label}: no clear difference between any of the {len(rows)} values of the "
                f"{setting} over {facts.seeds} seeds"
            )
        else:
            text = (
                f"{label} does best with {setting} {listed(values, 'or')}, between which there is "
                f"no clear difference over {facts.seeds} seeds"
            )
        yield Finding("best_value", facts.keys(*best), sentence(text), 85)


def trend(facts: Standings) -> Iterator[Finding]:
    """Whether the negative ELBO clearly rises or falls with the swept setting."""
    experiment = facts.race.experiment
    if facts.one_seed:
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

    The slope is per step from a value to the next, fitted in each seed; clear is one whose mean
    over the seeds is, corrected for all activations, and along which every mean rises or falls.
    """
    groups = {
        key: rows
        for key, rows in activation_groups(facts.arms).items()
        if len(rows) > 1 and set(rows) <= set(facts.whole)
    }
    if not groups:
        return {}
    slopes = [_slopes(facts.values(quantity)[rows]) for rows in groups.values()]
    nothing = np.zeros(facts.seeds)
    found = differences(np.array([*slopes, nothing]), len(slopes))
    clear = {}
    for (key, rows), slope in zip(groups.items(), found):
        steps = np.diff(facts.values(quantity)[rows].mean(1))
        if slope is not None and slope.clear and (steps * np.sign(slope.mean) > 0).all():
            clear[key] = slope
    return clear


def _slopes(values: np.ndarray) -> np.ndarray:
    """(S,) slopes of the least-squares lines through values (V, S) at 0, 1, ..., V − 1."""
    places = np.arange(len(values)) - (len(values) - 1) / 2
    return places @ values / (places @ places)


def grid(facts: Standings) -> Iterator[Finding]:
    """Which activation does best on each side, averaged over all else."""
    if not facts.race.experiment.decoder_activations or facts.one_seed:
        return
    used = sides_in_use(facts.race.experiment)
    for side, part in (("encoder", 0), ("decoder", -1)):
        if not used[part]:
            continue
        means = _means_by_side(facts, part)
        if len(means) < 2:
            continue
        names = list(means)
        best = leaders(np.array(list(means.values())), -1)
        other = "decoders" if side == "encoder" else "encoders"
        if len(best) == 1:
            each = measured(interval(means[names[best[0]]]))
            text = (
                f"Averaged over the {other}, {ACTIVATIONS[names[best[0]]].label} is clearly the "
                f"best activation of the {side}: a negative ELBO of {each} over {facts.seeds} seeds"
            )
        else:
            labels = listed([ACTIVATIONS[names[row]].label for row in best])
            text = (
                f"Averaged over the {other}, there is no clear difference between {labels} "
                f"as the activation of the {side}"
            )
            if len(best) < len(names):
                text += "; the others are clearly worse"
        keys = tuple(
            arm.key
            for arm in facts.arms
            if arm.activation_key.split(">")[part] in [names[row] for row in best]
        )
        yield Finding("grid", keys, sentence(text), 86)


def _means_by_side(facts: Standings, part: int) -> dict[str, np.ndarray]:
    """Activation of one side to (S,) mean negative ELBO over all arms that have it there.

    An activation of which any arm cannot be compared is left out: its mean would be over others
    than the rest.
    """
    groups: dict[str, list[int]] = {}
    for row, arm in enumerate(facts.arms):
        groups.setdefault(arm.activation_key.split(">")[part], []).append(row)
    values = facts.values("test_loss")
    return {
        name: values[rows].mean(0) for name, rows in groups.items() if set(rows) <= set(facts.whole)
    }


def activation_label(key: str) -> str:
    """ "ReLU", or "ReLU → Tanh" for a pair."""
    return " → ".join(ACTIVATIONS[name].label for name in key.split(">"))


RULES = (best_value, trend, grid)
