"""The tuned ranking of six usual activations on each set of images: a tuned race of ten seeds.

Prints a table, and writes a CSV a set with every number of every VAE.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from vae_explorer.data import DATASETS, load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.presets import RACES
from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.findings import recommend
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.words import measured
from vae_explorer.results.race import Race
from vae_explorer.saved.race_json import to_csv
from vae_explorer.training.judge import judge
from vae_explorer.training.machine import available_cores, threads_for
from vae_explorer.training.race import RaceTrainer
from vae_explorer.training.tuning import Tuner

SIX = RACES["six"].experiment
LARGE = {"hidden": (256, 64), "epochs": 10, "batch_size": 128}  # of 28×28 pixels


def experiment_of(dataset: str) -> Experiment:
    return SIX if dataset == SIX.dataset else SIX.replace(dataset=dataset, **LARGE)


def run(experiment: Experiment) -> Race:
    dataset = load_dataset(experiment.dataset, experiment.image_set)
    torch.set_num_threads(threads_for(experiment.trials[0], available_cores()))
    tuner = Tuner(experiment, dataset)
    while not tuner.finished:
        tuner.step()
    race = RaceTrainer(tuner.tuned, dataset)
    while not race.finished:
        race.step()
    return judge(race, Judging(), tuning=tuner.tuning())


def table(race: Race) -> str:
    standings = Standings(race)
    loss = standings.of("test_loss")
    first = race.arms[loss.order[0]]
    loss = Standings(race, first.key).of("test_loss")
    lines = [
        f"| {DATASETS[race.experiment.dataset].label} | learning rate | negative ELBO (nats) "
        f"| above {first.label} |  |",
        "|---|---:|---:|---:|---|",
    ]
    for arm in loss.order:
        rate = race.members[race.arms[arm].rows[0]].result.recipe.learning_rate
        found = loss.differences[arm]
        above = "" if found is None else f"{found.mean:.2f}"
        above += "" if found is None or np.isnan(found.half) else f" ± {found.half:.2f}"
        mean = measured(loss.intervals[arm]).removesuffix(" nats")
        words = loss.verdict(arm).words.replace("reference", "")
        lines.append(
            f"| {race.arms[arm].label} | {number_text(rate)} | {mean} | {above} | {words} |"
        )
    return "\n".join([*lines, "", recommend(standings).sentence])


def main(datasets: list[str], out: Path) -> None:
    for dataset in datasets:
        started = time.perf_counter()
        race = run(experiment_of(dataset))
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{dataset}.csv").write_text(to_csv(race), encoding="utf-8")
        print(table(race), f"\n\n{time.perf_counter() - started:.0f} s\n", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", action="append", choices=DATASETS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "ranking")
    given = parser.parse_args()
    main(given.dataset or list(DATASETS), given.out)
