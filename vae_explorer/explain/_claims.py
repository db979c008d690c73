"""What a race says to the claims of the article on activation functions in VAEs.

Each rule speaks to one claim, and only where the race has the arms that it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain._facts import Facts, Finding, activation_groups
from vae_explorer.explain._mechanism import DEAD, gradients, layer_shares
from vae_explorer.explain._sweeps import activation_label, trends
from vae_explorer.explain._words import (
    direction,
    listed,
    margin,
    number,
    percent,
    sentence,
    size,
)
from vae_explorer.statistics import Difference, compare, leaders_within

MENDED = ("leaky_relu", "prelu")  # ReLU, mended


def activations_of(facts: Facts) -> dict[str, int]:
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


def against(facts: Facts, arms: Sequence[int], other: int) -> dict[int, Difference]:
    """The negative ELBO of each arm minus that of another, where it clearly differs."""
    found = compare(facts.values("test_loss"), [(arm, other) for arm in arms])
    return {arm: each for arm, each in zip(arms, found) if each.clear}


def _claim(name: str, facts: Facts, arms: Sequence[int], says: str, here: str) -> Finding:
    text = f"The article says that {says} ({name}); here {here}"
    return Finding(name, facts.keys(*arms), sentence(text), 0)


def non_linear(facts: Facts) -> Iterator[Finding]:
    """C1: a non-linear network learns what a linear one cannot."""
    arms = activations_of(facts)
    others = [arm for name, arm in arms.items() if ACTIVATIONS[name].family != "linear"]
    if "linear" not in arms or not others:
        return
    found = against(facts, others, arms["linear"])
    below = {arm: each for arm, each in found.items() if each.mean < 0}
    here = f"{_count(len(below), len(others))} non-linear activations end clearly below Linear"
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
    yield _claim("C1", facts, [arms["linear"], *others], says, here)


def dying_relu(facts: Facts) -> Iterator[Finding]:
    """C2: units of ReLU die; LeakyReLU and PReLU mend it."""
    arms = activations_of(facts)
    mended = [arms[name] for name in MENDED if name in arms]
    if "relu" not in arms or not mended:
        return
    relu = arms["relu"]
    share = _most_dead(facts, relu)
    here = f"{percent(share)} of ReLU's units are dead in its worst layer, " + listed(
        [f"{percent(_most_dead(facts, arm))} with {facts.arms[arm].label}" for arm in mended]
    )
    found = against(facts, mended, relu)
    for arm in mended:
        here += f"; {facts.arms[arm].label} ends {_ends(found.get(arm), 'ReLU')}"
    if share < DEAD:
        here += ", and hardly any unit needed mending"
    says = "units of ReLU can die and that LeakyReLU and PReLU mend it"
    yield _claim("C2", facts, [relu, *mended], says, here)


def bounded(facts: Facts) -> Iterator[Finding]:
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
    stays = f"Tanh {_diverged(facts, tanh)}"
    if lost:
        others = listed([f"{facts.arms[row].label} {_diverged(facts, row)}" for row in lost])
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
    yield _claim("C4", facts, [tanh, *free], says, here)


def complex_relations(facts: Facts) -> Iterator[Finding]:
    """C5: ReLU lets the model learn complex relations."""
    arms = activations_of(facts)
    if not {"relu", "linear"} <= set(arms):
        return
    relu, linear = arms["relu"], arms["linear"]
    here = f"ReLU ends {_ends(against(facts, [relu], linear).get(relu), 'Linear')}"
    says = "ReLU lets a VAE learn complex relations"
    yield _claim("C5", facts, [relu, linear], says, here)


def newer(facts: Facts) -> Iterator[Finding]:
    """C7: more efficient activations raise performance."""
    arms = activations_of(facts)
    new = [arm for name, arm in arms.items() if not ACTIVATIONS[name].article]
    if not {"relu", "tanh"} <= set(arms) or not new:
        return
    old = (arms["relu"], arms["tanh"])
    pairs = [(arm, other) for arm in new for other in old]
    found = dict(zip(pairs, compare(facts.values("test_loss"), pairs)))
    better = [
        arm for arm in new if all(found[arm, o].clear and found[arm, o].mean < 0 for o in old)
    ]
    worse = [arm for arm in new if all(found[arm, o].clear and found[arm, o].mean > 0 for o in old)]
    here = f"{_count(len(better), len(new))} newer ones end clearly below both ReLU and Tanh"
    here = here.replace("all 1 newer ones end", "the one newer activation ends")
    here = here.replace("none of 1 newer ones end", "the one newer activation does not end")
    if better:
        here += f": {listed(facts.labels(*better))}"
    if worse:
        here += f", and {listed(facts.labels(*worse))} clearly above both"
    says = "more efficient activations can raise performance"
    yield _claim("C7", facts, [*old, *new], says, here)


def adaptive(facts: Facts) -> Iterator[Finding]:
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
        label, pairs = facts.arms[arm].label, [(arm, other) for other in fixed]
        counts = []
        for quantity in ("test_loss", "gap"):
            clear = [each for each in compare(facts.values(quantity), pairs) if each.clear]
            down = sum(each.mean < 0 for each in clear)
            counts += [down or "none", len(clear) - down or "none"]
        here = (
            f"{label}'s negative ELBO is clearly lower than that of {counts[0]} of {len(fixed)} "
            f"fixed activations and clearly higher than that of {counts[1]}; its generalisation "
            f"gap is clearly smaller than that of {counts[2]} and clearly larger than that of "
            f"{counts[3]}"
        )
        says = "adaptive activations can generalise better"
        yield _claim("C8", facts, [arm, *fixed], says, here)


def hard_choice(facts: Facts) -> Iterator[Finding]:
    """C10: the choice is hard, and another one case by case."""
    experiment = facts.race.experiment
    says = "which activation to choose is hard, and changes case by case"
    if experiment.sweep != "none":
        if len(activation_groups(facts.arms)) > 1:
            arms, here = _by_value(facts)
            if here:
                yield _claim("C10", facts, arms, says, here)
        return
    if len(facts.whole) < 3 or not facts.leaders:
        return
    best = facts.leaders[0]
    means = {arm: facts.interval("test_loss", arm).mean for arm in facts.whole}
    worst = max(means, key=means.__getitem__)
    # Best and worst are chosen by their means, so that all pairs must be corrected for.
    pairs = list(combinations(facts.whole, 2))
    found = dict(zip(pairs, compare(facts.values("test_loss"), pairs)))[
        min(best, worst), max(best, worst)
    ]
    if not found.clear:
        here = f"there is no clear difference between the best and the worst of {len(means)}"
    else:
        here = (
            f"the choice changes the negative ELBO by up to {size(found)} nats {margin(found)} "
            f"({facts.arms[best].label} to {facts.arms[worst].label}), and {len(facts.leaders)} of "
            f"{len(facts.arms)} {facts.noun} may be the best"
        )
    yield _claim("C10", facts, [best, worst], says, here)


def _by_value(facts: Facts) -> tuple[list[int], str]:
    """Whether the same activation is best with each value of the swept setting."""
    setting = SWEEPS[facts.race.experiment.sweep].label
    groups: dict[float | None, list[int]] = {}
    for row in facts.whole:
        groups.setdefault(facts.arms[row].value, []).append(row)
    groups = {value: rows for value, rows in groups.items() if len(rows) > 1}
    found = leaders_within(facts.values("test_loss"), -1, list(groups.values()))
    leading = {
        value: [facts.arms[row].activation_key for row in rows]
        for value, rows in zip(groups, found)
    }
    if len(leading) < 2:
        return [], ""
    arms = [row for rows in found for row in rows]
    for (one, first), (other, second) in combinations(leading.items(), 2):
        if not set(first) & set(second):
            return arms, f"{_lead(first)} with {setting} {one:g} and {_lead(second)} with {other:g}"
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


def overfitting(facts: Facts) -> Iterator[Finding]:
    """C11: as models grow, activations may lead to overfitting."""
    says = "as models grow more complex, activations may lead to overfitting"
    sweep = facts.race.experiment.sweep
    if sweep in ("depth", "width"):
        rising = {k: each for k, each in trends(facts, "gap").items() if each.mean > 0}
        groups = activation_groups(facts.arms)
        setting = SWEEPS[sweep].label
        if not rising:
            here = f"no activation's generalisation gap clearly grows with the {setting}"
        else:
            here = f"the generalisation gap clearly grows with the {setting} for " + listed(
                [f"{activation_label(key)} ({_ends_of_gap(facts, groups[key])})" for key in rising]
            )
        yield _claim("C11", facts, range(len(facts.arms)), says, here)
        return
    arms = list(activations_of(facts).values())
    means = {arm: m for arm in arms if (m := facts.interval("gap", arm).mean) == m}
    if len(means) < 2:
        return
    pairs = list(combinations(means, 2))
    clear = [
        (pair, each) for pair, each in zip(pairs, compare(facts.values("gap"), pairs)) if each.clear
    ]
    if not clear:
        return
    pair, each = max(clear, key=lambda found: abs(found[1].mean))
    more, less = pair if each.mean > 0 else pair[::-1]
    here = (
        f"models of one size differ: {facts.arms[more].label}'s generalisation gap is "
        f"{size(each)} nats larger than {facts.arms[less].label}'s {margin(each)}"
    )
    yield _claim("C11", facts, [more, less], says, here)


def _ends_of_gap(facts: Facts, rows: Sequence[int]) -> str:
    low, high = (facts.interval("gap", row).mean for row in (rows[0], rows[-1]))
    return f"{number(low, 1)} to {number(high, 1)} nats"


def stability(facts: Facts) -> Iterator[Finding]:
    """C12: vanishing or exploding gradients trouble training."""
    lost = [row for row in range(len(facts.arms)) if facts.diverged[row]]
    faded = [key for finding in gradients(facts) for key in finding.arms]
    has_exponential = any("exponential" in arm.activation_key.split(">") for arm in facts.arms)
    if not (lost or faded or has_exponential):
        return
    parts = []
    if lost:
        named = [f"{facts.arms[row].label} {_diverged(facts, row)}" for row in lost[:3]]
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
    yield _claim("C12", facts, arms, says, listed(parts))


def _most_dead(facts: Facts, arm: int) -> float:
    return max(layer_shares(facts, arm, "dead").values(), default=0.0)


def _ends(found: Difference | None, other: str) -> str:
    if found is None:
        return f"with no clear difference to {other}"
    return f"{size(found)} nats {direction(found)} than {other} ({margin(found)})"


def _diverged(facts: Facts, arm: int) -> str:
    return f"diverged in {facts.diverged[arm]} of {facts.seeds} seeds"


def _count(part: int, whole: int) -> str:
    if part == 0:
        return f"none of {whole}"
    return f"all {whole}" if part == whole else f"{part} of {whole}"


CLAIMS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
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
