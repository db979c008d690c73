"""What run.json is to say of a run that is saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer.results.environment import library_versions
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.members import member_results
from vae_explorer.saved.run_json import RunInfo, RunRecord

if TYPE_CHECKING:
    from vae_explorer.data import Dataset
    from vae_explorer.model.population import Population
    from vae_explorer.training.trainer import Trainer


def record_of(trainer: Trainer, draws: int, anew: bool) -> RunRecord:
    """The newest test losses, with one draw of z an image those of the curves.

    They are measured `anew` where the weights are no longer those that the curves are of.
    """
    import torch

    curves, images = trainer.curves(), len(trainer.dataset.train.labels)
    evaluated = len(curves.step) and curves.step[-1] == trainer.step_number
    evaluated = evaluated and not np.isnan(curves.test_loss[-1]).all()
    evaluation = None if evaluated and draws == 1 and not anew else trainer.evaluate()
    unsettled: tuple[int, ...] = ()
    if evaluation is not None and draws > 1:
        reconstruction, kl, unsettled = losses_by_draws(trainer.population, trainer.dataset, draws)
        evaluation = Evaluation(reconstruction, kl, evaluation.active_latents)
    info = RunInfo(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        finished=trainer.finished,
        step=trainer.step_number,
        steps=trainer.steps,
        epoch=trainer.epoch,
        precision=trainer.precision,
        threads=torch.get_num_threads(),
        versions=library_versions(),
        data_origin=trainer.dataset.origin,
        training_images=images,
        test_images=len(trainer.dataset.test.labels),
        changes=tuple(trainer.changes),
        loss_draws=draws,
        unsettled=unsettled,
    )
    results = member_results(trainer.experiment, trainer.snapshot(), images, evaluation)
    return RunRecord(trainer.experiment, results, info)


def losses_by_draws(
    population: Population, dataset: Dataset, draws: int
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Reconstruction and KL (K,) in nats on the test images, and which members' do not settle.

    Of these the reconstruction is NaN: single draws of z decide its mean.
    """
    from vae_explorer.data.pixels import measured_images
    from vae_explorer.model.bound import losses, settles

    images = measured_images(dataset, dataset.test, population.experiment.pixels)
    found = losses(population, images, draws, population.experiment.seed)
    settled = settles(found.by_draw)
    reconstruction = np.where(settled, found.reconstruction.mean(1), np.nan)
    finite = np.isfinite(found.by_draw).all(1)  # what overflows is no number for that alone
    unsettled = tuple(np.flatnonzero(~settled & finite).tolist())
    return reconstruction.astype(np.float32), found.kl.mean(1).astype(np.float32), unsettled
