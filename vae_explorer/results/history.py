"""What a race showed as it trained: snapshots kept through it, to go back and forth in.

Memory is bounded: when there are too many, every other one is dropped, so that those that are left
stay spread evenly. The newest is always there. Curves are kept once, in the newest snapshot, and
cut where an older one ended: they only ever grow.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vae_explorer.results.snapshot import Curves, Snapshot

MOST_BYTES = 64 * 2**20  # of one race's kept snapshots
MOST_KEPT = 120  # more than a slider has places for


@dataclass(frozen=True, eq=False)
class ProbeImages:
    """The test images that every snapshot is of."""

    images: np.ndarray  # (P, D) uint8, 255 is white
    labels: np.ndarray  # (P,) uint8
    shown: int  # the first so many have reconstructions

    def same_as(self, other: ProbeImages) -> bool:
        """Whether they are of one test set: a set by itself chooses which are watched."""
        return np.array_equal(self.images, other.images) and np.array_equal(
            self.labels, other.labels
        )


class History:
    """Snapshots of a race in the order of training.

    A place in it is a number of steps, counted over all shapes: `steps` gives each
    shape's own number of steps.
    """

    def __init__(
        self, steps: Sequence[int], most_bytes: int = MOST_BYTES, most_kept: int = MOST_KEPT
    ):
        self.steps = tuple(steps)
        self._most_bytes = most_bytes
        self._most_kept = most_kept
        self._kept: list[Snapshot] = []  # without their curves, save the newest of a shape
        self._curves: dict[int, Curves] = {}
        self._spacing = 0.0  # steps from one to the next at least
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, snapshot: Snapshot) -> None:
        """Takes up a snapshot; it may stand in for the one before, if that is too near.

        One of a place that is there already takes its place, and an older one goes where it
        belongs. A shape that has not begun is left out: its place is the end of the shape before.
        """
        if snapshot.shape and not snapshot.step:
            return
        self._curves[snapshot.shape] = snapshot.curves
        bare = dataclasses.replace(snapshot, curves=_before(snapshot.curves, -1))
        where = bisect_left(self.places, self.place_of(bare))
        kept = list(self._kept)  # exchanged at once: another thread may copy it at any time
        if where < len(kept) and self.place_of(kept[where]) == self.place_of(bare):
            kept[where] = bare
        else:
            kept.insert(where, bare)
            if where == len(kept) - 1 and where and self._may_go(where - 1, bare):
                del kept[where - 1]
        self._kept = kept
        self._bytes = sum(map(_size, kept))
        while self._is_too_large():
            self._thin()

    def copy(self) -> History:
        """The history as it is now, for who reads it while another adds to it."""
        copy = History(self.steps, self._most_bytes, self._most_kept)
        copy._kept = list(self._kept)
        copy._curves = dict(self._curves)
        copy._spacing, copy._bytes = self._spacing, self._bytes
        return copy

    def place_of(self, snapshot: Snapshot) -> int:
        """How many steps of the whole race were taken then."""
        return sum(self.steps[: snapshot.shape]) + snapshot.step

    @property
    def places(self) -> tuple[int, ...]:
        """Of what is kept, rising."""
        return tuple(self.place_of(snapshot) for snapshot in self._kept)

    def at(self, index: int) -> tuple[Snapshot, ...]:
        """What the race showed at the `index`-th place: each shape's newest snapshot then.

        Those that had not begun are left out. Curves are those that there were.
        """
        newest: dict[int, Snapshot] = {}
        for snapshot in self._kept[: index + 1] if index >= 0 else self._kept:
            newest[snapshot.shape] = snapshot
        return tuple(
            dataclasses.replace(
                snapshot, curves=_before(self._curves[snapshot.shape], snapshot.step)
            )
            for snapshot in newest.values()
        )

    def frames(self, shape: int, until: int = -1) -> tuple[Snapshot, ...]:
        """What is kept of one shape up to the `until`-th place, without curves, in order."""
        kept = self._kept[: until + 1] if until >= 0 else self._kept
        return tuple(snapshot for snapshot in kept if snapshot.shape == shape)

    def parts(self) -> tuple[tuple[Snapshot, ...], dict[int, Curves]]:
        """All there is, for saving: bare snapshots, and the curves of each shape."""
        return tuple(self._kept), dict(self._curves)

    @classmethod
    def of(
        cls, steps: Sequence[int], kept: Iterable[Snapshot], curves: dict[int, Curves]
    ) -> History:
        """The history that `parts` came from. ValueError if they do not fit together."""
        history = cls(steps)
        history._kept = list(kept)
        history._curves = dict(curves)
        numbers = {snapshot.shape for snapshot in history._kept}
        if not numbers <= set(curves) or not numbers <= set(range(len(history.steps))):
            raise ValueError("snapshots are of shapes that have no curves")
        places = history.places
        if list(places) != sorted(set(places)):
            raise ValueError("snapshots do not follow each other")
        history._bytes = sum(map(_size, history._kept))
        return history

    def _may_go(self, index: int, following: Snapshot) -> bool:
        """Whether a snapshot is dispensable once `following` comes after it.

        The first of all and the last of each shape are not.
        """
        here = self._kept[index]
        if index == 0 or here.shape != following.shape:
            return False
        return self.place_of(here) - self.place_of(self._kept[index - 1]) < self._spacing

    def _is_too_large(self) -> bool:
        too_many = len(self._kept) > self._most_kept or self._bytes > self._most_bytes
        return too_many and self._thinnable() > 0

    def _thinnable(self) -> int:
        return len(self._kept) - len(self.steps) - 2

    def _thin(self) -> None:
        """Drops what is nearer to the one before it than twice the mean distance was."""
        places = self.places
        self._spacing = max(2 * self._spacing, 1.5 * (places[-1] - places[0]) / len(places), 1.0)
        kept = [self._kept[0]]
        for snapshot, following in pairwise(self._kept[1:]):
            ends = snapshot.shape != following.shape
            far = self.place_of(snapshot) - self.place_of(kept[-1]) >= self._spacing
            if ends or far:
                kept.append(snapshot)
        self._kept = [*kept, self._kept[-1]]
        self._bytes = sum(map(_size, self._kept))


def _before(curves: Curves, step: int) -> Curves:
    """The rows up to a step."""
    rows = int(np.searchsorted(curves.step, step, side="right"))
    return Curves(**{f.name: getattr(curves, f.name)[:rows] for f in dataclasses.fields(curves)})


def _size(snapshot: Snapshot) -> int:
    """Bytes of a snapshot's arrays, without its curves."""
    arrays = [value for value in vars(snapshot).values() if isinstance(value, np.ndarray)]
    arrays += [
        value
        for layer in snapshot.layers
        for value in vars(layer).values()
        if isinstance(value, np.ndarray)
    ]
    return sum(array.nbytes for array in arrays)
