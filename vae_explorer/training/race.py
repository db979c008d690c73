"""A whole experiment in training: its shapes, one after the other, as if they were one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from vae_explorer.data import Dataset
from vae_explorer.data.pixels import to_bytes
from vae_explorer.data.validation import with_validation
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.snapshot import Snapshot
from vae_explorer.training.trainer import MANIFOLD_SIDE, PATH_STEPS, SAMPLES, Trainer

_RECORDED = 80  # snapshots of a race that nobody watches: as smooth as an animation needs
_MOST_PICTURES = 240_000_000  # bytes of the fewest snapshots that a history keeps: it can be opened


class RaceTrainer:
    """Trains the shapes of an experiment in their order; iterate it for snapshots.

    Parameters
    ----------
    side_by_side : bool
        Whether snapshots show what arms are compared by: pictures of the first seed of each arm
        alone (another seed's look alike, and a race may have hundreds of members), but with the
        manifold and samples of the prior.

    Attributes
    ----------
    trainers : tuple of Trainer
        One a population. Whoever wants one's weights or curves asks it.
    validation : Split or None
        Of an experiment with a sweep the images by which a value is chosen: they are kept aside
        from those that it is given to train on. DataError if there are too few.

    Raises
    ------
    ConfigError
        Of so many VAEs and latents the pictures are too large to be kept.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, side_by_side: bool = True):
        self.experiment = experiment
        self.dataset, self.validation = dataset, None
        if experiment.sweep != "none":
            aside = with_validation(dataset)
            self.validation = aside.test
            self.dataset = dataclasses.replace(dataset, train=aside.train, origin=aside.origin)
        self.trainers = tuple(Trainer(each, self.dataset) for each in experiment.shapes)
        for number, trainer in enumerate(self.trainers):
            trainer.number = number
            trainer.shows_space = side_by_side
            if side_by_side:
                trainer.pictured = [arm.rows[0] for arm in arms_of(trainer.experiment)]
        _check_pictures([picture_bytes(trainer) for trainer in self.trainers])

    def __iter__(self) -> Iterator[Snapshot]:
        for trainer in self.trainers:
            yield from trainer

    @property
    def current(self) -> Trainer:
        """The one that trains, or the last one when all have."""
        return next((each for each in self.trainers if not each.finished), self.trainers[-1])

    @property
    def latest(self) -> Trainer:
        """The one that took the last step."""
        begun = [trainer for trainer in self.trainers if trainer.step_number]
        return begun[-1] if begun else self.trainers[0]

    @property
    def probe(self) -> ProbeImages:
        """The images that snapshots of all shapes are of."""
        probe = self.trainers[0].probe
        return ProbeImages(to_bytes(probe.pixels), probe.labels, probe.shown)

    @property
    def steps(self) -> int:
        """Of all shapes together."""
        return sum(trainer.steps for trainer in self.trainers)

    @property
    def step_number(self) -> int:
        """Steps taken; those that a population left out because all its members froze count too."""
        return sum(
            trainer.steps if trainer.finished else trainer.step_number for trainer in self.trainers
        )

    @property
    def finished(self) -> bool:
        return all(trainer.finished for trainer in self.trainers)

    def step(self) -> None:
        """One mini-batch through the population whose turn it is."""
        self.current.step()

    def choose_path(self, images: tuple[int, int]) -> None:
        """The two probe images that interpolations of all shapes join."""
        for trainer in self.trainers:
            trainer.path_images = images


def picture_bytes(trainer: Trainer) -> int:
    """Of one snapshot: the codes of the probe images, and what is decoded."""
    experiment, probe = trainer.experiment, trainer.probe
    images = probe.shown + 2 * PATH_STEPS
    if trainer.shows_space:
        images += MANIFOLD_SIDE**2 + SAMPLES
    codes = 2 * experiment.latent * len(probe.labels) * np.dtype(np.float32).itemsize
    return len(trainer.pictured) * (codes + images * experiment.image_size)


def _check_pictures(each: list[int]) -> None:
    """A history keeps one of each shape at least, and two more."""
    fewest = sum(each) + 2 * max(each)
    if fewest > _MOST_PICTURES:
        raise ConfigError(
            f"Pictures of so many activations and latents take {fewest / 1e6:,.0f} MB at least; "
            f"at most {_MOST_PICTURES / 1e6:,.0f} MB can be kept and opened again. Choose fewer "
            "activations, swept values or latents."
        )


class Looks:
    """When a race that trains is to be looked at: about so often, evenly over its steps.

    At the last step of each shape as well, which is not seen again.

    Parameters
    ----------
    race : RaceTrainer
    count : int
        Looks over the whole race, at 1 or more.
    """

    def __init__(self, race: RaceTrainer, count: int):
        self._race = race
        self._every = max(1, race.steps // count)
        self._taken = 0

    def are_due(self) -> bool:
        """To be asked once after every step."""
        before, self._taken = self._taken, self._race.step_number // self._every
        return self._taken > before or self._race.latest.finished


class Recording:
    """Keeps a race's history while nobody looks on: some snapshots, evenly over its steps.

    Attributes
    ----------
    record : RaceRecord
        All that there is of the race until it is judged.
    """

    def __init__(self, race: RaceTrainer):
        self._race = race
        self._looks = Looks(race, _RECORDED)
        history = History([trainer.steps for trainer in race.trainers])
        self.record = RaceRecord(race.experiment, history, race.probe)
        self.look()

    def after_step(self) -> None:
        """To be called after every step."""
        if self._looks.are_due():
            self.look()

    def look(self) -> None:
        """Keeps what there is now; to be called when a race is left before its end."""
        self.record.history.add(self._race.latest.snapshot())
