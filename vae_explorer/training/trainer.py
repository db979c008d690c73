"""Training: a Trainer takes steps, and iterates immutable snapshots of what it has become."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from vae_explorer.data import Dataset
from vae_explorer.data.pixels import to_bytes
from vae_explorer.data.probe import Probe
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.model.initialisation import initialise
from vae_explorer.model.population import Population
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.snapshot import Curves, Freeze, Snapshot
from vae_explorer.study.latent import linear_path, spherical_path
from vae_explorer.study.layers import first_not_finite, gradient_norms, layer_views
from vae_explorer.study.pictures import manifold, prior_samples
from vae_explorer.training.batches import Batches
from vae_explorer.training.machine import choose_precision, keep_freed_memory
from vae_explorer.training.optimiser import MemberwiseAdam, learning_rate_share
from vae_explorer.training.recorder import Recorder

ACTIVE_VARIANCE = 0.01  # Burda et al. (2016), section 5.1: a latent whose mean varies more is used
PATH_STEPS = 11  # images along an interpolation, its ends included
MANIFOLD_SIDE = 8  # images along a side of the grid over the latent plane
SAMPLES = 20  # images decoded from draws of the prior
_EVALUATED_VALUES = 1_000_000  # of the widest layer in one batched evaluation: they stay in cache


class Trainer:
    """Trains a population; iterate it for snapshots, or call `step` and `snapshot` yourself.

    Same experiment, images, machine and number of threads: the same numbers, bit for bit (unless
    `precision` is auto, which measures). How often a snapshot is taken changes none of them.

    Parameters
    ----------
    experiment : Experiment
    dataset : Dataset
        As `load_dataset(experiment.dataset, ...)` gives it; ValueError if it is another set.
    every : int, optional
        Steps between the snapshots of an iteration; one epoch by default.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, every: int | None = None):
        if dataset.info.name != experiment.dataset:
            raise ValueError(
                f"The experiment is on {experiment.dataset} and the images are {dataset.info.name}."
            )
        keep_freed_memory()
        self.experiment = experiment
        self.dataset = dataset
        self.population = Population(experiment)
        initialise(self.population)
        self._batches = Batches(self.population, dataset)
        rates = [member.learning_rate for member in self.population.members]
        self._adam = MemberwiseAdam(
            self.population.parameters, [rate / max(rates) for rate in rates]
        )
        self._recorder = Recorder(len(self.population), self._batches.steps, experiment.epochs)
        self.beta = torch.tensor([m.beta for m in self.population.members]).view(-1, 1, 1)
        self.precision = choose_precision(experiment.precision, self._rehearse)
        self.population.multiply_in(self.precision)
        self.probe = Probe(dataset)
        self.path_images = self.probe.default_path
        self.number = 0  # of this population, where an experiment trains several
        self.pictured: Sequence[int] = range(len(self.population))  # members with pictures
        self.shows_space = False  # whether pictures include the manifold and samples of the prior
        self.every = every or self._batches.steps
        self.steps = self._batches.steps * experiment.epochs
        self.step_number = 0
        self.learning_rate = max(rates)  # the schedule takes a share of it, and a member of that
        self.changes: list[dict[str, float]] = []
        self.frozen: dict[int, Freeze] = {}
        self.seconds = 0.0  # of steps alone
        self.seconds_with_evaluation = 0.0
        self._recent = (0, 0.0, 0.0)  # images and seconds at the last snapshot, speed before it

    def __iter__(self) -> Iterator[Snapshot]:
        while not self.finished:
            self.step()
            if self.step_number % self.every == 0 or self.finished:
                yield self.snapshot()

    @property
    def finished(self) -> bool:
        """Whether every step is taken, or no member is left to take one."""
        return self.step_number >= self.steps or len(self.frozen) == len(self.population)

    @property
    def epoch(self) -> float:
        return self.step_number / self._batches.steps

    @property
    def images_trained(self) -> int:
        """Images that every member has been trained on, counted once an epoch."""
        epochs, position = divmod(self.step_number, self._batches.steps)
        return epochs * self._batches.images + position * self.experiment.batch_size

    def change(self, **settings: float) -> None:
        """Changes `beta` or `learning_rate` from the next step on, for every member.

        ConfigError for another setting or a value that it may not have; nothing changes then.
        """
        fixed = [name for name in settings if name not in ("beta", "learning_rate")]
        if fixed:
            raise ConfigError(
                f"{fixed[0]} cannot change while training goes on; beta and learning_rate can."
            )
        checked = self.experiment.replace(**settings)
        if "beta" in settings:
            self.beta = torch.full_like(self.beta, checked.beta)
        if "learning_rate" in settings:
            self.learning_rate = checked.learning_rate
        now = {name: getattr(checked, name) for name in settings}
        self.changes.append({"step": self.step_number, **now})

    def step(self) -> None:
        """One mini-batch. At an epoch's end the test set is evaluated as well."""
        started = time.perf_counter()
        position = self.step_number % self._batches.steps
        if position == 0:
            self._batches.begin_epoch()
        images, noise = self._batches.train(position)
        batch = images.shape[1]
        reconstruction, kl = self.population.backward(
            images,
            noise,
            self._kl_weight(),
            self.experiment.free_bits,
            self._batches.dropout_uniforms(batch),
        )
        norms = self.population.parameters.gradient_norms()
        sums = (norms + reconstruction + kl).tolist()
        failed = [member for member, total in enumerate(sums) if not math.isfinite(total)]
        if failed or self.frozen:
            self._freeze(failed, reconstruction + kl)
        if self.experiment.clip_norm:
            self._adam.clip(norms, self.experiment.clip_norm)
        share = learning_rate_share(self.experiment.schedule, self.step_number, self.steps)
        self._adam.step(share * self.learning_rate)
        self.step_number += 1
        self._recorder.add(reconstruction, kl, batch)
        self.seconds += time.perf_counter() - started
        self._recorder.write(self.step_number, self.evaluate)
        self.seconds_with_evaluation += time.perf_counter() - started

    def _rehearse(self, precision: str) -> None:
        """The work of a step in a precision, without its effects, to be timed."""
        self.population.multiply_in(precision)
        batch = min(self.experiment.batch_size, self._batches.images)
        images = torch.ones(len(self.population), batch, self.experiment.image_size)
        noise = torch.zeros(len(self.population), batch, self.experiment.latent)
        self.population.backward(images, noise, self.beta)
        self.population.parameters.flat_gradient.zero_()

    def _kl_weight(self) -> torch.Tensor:
        warmup = self.experiment.kl_warmup
        return self.beta * min(1.0, self.epoch / warmup) if warmup else self.beta

    def _freeze(self, members: list[int], loss: torch.Tensor) -> None:
        """Stops members whose loss or gradient is not finite, at their last finite state.

        The last step led there, so it is undone; from then on a frozen member never moves.
        """
        for member in members:
            if member in self.frozen:
                continue
            layer = first_not_finite(self.population, member)
            what = "gradient" if bool(torch.isfinite(loss[member])) else "loss"
            reason = (
                f"Its {what} was no longer finite at step {self.step_number}, first in {layer}."
            )
            self.frozen[member] = Freeze(member, self.step_number, layer, reason)
            self._adam.undo(member)
        self._adam.silence(self.frozen)

    @torch.no_grad()
    def evaluate(self) -> Evaluation:
        """Over the whole test set with one z an image, of the weights as they are now.

        Always in float32, and with the same noise, so that a curve moves because weights do.
        """
        members = len(self.population)
        losses = torch.zeros(2, members, dtype=torch.float64)
        moments = torch.zeros(2, members, self.experiment.latent, dtype=torch.float64)  # of means
        count = 0
        for images, noise in self._batches.test(self._chunk()):
            reconstruction, kl, mean = self.population.losses(images, noise)
            losses += torch.stack([reconstruction.double().sum(1), kl.double().sum(1)])
            moments += torch.stack([mean.double().sum(1), mean.double().square().sum(1)])
            count += len(images)
        reconstruction, kl = (losses / count).float().numpy()
        first, second = moments / count
        active = (second - first.square() > ACTIVE_VARIANCE).sum(1)
        return Evaluation(reconstruction, kl, active.to(torch.int32).numpy())

    def _chunk(self) -> int:
        """Images in one batched evaluation."""
        architecture = self.experiment.architecture
        widest = max(architecture.encoder.widths + architecture.decoder.widths)
        return max(1, _EVALUATED_VALUES // (len(self.population) * widest))

    def curves(self) -> Curves:
        """All rows up to now."""
        return self._recorder.curves()

    @torch.no_grad()
    def snapshot(self) -> Snapshot:
        """What there is to see now. Takes no part in training."""
        started = time.perf_counter()
        images = torch.from_numpy(self.probe.pixels)
        mean, log_variance = (heads.numpy() for heads in self.population.encode(images))
        rows = list(self.pictured)
        names, norms = gradient_norms(self.population)
        layers = layer_views(self.population, images, rows)
        pictures = self._pictures(mean, rows)
        self.seconds_with_evaluation += time.perf_counter() - started
        return Snapshot(
            shape=self.number,
            pictured=tuple(rows),
            step=self.step_number,
            steps=self.steps,
            epoch=self.epoch,
            epochs=self.experiment.epochs,
            seconds=self.seconds,
            wall_seconds=self.seconds_with_evaluation,
            images_per_second=self._images_per_second(),
            learning_rate=self._adam.learning_rate,
            beta=self.beta.flatten().numpy(),
            precision=self.precision,
            curves=self.curves(),
            latent_mean=mean[rows],
            latent_log_variance=log_variance[rows],
            path_images=self.path_images,
            **pictures,
            layers=layers,
            gradient_layers=names,
            gradient_norms=norms,
            active_latents=self._recorder.active_latents,
            frozen=tuple(self.frozen.values()),
        )

    def _pictures(self, mean: np.ndarray, rows: list[int]) -> dict[str, np.ndarray]:
        """Decoded images of the pictured members, uint8; `mean` (K, P, L) is all members'."""
        start, end = (mean[:, index] for index in self.path_images)
        with np.errstate(invalid="ignore", over="ignore"):  # codes of members that diverged
            paths = [path(start, end, PATH_STEPS) for path in (linear_path, spherical_path)]
        codes = [mean[:, : self.probe.shown], *paths]
        names = ["reconstructions", "path_linear", "path_spherical"]
        stops = np.cumsum([part.shape[1] for part in codes])[:-1]
        images = self.population.decode(np.concatenate(codes, axis=1), diverged=True)
        decoded = images[rows].numpy()
        pictures = dict(zip(names, np.split(decoded, stops, axis=1)))
        nothing = decoded[:, :0]
        pictures |= {"manifold": nothing, "samples": nothing}
        if self.shows_space:
            grid = manifold(self.population, MANIFOLD_SIDE, mean=mean)
            pictures["manifold"] = grid[rows]
            pictures["samples"] = prior_samples(self.population, SAMPLES)[rows]
        return {name: to_bytes(images) for name, images in pictures.items()}

    def _images_per_second(self) -> float:
        """Since the snapshot before, or that snapshot's if nothing was trained since."""
        images, seconds, speed = self._recent
        if self.images_trained > images:
            speed = (self.images_trained - images) / (self.seconds - seconds)
            self._recent = (self.images_trained, self.seconds, speed)
        return speed
