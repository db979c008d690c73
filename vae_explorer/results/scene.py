"""What a race shows at one place of its history, arm by arm: arrays for charts and tables.

Members count through all shapes, as in `experiment.members`; within a shape's snapshot
they count from 0. Here is the only place that turns one into the other.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vae_explorer.experiment.arms import Arm, arms_of, places_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import Member
from vae_explorer.results.history import History
from vae_explorer.results.snapshot import Freeze, Snapshot


@dataclass(frozen=True, eq=False)
class Panel:
    """An arm's pictures: those of its first seed, one row of a snapshot's arrays."""

    arm: Arm
    member: Member
    snapshot: Snapshot
    row: int  # of arrays of pictured members
    number: int  # of arrays of all members of the shape


@dataclass(frozen=True, eq=False)
class Scene:
    """Each shape's newest snapshot at one place; those that had not begun are not there."""

    experiment: Experiment
    snapshots: tuple[Snapshot, ...]

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        return arms_of(self.experiment)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return places_of(self.experiment)

    def _snapshot(self, arm: Arm) -> Snapshot | None:
        shape = self._places[arm.rows[0]][0]
        return next((s for s in self.snapshots if s.shape == shape), None)

    def lines(self, quantity: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """Epochs (P,) and values (S, P) of each arm at the epochs' ends, in nats per image.

        `quantity` is loss, reconstruction or kl, over the test images.
        """
        lines = []
        for arm in self.arms:
            snapshot = self._snapshot(arm)
            if snapshot is None:
                lines.append((np.empty(0, np.float32), np.empty((len(arm.rows), 0), np.float32)))
                continue
            curves = snapshot.curves
            values = getattr(curves, f"test_{quantity}")[:, [self._places[r][1] for r in arm.rows]]
            ends = np.isfinite(curves.test_loss).any(1)
            lines.append((curves.epoch[ends], values[ends].T))
        return lines

    def newest(self, quantity: str) -> np.ndarray:
        """(A, S) the last value of each line; NaN before an epoch ends, or for the diverged."""
        values = np.full((len(self.arms), len(self.arms[0].rows)), np.nan)
        for row, (_, line) in enumerate(self.lines(quantity)):
            if line.shape[1]:
                values[row] = line[:, -1]
        stopped = {freeze.member for freeze in self.frozen}
        for row, arm in enumerate(self.arms):
            values[row, [member in stopped for member in arm.rows]] = np.nan
        return values

    @property
    def epochs(self) -> np.ndarray:
        """(A,) for how many epochs each arm has been trained; 0 before it begins."""
        snapshots = [self._snapshot(arm) for arm in self.arms]
        return np.array([0.0 if each is None else each.epoch for each in snapshots])

    @cached_property
    def frozen(self) -> tuple[Freeze, ...]:
        """Members that diverged, counted through all shapes."""
        numbers = {place: member for member, place in enumerate(self._places)}
        return tuple(
            dataclasses.replace(freeze, member=numbers[snapshot.shape, freeze.member])
            for snapshot in self.snapshots
            for freeze in snapshot.frozen
        )

    @property
    def diverged(self) -> np.ndarray:
        """(A,) how many seeds of each arm diverged."""
        stopped = {freeze.member for freeze in self.frozen}
        return np.array([sum(row in stopped for row in arm.rows) for arm in self.arms])

    def panels(self, keys: tuple[str, ...] | None = None) -> list[Panel]:
        """Pictures of the arms with these keys, or of all; of those that have begun."""
        panels = []
        for arm in self.arms:
            snapshot = self._snapshot(arm)
            if snapshot is None or (keys is not None and arm.key not in keys):
                continue
            number = self._places[arm.rows[0]][1]
            if number in snapshot.pictured:
                panels.append(
                    Panel(
                        arm=arm,
                        member=self.experiment.members[arm.rows[0]],
                        snapshot=snapshot,
                        row=snapshot.pictured.index(number),
                        number=number,
                    )
                )
        return panels


def scene_at(experiment: Experiment, history: History, index: int = -1) -> Scene:
    """What was shown at the `index`-th place of a history; the newest at −1."""
    return Scene(experiment, history.at(index))


def film(panel: Panel, history: History, until: int = -1) -> tuple[Snapshot, ...]:
    """The kept snapshots of a panel's shape up to a place, oldest first."""
    return history.frames(panel.snapshot.shape, until)
