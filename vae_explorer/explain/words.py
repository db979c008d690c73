"""Numbers and names as sentences have them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vae_explorer.data import DATASETS, are_own_images
from vae_explorer.experiment.arms import Arm
from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.statistics import Difference, Interval
from vae_explorer.results.race import Race

_MOST_DECIMALS = 4
_MOST_TIMES = 1_000_000
_DECIMALS = 2  # where nothing says how far a number can be trusted


def decimals(half: float) -> int:
    """As many as show one digit of an uncertainty, two where the first is a 1 or a 2."""
    if not half > 0 or not math.isfinite(half):
        return _DECIMALS
    exponent = max(math.floor(math.log10(half)), -_MOST_DECIMALS)
    wanted = -exponent + (half / 10.0**exponent < 3)
    return min(max(wanted, 0), _MOST_DECIMALS)


def number(value: float, digits: int) -> str:
    """ "1,234.50", with a real minus."""
    return f"{value:,.{digits}f}".replace("-", "−")


def measured(found: Interval, unit: str = "nats") -> str:
    """ "12.43 ± 0.05 nats"; without the ± where one seed gives none."""
    digits = decimals(found.half)
    margin = f" ± {number(found.half, digits)}" if math.isfinite(found.half) else ""
    return f"{number(found.mean, digits)}{margin} {unit}".rstrip()


def size(difference: Difference) -> str:
    """ "0.62", however it points."""
    return number(abs(difference.mean), decimals(difference.half))


def margin(difference: Difference) -> str:
    """ "± 0.08"."""
    return f"± {number(difference.half, decimals(difference.half))}"


def direction(difference: Difference, up: str = "higher", down: str = "lower") -> str:
    return up if difference.mean > 0 else down


def percent(share: float) -> str:
    """ "31 %"; a tenth more where there is little."""
    return f"{100 * share:.0f} %" if share >= 0.095 or share == 0 else f"{100 * share:.1f} %"


def times(factor: float) -> str:
    """ "3.4", "1,200": two digits of a factor."""
    if factor >= _MOST_TIMES:
        return f"more than {_MOST_TIMES:,}"
    step = 10.0 ** max(math.floor(math.log10(factor)) - 1, -1)
    return f"{round(factor / step) * step:,.{1 if factor < 9.95 else 0}f}"


def epoch_text(epoch: float) -> str:
    """ "5.5"; with more digits where they would say that an epoch was begun or ended."""
    short = f"{epoch:,.1f}"
    return f"{epoch:,.3f}" if short.endswith(".0") and epoch % 1 else short.removesuffix(".0")


def epochs_of(race: Race) -> str:
    """ "10 epochs", "stopped at epoch 5.5 of 10"."""
    planned, stops = race.experiment.epochs, race.stops()
    stopped = [epoch for epoch in stops if epoch is not None]
    if not stopped:
        return f"{planned:,} epoch{'s' * (planned > 1)}"
    if len(stops) == 1:
        return f"stopped at epoch {epoch_text(stopped[0])} of {planned:,}"
    ended = len(stops) - len(stopped)
    return f"stopped: {ended:,} of {len(stops):,} shapes trained for {planned:,} epochs"


def images_of(race: Race) -> str:
    """ "MNIST", "own images in the layout of MNIST"."""
    label = DATASETS[race.experiment.dataset].label
    own = race.environment is not None and are_own_images(race.environment.data_origin)
    return f"own images in the layout of {label}" if own else label


def at_rates(race: Race) -> str:
    """ "at learning rate 0.005, shared by all": what decides a race as much as what is raced.

    Nothing where there is nothing to share it with, or where it is what is swept.
    """
    experiment = race.experiment
    if len(race.arms) < 2 or experiment.sweep == "learning_rate":
        return ""
    shared = f"at learning rate {number_text(experiment.learning_rate)}"
    if race.tuning is not None:
        lost = [arm.label for arm, own in zip(race.arms, race.tuning.choices) if own is None]
        if len(lost) == len(race.arms):
            return f"{shared}, shared by all since no trial came through"
        kinds = len(race.tuning.inits)
        weights = f" and {kinds} kinds of initial weights" if kinds > 1 else ""
        but = f", but for {listed(lost)} {shared}" if lost else ""
        return f"each at its own best of {len(race.tuning.rates)} learning rates{weights}{but}"
    if experiment.learning_rates is not None:
        return "each at the learning rate that it was given"
    return f"{shared}, shared by all"


def layer(name: str) -> str:
    """ "encoder layer 2" for "encoder 2"; the last layers by what they give."""
    names = {"heads": "the encoder's last layer", "output": "the decoder's last layer"}
    side, _, index = name.partition(" ")
    return names.get(name, f"{side} layer {index}")


def of(arm: Arm, what: str) -> str:
    """ "GELU's KL", or "the KL of GELU, beta 2" where the name is long."""
    return f"the {what} of {arm.label}" if _long(arm) else f"{arm.label}'s {what}"


def that_of(arm: Arm) -> str:
    """ "GELU's", or "that of GELU, beta 2"."""
    return f"that of {arm.label}" if _long(arm) else f"{arm.label}'s"


def _long(arm: Arm) -> bool:
    return "," in arm.label or "→" in arm.label


def listed(names: Sequence[str], word: str = "and") -> str:
    """ "A, B and C"; with semicolons where the names have commas."""
    if len(names) < 2:
        return "".join(names)
    comma = "; " if any("," in name for name in names) else ", "
    last = f"; {word} " if comma == "; " else f" {word} "
    return comma.join(names[:-1]) + last + names[-1]


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "."
