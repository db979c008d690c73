"""Rules on how the race ended: who leads, what differs, in which part, and who fell out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.statistics import LEAST_SEEDS
from vae_explorer.explain.unused import unused
from vae_explorer.explain.verdicts import few
from vae_explorer.explain.words import (
    at_rates,
    decimals,
    direction,
    epoch_text,
    layer,
    listed,
    margin,
    measured,
    number,
    of,
    percent,
    sentence,
    size,
    that_of,
)

MOST_NAMED = 6  # leaders that one sentence names; of more it tells the first and the last
# A gap of a twentieth of the loss is what one would act on: smaller ones are found between any two
# sets of images.
OVERFITTING = 0.05
MOST_OF_IT = 0.8  # of a difference: the share of the part that it comes from


def one_seed(facts: Standings) -> Iterator[Finding]:
    """Never a winner from one seed or two."""
    if facts.example and len(facts.arms) > 1:
        text = (
            f"{few(facts.seeds)} each: an example, not a result. Another seed may turn the order "
            f"around, so none is stated; train from {LEAST_SEEDS} seeds or more"
        )
        yield Finding("one_seed", (), sentence(text), 100)


def no_activation(facts: Standings) -> Iterator[Finding]:
    """That activations are raced which no unit has."""
    if text := unused(facts.race.experiment):
        yield Finding("no_activation", (), text, 110)


def stopped(facts: Standings) -> Iterator[Finding]:
    """How far each shape got in a race that was stopped."""
    stops = facts.race.stops()
    if all(epoch is None for epoch in stops):
        return
    planned = facts.race.experiment.epochs
    if len(stops) == 1:
        text = f"The race was stopped at epoch {epoch_text(stops[0] or 0.0)} of {planned:,}"
    else:
        values = dict(enumerate(map(number_text, facts.race.experiment.swept_values)))
        ended = [values[shape] for shape, epoch in enumerate(stops) if epoch is None]
        never = [values[shape] for shape, epoch in enumerate(stops) if epoch == 0]
        begun = [(values[shape], epoch) for shape, epoch in enumerate(stops) if epoch]
        parts = [f"{listed(ended)} came to the end"] if ended else []
        parts += [f"{v} was stopped at epoch {epoch_text(at)} of {planned:,}" for v, at in begun]
        parts += [f"{listed(never)} never began"] if never else []
        text = f"The race was stopped: {SWEEPS[facts.race.experiment.sweep].label} {listed(parts)}"
        if ended and begun:
            text += ". What learned for fewer epochs than the rest is not compared with it"
    yield Finding("stopped", (), sentence(text), 101)


def leading(facts: Standings) -> Iterator[Finding]:
    """The winner, or those that nothing tells apart."""
    leaders, count = facts.leaders, len(facts.arms)
    if facts.example or count < 2:
        return
    if not leaders:
        text = f"No winner: none of the {count} {facts.noun} {facts.ended} with every seed"
        yield Finding("leading", (), sentence(text), 99)
        return
    uneven = _uneven(facts)
    leaders = facts.even_leaders
    first, last = leaders[0], leaders[-1]
    best, worst = (measured(facts.interval("test_loss", arm)) for arm in (first, last))
    over = f"{facts.seeds} seeds"
    if len(leaders) == 1 and len(facts.whole) == 1:
        text = f"{facts.arms[first].label} alone {facts.ended} with every seed, at {best}"
    elif len(leaders) == 1 and uneven:
        beaten = len(facts.whole) - 1 - len(facts.uneven)
        text = f"{facts.arms[first].label} leads with a negative ELBO of {best} over {over}{uneven}"
        if beaten:
            rest = "the other is" if beaten == 1 else f"the other {beaten} are"
            text += f"; {rest} clearly worse"
    elif len(leaders) == 1:
        # Each other arm is clearly worse than the winner or than one that is in turn.
        beaten = len(facts.whole) - 1
        comma = "," if "," in facts.arms[first].label else ""
        rest = "the other" if beaten == 1 else f"all {beaten} others"
        rest += f" that {facts.ended}" if beaten < count - 1 else ""
        text = (
            f"{facts.arms[first].label}{comma} wins: its negative ELBO, {best} over {over}, is "
            f"clearly lower than that of {rest}"
        )
    elif len(leaders) <= MOST_NAMED:
        means = [facts.interval("test_loss", arm) for arm in leaders]
        digits = decimals(means[0].half)  # for all, so that they can be compared
        numbers = listed([number(each.mean, digits) for each in means])
        lead = "" if len(leaders) == count else f", the leaders{uneven}"
        text = (
            f"No clear difference between {listed(facts.labels(*leaders))}{lead}: a negative "
            f"ELBO of {numbers} nats over {over}"
        )
    else:
        everyone = len(leaders) == count
        which = f"any of the {count}" if everyone else f"the {len(leaders)} leading of {count}"
        text = (
            f"No clear difference between {which} {facts.noun}, from {facts.arms[first].label} "
            f"({best}) to {facts.arms[last].label} ({worst}) over {over}{uneven}"
        )
    yield Finding("leading", facts.keys(*leaders), sentence(_at_rates(facts, text)), 99)


def _at_rates(facts: Standings, text: str) -> str:
    """After what the arms learned with."""
    rates = at_rates(facts.race)
    return f"{rates}, {text.replace('No clear', 'no clear', 1)}" if rates else text


def _uneven(facts: Standings) -> str:
    """Of leaders whose seeds are too uneven to tell; nothing where there are none."""
    if not facts.uneven:
        return ""
    labels = listed(facts.labels(*facts.uneven[:MOST_NAMED]))
    return f" (the seeds of {labels} are too uneven to tell)"


def diverged(facts: Standings) -> Iterator[Finding]:
    """How many seeds, when first and where."""
    for arm in np.flatnonzero(facts.diverged).tolist():
        rows = facts.arms[arm].rows
        stops = [freeze for row in rows if (freeze := facts.race.members[row].result.frozen)]
        first = min(stops, key=lambda freeze: freeze.step)
        seeds = "" if facts.one_seed else f" in {len(stops)} of {facts.seeds} seeds"
        when = "" if len(stops) == 1 else "first "
        text = (
            f"{facts.arms[arm].label} diverged{seeds}, {when}at step {first.step:,} in "
            f"{layer(first.layer)}: its numbers were no longer finite"
        )
        if arm == facts.reference and len(facts.arms) > 1:
            text += ". It is the reference, so nothing is compared with it"
        share = len(stops) / facts.seeds
        yield Finding("diverged", facts.keys(arm), sentence(text), 90 + share)


def unsettled(facts: Standings) -> Iterator[Finding]:
    """Whose negative ELBO a few draws of z decide, so that it has no number."""
    for arm in np.flatnonzero(facts.unsettled).tolist():
        count = int(facts.unsettled[arm])
        seeds = "" if facts.one_seed else f" in {count} of {facts.seeds} seeds"
        text = (
            f"{of(facts.arms[arm], 'negative ELBO')} does not settle{seeds}: single draws of z, of "
            f"{facts.race.loss_draws:,} an image, decide its mean, so that no number is stated"
        )
        if arm == facts.reference and len(facts.arms) > 1:
            text += ". It is the reference, so nothing is compared with it"
        yield Finding("unsettled", facts.keys(arm), sentence(text), 89 + count / facts.seeds)


def difference(facts: Standings) -> Iterator[Finding]:
    """A clear difference of the negative ELBO to the reference, and the part it comes from."""
    reference = facts.arms[facts.reference]
    for arm in facts.others():
        found = facts.clear("test_loss", arm)
        if found is None:
            continue
        text = (
            f"{of(facts.arms[arm], 'negative ELBO')} is {size(found)} nats {direction(found)} than "
            f"{that_of(reference)} ({margin(found)}, {facts.over(found.count)}); "
            f"{_parts(facts, arm)}"
        )
        keys = facts.keys(arm, facts.reference)
        yield Finding("difference", keys, sentence(text), 80 + _share(found.mean))


def _parts(facts: Standings, arm: int) -> str:
    """Both parts of a clear difference of the negative ELBO, and whether it is most of all one."""
    whole = facts.of("test_loss").difference(arm, facts.reference).mean
    labels = {"reconstruction": "reconstruction", "kl": "KL"}
    parts = {labels[name]: facts.of(name).difference(arm, facts.reference) for name in labels}
    words = {
        label: f"{size(part)} {direction(part)} ({margin(part)})" for label, part in parts.items()
    }
    for label, part in parts.items():
        if part.clear and part.mean / whole >= MOST_OF_IT:
            (rest,) = set(parts) - {label}
            return f"it comes from the {label}, {words[label]}; its {rest} is {words[rest]}"
    return listed([f"its {label} is {text}" for label, text in words.items()])


def trade(facts: Standings) -> Iterator[Finding]:
    """Two parts that clearly differ against each other, with no clear difference in their sum."""
    reference = facts.arms[facts.reference]
    for arm in facts.others():
        rest, kl = facts.clear("reconstruction", arm), facts.clear("kl", arm)
        if facts.clear("test_loss", arm) or not rest or not kl or rest.mean * kl.mean > 0:
            continue
        text = (
            f"{of(facts.arms[arm], 'KL')} is {size(kl)} nats {direction(kl)} than "
            f"{that_of(reference)} {margin(kl)} and its reconstruction {size(rest)} nats "
            f"{direction(rest)} {margin(rest)}: no clear difference in the negative ELBO"
        )
        keys = facts.keys(arm, facts.reference)
        yield Finding("trade", keys, sentence(text), 50 + _share(kl.mean))


def gap(facts: Standings) -> Iterator[Finding]:
    """Clear differences in how much is lost on images never seen."""
    reference = facts.arms[facts.reference]
    for arm in facts.others():
        found = facts.clear("gap", arm)
        if found is None:
            continue
        text = (
            f"{of(facts.arms[arm], 'generalisation gap')} is {size(found)} nats "
            f"{direction(found, 'larger', 'smaller')} than {that_of(reference)} "
            f"({margin(found)}, {facts.over(found.count)})"
        )
        keys = facts.keys(arm, facts.reference)
        yield Finding("gap", keys, sentence(text), 40 + _share(found.mean))


def overfitting(facts: Standings) -> Iterator[Finding]:
    """Arms whose loss on images never seen is clearly and much higher than on those learned."""
    found = overfitted(facts)
    if not found:
        return
    first, last = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    if len(found) == 1:
        each = facts.interval("gap", last)
        loss = facts.interval("test_loss", last).mean
        share = (
            f", {percent(each.mean / loss)} of it" if loss > 0 else ""
        )  # of a density it is none
        text = (
            f"{of(facts.arms[last], 'negative ELBO')} is {measured(each)} higher on these test "
            f"images than on {facts.race.train_images:,} training images{share}: overfitting"
        )
    else:
        ends = [facts.interval("gap", arm) for arm in (first, last)]
        low, high = (number(each.mean, decimals(each.half)) for each in ends)
        text = (
            f"{len(found)} of {len(facts.arms)} {facts.noun} overfit: their negative ELBO is "
            f"{low} nats ({facts.arms[first].label}) to {high} nats ({facts.arms[last].label}) "
            f"higher on these test images than on {facts.race.train_images:,} training images"
        )
    yield Finding("overfitting", facts.keys(*found), sentence(text), 60)


def overfitted(facts: Standings) -> dict[int, float]:
    """Arm to mean gap, in nats, of those that `overfitting` speaks of."""
    found = {}
    for arm in facts.whole:
        each, loss = facts.interval("gap", arm), facts.interval("test_loss", arm)
        if each.low > 0 and each.mean > OVERFITTING * abs(loss.mean):  # false for one seed's NaN
            found[arm] = each.mean
    return found


def bound_order(facts: Standings) -> Iterator[Finding]:
    """Where the importance-weighted bound gives another order than the ELBO."""
    if facts.example:
        return
    by_elbo, by_bound = facts.leaders, facts.of("bound").leaders
    k = facts.race.bound_samples
    if by_elbo and by_bound and not set(by_elbo) & set(by_bound):
        one, other = (listed(facts.labels(*arms[:3])) for arms in (by_elbo, by_bound))
        text = (
            f"The IW bound (K = {k:,}) orders the {facts.noun} otherwise: by the negative ELBO "
            f"{one} lead{'s' * (len(by_elbo) == 1)}, by the bound {other}"
        )
        yield Finding("bound_order", facts.keys(*by_elbo, *by_bound), sentence(text), 70)
    for arm in facts.others():
        elbo, bound = facts.clear("test_loss", arm), facts.clear("bound", arm)
        if elbo and bound and elbo.mean * bound.mean < 0:
            text = (
                f"{of(facts.arms[arm], 'negative ELBO')} is {size(elbo)} nats {direction(elbo)} "
                f"than {that_of(facts.arms[facts.reference])} ({margin(elbo)}), but its negative "
                f"IW bound (K = {k:,}) {size(bound)} nats {direction(bound)} ({margin(bound)})"
            )
            keys = facts.keys(arm, facts.reference)
            yield Finding("bound_order", keys, sentence(text), 69 + _share(bound.mean))


def _share(amount: float) -> float:
    """From 0 to 1: orders findings of one rule by how much they are of."""
    return abs(amount) / (1 + abs(amount))


RULES = (
    no_activation,
    one_seed,
    stopped,
    leading,
    diverged,
    unsettled,
    difference,
    bound_order,
    overfitting,
    trade,
    gap,
)
OF_ONE_VAE = (no_activation, stopped, diverged, unsettled, overfitting)
