"""Learning-rate schedules as functions of the step alone."""

from __future__ import annotations

import math


def learning_rate_share(schedule: str, step: int, steps: int) -> float:
    """The share of the highest learning rate to take step number `step` of `steps` with.

    ``one-cycle`` (Smith and Topin 2018, "Super-Convergence") climbs from 1/25 to 1 in the first
    30 % of the steps and falls to 1/250,000, both along a cosine: the learning rate of PyTorch's
    OneCycleLR as it is by default, whose cycle of momentum is left out. Any other schedule is
    constant.
    """
    if schedule != "one-cycle":
        return 1.0
    top = 0.3 * steps - 1
    if step <= top:
        return _cosine(1 / 25, 1, step / top)
    return _cosine(1, 1 / 250_000, (step - top) / (steps - 1 - top))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
