"""What a race is judged by: a row of measurements for each member, and names for them.

Plain numbers, made once when a race has ended or was stopped (`training.judge`), saved with it, and
read by tables, statistics, explanations and the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vae_explorer.experiment.arms import Arm, by_arm
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.environment import Environment
from vae_explorer.results.members import MemberResult
from vae_explorer.results.tuning import Tuning


@dataclass(frozen=True)
class LayerHealth:
    """Units of one hidden layer on the training images, with z drawn; once on probe images."""

    name: str  # "encoder 1", "decoder 1", counted from the input
    dead: float  # share of units whose derivative is all but 0 on every image
    saturated: float  # share of units, not dead, flat on 95 % of the images
    one_sided: float | None = None  # share whose pre-activation has one sign on every image


@dataclass(frozen=True)
class MemberJudgement:
    """One VAE at the end of a race. Losses are nats per image; None where not a finite number."""

    result: MemberResult
    train_loss: float | None  # the negative ELBO on `Race.train_images` training images
    bound: float | None  # minus the importance-weighted bound, on `Race.bound_images` test images
    bound_error: float | None  # its standard error over those images
    layers: tuple[LayerHealth, ...]  # from input to output
    gradients: Mapping[str, float]  # layer to norm of its weights' gradient at the last step
    draw_error: float | None = None  # standard error of the negative ELBO over the draws of z
    settles: bool = True  # whether no single draw of z decides the negative ELBO
    validation_loss: float | None = None  # the same on images that choose a swept value

    @property
    def diverged(self) -> bool:
        return self.result.frozen is not None

    @property
    def counts(self) -> bool:
        """Whether its numbers are results: not of one that diverged, nor of one that never began.

        What a VAE was before it stopped, or before it learned anything, is no result.
        """
        return not self.diverged and self.result.began

    @property
    def loss(self) -> float | None:
        """The negative ELBO on the test images; None where its mean does not settle."""
        return self.result.test_loss if self.settles else None

    @property
    def reconstruction(self) -> float | None:
        """That part of `loss`."""
        return self.result.test_reconstruction if self.settles else None

    @property
    def gap(self) -> float | None:
        """Test minus training loss: what more is lost on images never seen."""
        if self.loss is None or self.train_loss is None:
            return None
        return self.loss - self.train_loss

    @property
    def looseness(self) -> float | None:
        """The bound less the ELBO, from the same draws; None where these were not the same."""
        if self.loss is None or self.bound is None or self.draw_error is None:
            return None
        return self.loss - self.bound

    @property
    def dead(self) -> float | None:
        """Share of dead units in the layer with the most of them."""
        return max((layer.dead for layer in self.layers), default=None)

    @property
    def saturated(self) -> float | None:
        """Share of saturated units in the layer with the most of them."""
        return max((layer.saturated for layer in self.layers), default=None)

    @property
    def one_sided(self) -> float | None:
        """Share of units that never cross 0 in the layer with the most of them."""
        found = [layer.one_sided for layer in self.layers if layer.one_sided is not None]
        return max(found, default=None)

    @property
    def smallest_gradient(self) -> float | None:
        """Of the layers' gradient norms."""
        return min(self.gradients.values(), default=None)

    @property
    def largest_gradient(self) -> float | None:
        return max(self.gradients.values(), default=None)


@dataclass(frozen=True)
class Quantity:
    """One of the measurements: how it is called, what it is measured in, and where it is."""

    label: str
    unit: str
    of: Callable[[MemberJudgement], float | None]
    better: int  # 1: more is better, -1: less is, 0: neither
    digits: int = 2
    percent: bool = False
    # Measured once for all VAEs that train together, so that seeds are no repeats of it.
    shared: bool = False
    whole_numbers: bool = False  # a count, or a share of one: seeds may all have the same

    @property
    def factor(self) -> int:
        """From what is measured to what is shown in `unit`."""
        return 100 if self.percent else 1


def _of_units(label: str, of: Callable[[MemberJudgement], float | None], better: int) -> Quantity:
    """A share of the units of a layer."""
    return Quantity(label, "%", of, better, 0, percent=True, whole_numbers=True)


QUANTITIES: Mapping[str, Quantity] = {
    "test_loss": Quantity("Negative ELBO", "nats", lambda m: m.loss, -1),
    "reconstruction": Quantity("Reconstruction", "nats", lambda m: m.reconstruction, -1),
    "kl": Quantity("KL", "nats", lambda m: m.result.test_kl, 0),
    "bound": Quantity("Negative IW bound", "nats", lambda m: m.bound, -1),
    "looseness": Quantity("ELBO below IW bound", "nats", lambda m: m.looseness, 0),
    "gap": Quantity("Generalisation gap", "nats", lambda m: m.gap, -1),
    "active_latents": Quantity(
        "Active latents", "", lambda m: m.result.active_latents, 0, 1, whole_numbers=True
    ),
    "dead": _of_units("Dead units, worst layer", lambda m: m.dead, -1),
    "saturated": _of_units("Saturated units, worst layer", lambda m: m.saturated, -1),
    "one_sided": _of_units("One-sided units, worst layer", lambda m: m.one_sided, 0),
    "smallest_gradient": Quantity(
        "Smallest layer gradient", "norm", lambda m: m.smallest_gradient, 0, 4
    ),
    "largest_gradient": Quantity(
        "Largest layer gradient", "norm", lambda m: m.largest_gradient, 0, 4
    ),
    "images_per_second": Quantity(
        "Speed", "images/s", lambda m: m.result.images_per_second, 1, 0, shared=True
    ),
    "seconds": Quantity("Training time", "s", lambda m: m.result.seconds, -1, 1, shared=True),
}


@dataclass(frozen=True)
class Race:
    """A race that has ended or was stopped, in numbers.

    K members in the order of `experiment.members`. Its shapes train one after the other, so that of
    a race that was stopped some may have come to their end, one not, and others never have begun.
    """

    experiment: Experiment
    arms: tuple[Arm, ...]
    members: tuple[MemberJudgement, ...]
    loss_draws: int  # of z for each image, that the ELBO is the mean of
    bound_samples: int  # K of the importance-weighted bound
    bound_images: int  # test images that it is taken over
    train_images: int  # training images that the training loss is taken over
    environment: Environment | None = None
    tuning: Tuning | None = None  # of a race whose arms chose their learning rates
    validation_images: int = 0  # of a race with a sweep, by which a value is chosen

    def row(self, key: str) -> int:
        """Which of `arms` has this key; ValueError where none has."""
        keys = [arm.key for arm in self.arms]
        if key not in keys:
            raise ValueError(f"There is no {key[:40]!r} in this race; it has {', '.join(keys)}.")
        return keys.index(key)

    def values(self, quantity: str) -> np.ndarray:
        """(A, S) of one of `QUANTITIES`, an arm a row, a seed a column; NaN where there is none.

        Members that do not count (`MemberJudgement.counts`) have no value.
        """
        return self._numbers(QUANTITIES[quantity].of)

    def validation(self) -> np.ndarray:
        """(A, S) negative ELBO on the images that choose a swept value; NaN where there is none."""
        return self._numbers(lambda member: member.validation_loss)

    def _numbers(self, of: Callable[[MemberJudgement], float | None]) -> np.ndarray:
        numbers = [_number(of(member)) if member.counts else np.nan for member in self.members]
        return by_arm(self.arms, np.array(numbers))

    def whole(self) -> np.ndarray:
        """(A,) whether every seed of an arm came with a loss as far as the race did.

        Only such arms can be compared: of another the seeds that are left are the lucky ones, or
        they learned for fewer epochs than the rest.
        """
        return whole(self.values("test_loss"), self.epochs())

    def short(self) -> list[float | None]:
        """(A,) the epochs of arms that learned for fewer than the rest; None of the rest."""
        return short(self.values("test_loss"), self.epochs())

    def epochs(self) -> np.ndarray:
        """(A,) for how many epochs each arm was trained; 0 for those that never began.

        All of them where a file of before does not say.
        """
        planned = self.experiment.epochs
        found = [m.result.epochs if m.result.epochs is not None else planned for m in self.members]
        return by_arm(self.arms, np.array(found, dtype=float))[:, 0]

    def stops(self) -> tuple[float | None, ...]:
        """For each of the experiment's shapes the epoch at which it was stopped.

        0 for one that never began; None for one that trained to its end, be it that all of its
        members diverged.
        """
        found: list[float | None] = []
        members = iter(self.members)
        for shape in self.experiment.shapes:
            own = [next(members) for _ in shape.members]
            epochs = own[0].result.epochs
            ended = epochs is None or epochs >= shape.epochs or all(m.diverged for m in own)
            found.append(None if ended else epochs)
        return tuple(found)

    def diverged(self) -> np.ndarray:
        """(A,) how many seeds of each arm diverged."""
        return by_arm(self.arms, np.array([m.diverged for m in self.members])).sum(1)

    def unsettled(self) -> np.ndarray:
        """(A,) how many seeds of each arm count, but have no negative ELBO that settles."""
        found = [member.counts and not member.settles for member in self.members]
        return by_arm(self.arms, np.array(found)).sum(1)


def short(values: np.ndarray, epochs: np.ndarray) -> list[float | None]:
    """The epochs of arms that learned for fewer than the longest with a value; None of the rest.

    `values` (A, S), NaN where there is none; `epochs` (A,) that each arm was trained for.
    """
    furthest = epochs[np.isfinite(values).any(1)].max(initial=0.0)
    return [float(each) if each < furthest else None for each in epochs]


def whole(values: np.ndarray, epochs: np.ndarray) -> np.ndarray:
    """(A,) which arms have a value for every seed, after as many epochs as the longest."""
    long = np.array([fewer is None for fewer in short(values, epochs)])
    return np.isfinite(values).all(1) & long


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
