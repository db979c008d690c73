"""Tuning: before a race every arm tries the same learning rates, and takes the best."""

from __future__ import annotations

import math
import time

import numpy as np

from vae_explorer.data import Dataset
from vae_explorer.data.pixels import measured_images
from vae_explorer.data.validation import with_validation
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.model.bound import losses, settles
from vae_explorer.results.tuning import Tuning
from vae_explorer.training.trainer import Trainer


class Tuner:
    """Trains the trials of an experiment one population after the other, and judges each.

    Parameters
    ----------
    experiment : Experiment
        One with `trials`.
    dataset : Dataset
        Of it the training images alone are looked at: a part is kept aside to judge by. DataError
        if there are too few.

    Attributes
    ----------
    latest : Trainer
        Of the trials that took the last step.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset):
        self.experiment = experiment
        self._dataset = with_validation(dataset)
        self._trials = experiment.trials
        self._rates = self._trials[0].swept_values
        arms = sum(map(len, experiment.arms_by_value))
        shape = arms, len(experiment.tried_inits), len(self._rates), self._trials[0].seeds
        self._losses = np.full(shape, np.nan)
        self._seconds = 0.0
        self._number = 0
        self.latest = Trainer(self._trials[0], self._dataset)

    @property
    def steps(self) -> int:
        """Of all trials together: each takes as many."""
        return len(self._trials) * self.latest.steps

    @property
    def step_number(self) -> int:
        """Steps taken; those that a population left out because all its members froze count too."""
        own = 0 if self.latest.finished else self.latest.step_number
        return self._number * self.latest.steps + own

    @property
    def finished(self) -> bool:
        """Whether all are trained and judged."""
        return self._number == len(self._trials)

    @property
    def tuned(self) -> Experiment:
        """The race with what each arm has chosen."""
        return self.experiment.tuned_to(self.tuning().chosen)

    def step(self) -> None:
        """One mini-batch; after the last of a population it is judged."""
        started = time.perf_counter()
        if self.latest.finished:
            self.latest = Trainer(self._trials[self._number], self._dataset)
        self.latest.step()
        if self.latest.finished:
            self._put(self._judged())
            self._number += 1
        self._seconds += time.perf_counter() - started

    def tuning(self) -> Tuning:
        """What there is: of the trials that train now, the losses of their last evaluation."""
        if not self.latest.finished:
            self._put(self._so_far())
        return Tuning(
            self._rates,
            self.experiment.tried_inits,
            self._losses.copy(),
            images=len(self._dataset.test.labels),
            train_images=len(self._dataset.train.labels),
            seconds=self._seconds,
        )

    def _put(self, found: np.ndarray) -> None:
        """Losses (K,) of the members of the trials whose turn it is."""
        found[list(self.latest.frozen)] = math.nan
        value, init = divmod(self._number, len(self.experiment.tried_inits))
        arms = list(self.experiment.arms_by_value[value])
        self._losses[arms, init] = found.reshape(len(arms), *self._losses.shape[2:])

    def _so_far(self) -> np.ndarray:
        curve = self.latest.curves().test_loss
        evaluated = np.flatnonzero(~np.isnan(curve).all(1))
        if not len(evaluated):
            return np.full(curve.shape[1], math.nan)
        return curve[evaluated[-1]].astype(float)

    def _judged(self) -> np.ndarray:
        """From several draws of z, without members whose loss single draws decide."""
        images = measured_images(self._dataset, self._dataset.test, self.experiment.pixels)
        found = losses(self.latest.population, images, LEAST_DRAWS, self.latest.experiment.seed)
        means = found.by_draw.mean(1)
        return np.where(np.isfinite(means) & settles(found.by_draw), means, math.nan)
