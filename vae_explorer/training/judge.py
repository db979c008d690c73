"""Judging a race: the measurements that take a while, made once when training has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import torch

from vae_explorer.data.pixels import measured_images
from vae_explorer.data.stratify import matched
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.judging import LEAST_DRAWS, Judging
from vae_explorer.model.bound import losses, mean_with_error, settles
from vae_explorer.results.environment import Environment, library_versions
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.members import member_results
from vae_explorer.results.race import LayerHealth, MemberJudgement, Race
from vae_explorer.results.tuning import Tuning
from vae_explorer.study.layers import unit_shares
from vae_explorer.training.race import RaceTrainer
from vae_explorer.training.trainer import Trainer


def judge(
    race: RaceTrainer,
    judging: Judging,
    progress: Callable[[str], None] = lambda _: None,
    tuning: Tuning | None = None,
) -> Race:
    """The measurements of every member, of a race that has ended or was stopped.

    Shapes that took no step are not measured: what an untrained VAE loses is no result. The ELBO
    and the bound are over all test images, from the same draws of z; the training loss over as many
    images of each class; what units do over all training images. `progress` is told a sentence now
    and then. `tuning` is what came before the race, if it is a tuned one.
    """
    images = _images(race)
    members: list[MemberJudgement] = []
    for number, trainer in enumerate(race.trainers, start=1):
        place = f", {number} of {len(race.trainers)} shapes" if len(race.trainers) > 1 else ""
        if not trainer.step_number:
            members += _never_began(trainer)
            continue
        progress(f"Measuring on {len(images.test):,} images, {judging.draws:,} draws each{place}…")
        members += _judged(trainer, judging.draws, images)
    return Race(
        experiment=race.experiment,
        arms=arms_of(race.experiment),
        members=tuple(members),
        loss_draws=judging.draws,
        bound_samples=judging.draws,
        bound_images=len(images.test),
        train_images=len(images.matched),
        validation_images=0 if images.validation is None else len(images.validation),
        environment=Environment(
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=library_versions(),
            precision=race.latest.precision,
            threads=torch.get_num_threads(),
            data_origin=race.dataset.origin,
        ),
        tuning=tuning,
    )


def _never_began(trainer: Trainer) -> list[MemberJudgement]:
    images = len(trainer.dataset.train.labels)
    return [
        MemberJudgement(result, None, None, None, (), {})
        for result in member_results(trainer.experiment, trainer.snapshot(), images)
    ]


class _Images(NamedTuple):
    """What a race is measured on, each (N, D) in [0, 1]."""

    test: np.ndarray
    train: np.ndarray
    matched: np.ndarray  # those for training, as many of each class as there are for testing
    validation: np.ndarray | None  # of a race with a sweep


def _images(race: RaceTrainer) -> _Images:
    dataset = race.dataset
    splits = dataset.test, dataset.train, race.validation
    test, train, validation = (
        None if split is None else measured_images(dataset, split, race.experiment.pixels)
        for split in splits
    )
    assert test is not None and train is not None
    of_training = train[matched(dataset.train.labels, dataset.test.labels)]
    return _Images(test, train, of_training, validation)


def _judged(trainer: Trainer, draws: int, images: _Images) -> list[MemberJudgement]:
    snapshot, population, seed = trainer.snapshot(), trainer.population, trainer.experiment.seed
    found = losses(population, images.test, draws, seed)
    reconstruction, kl = (
        mean_with_error(each)[0].astype(np.float32) for each in (found.reconstruction, found.kl)
    )
    evaluation = Evaluation(reconstruction, kl, trainer.evaluate().active_latents)
    images_trained = len(trainer.dataset.train.labels)
    results = member_results(trainer.experiment, snapshot, images_trained, evaluation)
    bound, bound_error = mean_with_error(found.bound)
    training = losses(population, images.matched, LEAST_DRAWS, seed)
    train_loss, _ = mean_with_error(training.reconstruction + training.kl)
    validation = np.full(len(population), np.nan)
    if images.validation is not None:
        by_draw = losses(population, images.validation, LEAST_DRAWS, seed).by_draw
        validation = np.where(settles(by_draw), by_draw.mean(1), np.nan)
    _, draw_error = mean_with_error(found.by_draw)
    settled = settles(found.by_draw)
    layers = unit_shares(population, images.train, seed)
    return [
        MemberJudgement(
            result=result,
            train_loss=_finite(train_loss[k]),
            bound=_finite(bound[k]),
            bound_error=_finite(bound_error[k]),
            draw_error=_finite(draw_error[k]),
            settles=bool(settled[k]),
            validation_loss=_finite(validation[k]),
            layers=tuple(
                LayerHealth(
                    layer.name,
                    dead=float(layer.dead[k]),
                    saturated=float(layer.saturated[k]),
                    one_sided=float(layer.one_sided[k]),
                )
                for layer in layers
            ),
            gradients={
                name: float(norm)
                for name, norm in zip(snapshot.gradient_layers, snapshot.gradient_norms[k])
                if np.isfinite(norm)
            },
        )
        for k, result in enumerate(results)
    ]


def _finite(value: np.floating) -> float | None:
    return float(value) if np.isfinite(value) else None
