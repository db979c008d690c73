"""Judging a race: the measurements that take a while, made once when training has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import torch

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.judging import Judging
from vae_explorer.model.bound import bound_with_error
from vae_explorer.results.environment import Environment, library_versions
from vae_explorer.results.members import member_results
from vae_explorer.results.race import LayerHealth, MemberJudgement, Race
from vae_explorer.training.race import RaceTrainer
from vae_explorer.training.trainer import Trainer


def judge(
    race: RaceTrainer, judging: Judging, progress: Callable[[str], None] = lambda _: None
) -> Race:
    """The measurements of every member, of a race that has ended or was stopped.

    Shapes that took no step are not measured: what an untrained VAE loses is no result.
    Training images are as many as there are test images, spread evenly over the set, so that the
    two losses have errors of the same size. `progress` is told a sentence now and then.
    """
    test, train = race.dataset.test.labels, race.dataset.train.labels
    train_images = min(len(test), len(train))
    bound_images = min(judging.bound_images, len(test))
    members: list[MemberJudgement] = []
    for number, trainer in enumerate(race.trainers, start=1):
        place = f", {number} of {len(race.trainers)} shapes" if len(race.trainers) > 1 else ""
        if not trainer.step_number:
            members += _never_began(trainer)
            continue
        progress(f"Measuring how tight the bound is, on {bound_images:,} images{place}…")
        members += _judged(trainer, judging.bound_samples, bound_images, train_images)
    return Race(
        experiment=race.experiment,
        arms=arms_of(race.experiment),
        members=tuple(members),
        bound_samples=judging.bound_samples,
        bound_images=bound_images,
        train_images=train_images,
        environment=Environment(
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=library_versions(),
            precision=race.latest.precision,
            threads=torch.get_num_threads(),
            data_origin=race.dataset.origin,
        ),
    )


def _never_began(trainer: Trainer) -> list[MemberJudgement]:
    images = len(trainer.dataset.train.labels)
    return [
        MemberJudgement(result, None, None, None, (), {})
        for result in member_results(trainer.experiment, trainer.snapshot(), images)
    ]


def _judged(
    trainer: Trainer, bound_samples: int, bound_images: int, train_images: int
) -> list[MemberJudgement]:
    snapshot = trainer.snapshot()
    results = member_results(
        trainer.experiment, snapshot, len(trainer.dataset.train.labels), trainer.evaluate()
    )
    train = trainer.evaluate_training(train_images).loss
    bound = bound_with_error(
        trainer.population,
        trainer.test_pixels(bound_images),
        bound_samples,
        trainer.experiment.seed,
    )
    return [
        MemberJudgement(
            result=result,
            train_loss=_finite(train[k]),
            bound=_finite(-bound.mean[k]),
            bound_error=_finite(bound.error[k]),
            layers=tuple(
                LayerHealth(layer.name, float(layer.dead[k]), float(layer.saturated[k]))
                for layer in snapshot.layers
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
