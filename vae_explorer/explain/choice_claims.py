"""What a race says to the article's claims on choosing an activation: C7, C8, C10 and C11.

Each rule speaks to one claim, and only where the race has the arms that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain.claim_words import activations_of, claim, count
from vae_explorer.explain.contrasts import activation_groups
from vae_explorer.explain.standings import Finding, Standings
from vae_explorer.explain.sweeps import activation_label, trends
from vae_explorer.explain.words import listed, margin, number, size


def newer(facts: Standings) -> Iterator[Finding]:
    """C7: more efficient activations raise performance."""
    arms = activations_of(facts)
    new = [arm for name, arm in arms.items() if not ACTIVATIONS[name].article]
    if not {"relu", "tanh"} <= set(arms) or not new:
        return
    old = (arms["relu"], arms["tanh"])
    loss = facts.of("test_loss")
    found = {(arm, other): loss.difference(arm, other) for arm in new for other in old}
    better = [
        arm for arm in new if all(found[arm, o].clear and found[arm, o].mean < 0 for o in old)
    ]
    worse = [arm for arm in new if all(found[arm, o].clear and found[arm, o].mean > 0 for o in old)]
    here = f"{count(len(better), len(new))} newer ones end clearly below both ReLU and Tanh"
    here = here.replace("all 1 newer ones end", "the one newer activation ends")
    here = here.replace("none of 1 newer ones end", "the one newer activation does not end")
    if better:
        here += f": {listed(facts.labels(*better))}"
    if worse:
        here += f", and {listed(facts.labels(*worse))} clearly above both"
    says = "more efficient activations can raise performance"
    yield claim("C7", facts, [*old, *new], says, here)


def adaptive(facts: Standings) -> Iterator[Finding]:
    """C8: activations that choose a function by the input generalise better.

    Of those with parameters of another kind the claim says nothing: they are on neither side.
    """
    arms = activations_of(facts)
    fixed = [
        arm
        for name, arm in arms.items()
        if ACTIVATIONS[name].family != "adaptive" and not ACTIVATIONS[name].parameters
    ]
    for name, arm in arms.items():
        if ACTIVATIONS[name].family != "adaptive" or not fixed:
            continue
        label, counts = facts.arms[arm].label, []
        for quantity in ("test_loss", "gap"):
            found = [facts.of(quantity).difference(arm, other) for other in fixed]
            clear = [each for each in found if each.clear]
            down = sum(each.mean < 0 for each in clear)
            counts += [down or "none", len(clear) - down or "none"]
        here = (
            f"{label}'s negative ELBO is clearly lower than that of {counts[0]} of {len(fixed)} "
            f"fixed activations and clearly higher than that of {counts[1]}; its generalisation "
            f"gap is clearly smaller than that of {counts[2]} and clearly larger than that of "
            f"{counts[3]}"
        )
        says = "adaptive activations can generalise better"
        yield claim("C8", facts, [arm, *fixed], says, here)


def hard_choice(facts: Standings) -> Iterator[Finding]:
    """C10: the choice is hard, and another one case by case."""
    experiment = facts.race.experiment
    says = "which activation to choose is hard, and changes case by case"
    if experiment.sweep != "none":
        if len(activation_groups(facts.arms)) > 1:
            arms, here = _by_value(facts)
            if here:
                yield claim("C10", facts, arms, says, here)
        return
    if len(facts.whole) < 3 or not facts.leaders:
        return
    loss = facts.of("test_loss")
    pair = loss.family.largest()
    if pair is None:
        here = f"there is no clear difference between any two of {len(facts.whole)}"
        yield claim("C10", facts, facts.whole, says, here)
        return
    worst, best = pair
    found = loss.difference(worst, best)
    here = (
        f"the choice changes the negative ELBO clearly by up to {size(found)} nats "
        f"{margin(found)} ({facts.arms[best].label} to {facts.arms[worst].label}), and "
        f"{len(facts.leaders)} of {len(facts.arms)} {facts.noun} may be the best"
    )
    yield claim("C10", facts, [best, worst], says, here)


def _by_value(facts: Standings) -> tuple[list[int], str]:
    """Whether the same activation is best with each value of the swept setting."""
    setting = SWEEPS[facts.race.experiment.sweep].label
    groups: dict[str, list[int]] = {}
    for row in facts.whole:
        groups.setdefault(facts.arms[row].value_text, []).append(row)
    groups = {value: rows for value, rows in groups.items() if len(rows) > 1}
    found = [facts.of("test_loss").leaders_in(rows) for rows in groups.values()]
    leading = {
        value: [facts.arms[row].activation_key for row in rows]
        for value, rows in zip(groups, found)
    }
    if len(leading) < 2:
        return [], ""
    arms = [row for rows in found for row in rows]
    for (one, first), (other, second) in combinations(leading.items(), 2):
        if not set(first) & set(second):
            return arms, f"{_lead(first)} with {setting} {one} and {_lead(second)} with {other}"
    always = [
        key for key in leading[next(iter(leading))] if all(key in e for e in leading.values())
    ]
    if not always:
        return arms, f"no activation is among the leaders with every value of the {setting}"
    labels = listed([activation_label(key) for key in always])
    return (
        arms,
        f"{labels} {_is(always)} among the leaders, or alone, with every value of the {setting}",
    )


def _lead(keys: Sequence[str]) -> str:
    return f"{listed([activation_label(key) for key in keys])} lead{'s' * (len(keys) == 1)}"


def _is(keys: Sequence[str]) -> str:
    return "is" if len(keys) == 1 else "are"


def overfitting(facts: Standings) -> Iterator[Finding]:
    """C11: as models grow, activations may lead to overfitting."""
    says = "as models grow more complex, activations may lead to overfitting"
    sweep = facts.race.experiment.sweep
    if sweep in ("depth", "width"):
        rising = {k: each for k, each in trends(facts, "gap").items() if each.mean > 0}
        groups = activation_groups(facts.arms)
        setting = SWEEPS[sweep].label
        if not any(len(r) > 1 and set(r) <= set(facts.whole) for r in groups.values()):
            return
        if not rising:
            here = f"no activation's generalisation gap clearly grows with the {setting}"
        else:
            here = f"the generalisation gap clearly grows with the {setting} for " + listed(
                [f"{activation_label(key)} ({_ends_of_gap(facts, groups[key])})" for key in rising]
            )
        yield claim("C11", facts, range(len(facts.arms)), says, here)
        return
    arms = list(activations_of(facts).values())
    means = {arm: m for arm in arms if (m := facts.interval("gap", arm).mean) == m}
    if len(means) < 2:
        return
    found = {pair: facts.of("gap").difference(*pair) for pair in combinations(means, 2)}
    clear = [(pair, each) for pair, each in found.items() if each.clear]
    if not clear:
        return
    pair, each = max(clear, key=lambda found: abs(found[1].mean))
    more, less = pair if each.mean > 0 else pair[::-1]
    here = (
        f"models of one size differ: {facts.arms[more].label}'s generalisation gap is "
        f"{size(each)} nats larger than {facts.arms[less].label}'s {margin(each)}"
    )
    yield claim("C11", facts, [more, less], says, here)


def _ends_of_gap(facts: Standings, rows: Sequence[int]) -> str:
    low, high = (facts.interval("gap", row).mean for row in (rows[0], rows[-1]))
    return f"{number(low, 1)} to {number(high, 1)} nats"
