"""The arms of a race: what is compared, each trained from several seeds.

An arm is an activation, or a pair of an encoder's and a decoder's, with one value of the setting
that is swept if any is. Members of an arm differ in their seed alone; the same seed is the same
initial draw, batches and noise in every arm, so arms are compared seed by seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import SHAPE_SWEEPS, SWEEPS
from vae_explorer.experiment.settings import ConfigError, number_text


@dataclass(frozen=True)
class Arm:
    """One of the things that race."""

    key: str  # unique in the race: "relu", "relu>tanh", "relu@0.5"
    activation_key: str  # as a member's
    label: str  # "ReLU", "ReLU → Tanh", "ReLU, beta 0.5"
    value: float | None  # of the swept setting
    rows: tuple[int, ...]  # of `experiment.members`, in the order of the seeds

    @property
    def value_text(self) -> str:
        """The swept setting's value as people read it; empty where nothing is swept."""
        return "" if self.value is None else number_text(self.value)


def arms_of(experiment: Experiment) -> tuple[Arm, ...]:
    """The arms in the order of the members; each has one member a seed."""
    members = experiment.members
    values = _values(experiment)
    rows: dict[tuple[str, float | None], list[int]] = {}
    for row, (member, value) in enumerate(zip(members, values)):
        rows.setdefault((member.activation_key, value), []).append(row)
    return tuple(
        Arm(
            key=activation_key if value is None else f"{activation_key}@{number_text(value)}",
            activation_key=activation_key,
            label=members[where[0]].label
            + ("" if value is None else f", {SWEEPS[experiment.sweep].label} {number_text(value)}"),
            value=value,
            rows=tuple(where),
        )
        for (activation_key, value), where in rows.items()
    )


def places_of(experiment: Experiment) -> list[tuple[int, int]]:
    """The number of its shape, and its own within that, for each of `experiment.members`."""
    return [
        (number, row)
        for number, shape in enumerate(experiment.shapes)
        for row in range(len(shape.members))
    ]


def _values(experiment: Experiment) -> list[float | None]:
    """The swept setting's value for each member."""
    if experiment.sweep == "none":
        return [None] * len(experiment.members)
    if experiment.sweep not in SHAPE_SWEEPS:
        return [getattr(member, experiment.sweep) for member in experiment.members]
    return [
        value
        for value, population in zip(experiment.swept_values, experiment.shapes)
        for _ in population.members
    ]


def by_arm(arms: tuple[Arm, ...], values: np.ndarray) -> np.ndarray:
    """(A, S, ...) of values (K, ...) a member: A arms, S seeds."""
    return np.stack([values[list(arm.rows)] for arm in arms])


def chosen_key(arms: Sequence[Arm], key: str | None) -> str:
    """The key of an arm; the first's for None. ConfigError if no arm has it."""
    keys = [arm.key for arm in arms]
    if key is None:
        return keys[0]
    if key not in keys:
        raise ConfigError(
            f"The reference is {key[:40]!r}; it may be one of those that race: {', '.join(keys)}."
        )
    return key
