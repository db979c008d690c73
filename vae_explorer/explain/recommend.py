"""What to take, why, and what speaks against being sure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.explain.outcome import MOST_NAMED
from vae_explorer.explain.standings import MARGIN, Standings
from vae_explorer.explain.statistics import LEAST_SEEDS, Difference
from vae_explorer.explain.tuned import what_is_tuned
from vae_explorer.explain.unused import unused
from vae_explorer.explain.verdicts import few
from vae_explorer.explain.words import (
    at_rates,
    epoch_text,
    images_of,
    listed,
    margin,
    measured,
    number,
    percent,
    sentence,
    size,
)

# With fewer, the t interval is wide: at 3 seeds 2.5 standard deviations to either side, at 5 only
# 1.2, so that differences of the size of a seed's luck stay hidden.
FEW_SEEDS = 5
SHORT = Experiment().epochs  # below what the app trains for unless told otherwise
SMALL_LEAD = 0.01  # of the loss: what another width or learning rate may well outweigh


@dataclass(frozen=True)
class Recommendation:
    """For this data and these settings, no others."""

    arms: tuple[str, ...]  # keys; none where nothing can be recommended
    sentence: str
    reason: str
    doubt: str


def recommended(facts: Standings) -> Recommendation:
    found = _recommended(facts)
    none = unused(facts.race.experiment)
    return replace(found, sentence=f"{none} {found.sentence}") if none else found


def _recommended(facts: Standings) -> Recommendation:
    place = f"{images_of(facts.race)} with these settings"
    if facts.alike:
        return Recommendation(
            (),
            f"No recommendation for {place}: there is nothing to choose.",
            f"The {len(facts.arms)} {facts.noun} are names for one VAE; what differs between them "
            "is noise of the machine.",
            "Hidden layers give an activation something to do.",
        )
    if facts.example:
        return Recommendation(
            (),
            f"No recommendation for {place}: {few(facts.seeds)} each show"
            f"{'s' * facts.one_seed} an example, not a result.",
            f"What {few(facts.seeds)} call{'s' * facts.one_seed} the best may be luck; "
            f"{LEAST_SEEDS} seeds or more show what is not.",
            "Another seed may turn the order around.",
        )
    if not facts.leaders:
        return Recommendation(
            (),
            f"No recommendation for {place}: none of the {facts.noun} {facts.ended} with every "
            "seed.",
            "What is left when a seed falls out is a choice of the lucky ones.",
            "The settings may be to blame and not the activations: a lower learning rate or "
            "gradient clipping may bring them to the end.",
        )
    reason, doubts = _reason(facts), _doubts(facts)
    names = facts.labels(*facts.safest)
    place = ", ".join(filter(None, [place, at_rates(facts.race)]))
    if len(facts.arms) == 1:
        text = f"Only {names[0]} was trained on {place}, so there is nothing to choose"
    elif len(names) == len(facts.whole) > 1:
        text = f"For {place}, the choice makes no clear difference; {names[0]} is the safest"
        if len(facts.whole) < len(facts.arms):
            text += f" of the {len(names)} that {facts.ended}"
    elif len(facts.leaders) == 1:
        text = f"For {place}, take {names[0]}"
    else:
        text = f"For {place}, there is no clear winner; the safest choice is "
        text += listed(names, "or") if len(names) <= MOST_NAMED else f"one of {len(names)} leaders"
    return Recommendation(facts.keys(*facts.safest), sentence(text), reason, doubts)


def _reason(facts: Standings) -> str:
    first = facts.arms[facts.safest[0]].label
    loss = measured(facts.interval("test_loss", facts.safest[0]))
    if len(facts.leaders) == 1 and len(facts.whole) > 1:
        found, second = _lead(facts)
        text = (
            f"Its negative ELBO, {loss} over {facts.seeds} seeds, is clearly the lowest, "
            f"{size(found)} nats {margin(found)} below that of {second}, the next"
        )
    elif len(facts.leaders) == 1:
        text = f"Its negative ELBO is {loss} over {facts.seeds} seeds"
        if len(facts.arms) > 1:
            text += f"; none of the other {facts.noun} {facts.ended} with every seed"
    else:
        text = _safest(facts, first, loss)
    return sentence(text)


def _safest(facts: Standings, first: str, loss: str) -> str:
    """Why one of several leaders, between which nothing is clear, is to be taken."""
    aside = facts.race.validation_images
    where = f" on {aside:,} validation images" if aside else ""
    text = (
        f"No clear difference between {len(facts.leaders)} leaders; the safest is {first}, {loss}, "
        f"the lowest{where} where a standard error is counted against each"
    )
    if len(facts.safest) > 1:
        rest = "the other is" if len(facts.safest) == 2 else "the others are"
        within = f"{number(facts.margin, 2)} nats of it, {percent(MARGIN)} of the loss"
        text += f"; so counted, {rest} within {within}"
    if facts.uneven:
        labels = listed(facts.labels(*facts.uneven))
        text += f". The seeds of {labels} are too uneven to tell"
    return text


def _lead(facts: Standings) -> tuple[Difference, str]:
    """The winner minus the next by mean, and the next's label."""
    values = facts.values("test_loss")
    winner = facts.leaders[0]
    rest = sorted((a for a in facts.whole if a != winner), key=lambda arm: values[arm].mean())
    return facts.of("test_loss").difference(winner, rest[0]), facts.arms[rest[0]].label


def _doubts(facts: Standings) -> str:
    experiment = facts.race.experiment
    doubts = []
    if facts.seeds < FEW_SEEDS:
        doubts.append(f"{facts.seeds} seeds show large differences only")
    if 1 < len(facts.leaders) < len(facts.whole):
        doubts.append("the leaders are too close to tell apart")
    if len(facts.leaders) == 1 and len(facts.whole) > 1:
        found, _ = _lead(facts)
        if abs(found.mean) < SMALL_LEAD * abs(facts.interval("test_loss", facts.leaders[0]).mean):
            doubts.append("the lead is clear but small, less than 1 % of the loss")
    if facts.furthest < SHORT:
        epochs = f"{epoch_text(facts.furthest)} epoch{'s' * (facts.furthest != 1)}"
        doubts.append(f"{epochs} are short: what learns faster need not end lower")
    if experiment.sweep == "beta" or experiment.beta != 1:
        doubts.append("training with a beta other than 1 does not minimise the negative ELBO")
    if any(epoch is not None for epoch in facts.race.stops()):
        doubts.append("the race was stopped before its end")
    if fewer := sum(epochs is not None for epochs in facts.race.short()):
        noun = facts.noun if fewer > 1 else facts.noun.removesuffix("s")
        doubts.append(f"{fewer} {noun} learned for fewer epochs and stood no chance")
    if facts.diverged.any():
        lost = int((facts.diverged > 0).sum())
        noun = facts.noun if lost > 1 else facts.noun.removesuffix("s")
        doubts.append(f"{lost} {noun} lost seeds to divergence and stood no chance")
    if facts.unsettled.any():
        lost = int((facts.unsettled > 0).sum())
        noun = facts.noun if lost > 1 else facts.noun.removesuffix("s")
        doubts.append(f"{lost} {noun} had no negative ELBO that settles and stood no chance")
    fixed = "one set of hyperparameters"
    if facts.race.tuning is not None:
        fixed = f"nothing but the {what_is_tuned(facts.race.tuning)} was tuned"
    elif at_rates(facts.race) and experiment.learning_rates is None:
        doubts.append("all shared one learning rate, and each at its own best may end otherwise")
    if experiment.sweep != "none":
        fixed = f"nothing but the {SWEEPS[experiment.sweep].label} was varied"
    doubts.append(f"it is one data set, {images_of(facts.race)}, and {fixed}: others may differ")
    return sentence("; ".join(doubts))
