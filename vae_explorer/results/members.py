"""What came of a run: one row of numbers for each member, for tables and for saving.

Made from a snapshot alone, so a page or a terminal has it without PyTorch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import Member
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.snapshot import Freeze, Snapshot


@dataclass(frozen=True)
class MemberResult:
    """One VAE after training. Losses are nats per image, means over the whole test set.

    A loss that is not a finite number, as a diverged member may have, is None. Seconds, speed and
    epochs are those of the whole population, which trains as one program.
    """

    recipe: Member
    test_loss: float | None  # the negative ELBO, whatever beta is: the sum of the next two
    test_reconstruction: float | None
    test_kl: float | None
    active_latents: int  # dimensions whose mean varies by more than 0.01 over the test images
    seconds: float  # of training steps alone
    seconds_with_evaluation: float  # and of evaluations and snapshots
    images_per_second: float  # training images through this member, mean over the run's steps
    frozen: Freeze | None  # why and when it stopped before the others
    epochs: float | None  # that were trained; None where a file of before does not say

    @property
    def began(self) -> bool:
        """Whether it took a step."""
        return self.epochs != 0


def member_results(
    experiment: Experiment,
    snapshot: Snapshot,
    training_images: int,
    evaluation: Evaluation | None = None,
) -> tuple[MemberResult, ...]:
    """One result a member, in the order of `experiment.members`.

    Parameters
    ----------
    snapshot : Snapshot
        Of a trainer of this experiment.
    training_images : int
        In one epoch.
    evaluation : Evaluation, optional
        On the test images, as `Trainer.evaluate` gives it; without it the last one that the
        snapshot knows of, which is that of the weights at the end of an epoch.
    """
    found = last_evaluation(snapshot) if evaluation is None else evaluation
    frozen = {freeze.member: freeze for freeze in snapshot.frozen}
    trained = snapshot.epoch * training_images
    speed = trained / snapshot.seconds if snapshot.seconds else 0.0
    return tuple(
        MemberResult(
            recipe=recipe,
            test_loss=_finite(found.loss[index]),
            test_reconstruction=_finite(found.reconstruction[index]),
            test_kl=_finite(found.kl[index]),
            active_latents=int(found.active_latents[index]),
            seconds=round(snapshot.seconds, 3),
            seconds_with_evaluation=round(snapshot.wall_seconds, 3),
            images_per_second=round(speed, 1),
            frozen=frozen.get(index),
            epochs=snapshot.epoch,
        )
        for index, recipe in enumerate(experiment.members)
    )


def last_evaluation(snapshot: Snapshot) -> Evaluation:
    """That of the last row of the curves that has one; its losses are NaN where none has."""
    curves, active = snapshot.curves, snapshot.active_latents
    rows = np.flatnonzero(~np.isnan(curves.test_loss).all(axis=1))
    if not len(rows):
        unknown = np.full(len(active), np.nan, dtype=np.float32)
        return Evaluation(unknown, unknown, active)
    return Evaluation(curves.test_reconstruction[rows[-1]], curves.test_kl[rows[-1]], active)


def _finite(value: np.floating) -> float | None:
    # As float64, but with the digits of the float32 that it is: 103.21 and not 103.20999908447266.
    plain = float(str(np.float32(value)))
    return plain if math.isfinite(plain) else None
