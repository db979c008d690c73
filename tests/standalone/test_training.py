"""The scripts of "show me the code" train as the app does: step by step, and to the same loss."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.helpers.scripts import (
    LANGUAGES,
    MEANS,
    Run,
    as_ours,
    in_each_language,
    on_digits,
    run,
    run_all,
    saved,
    write,
)
from vae_explorer.training.batches import Batches
from vae_explorer.training.trainer import Trainer


@LANGUAGES
def test_a_script_runs_by_itself_and_leaves_a_picture(language, tmp_path):
    from PIL import Image

    text = run(write(on_digits(epochs=3), language, tmp_path / "script.py"), folder=tmp_path)
    losses = [line for line in text.splitlines() if "nats" in line or "val_loss" in line]
    assert len(losses) == 3
    with Image.open(tmp_path / "samples.png") as picture:
        assert picture.size == (448, 448)
        assert np.asarray(picture).std() > 10


# --- What is run ---

# Before a script: no noise, in either language.
NOISELESS = {
    "pytorch": "torch.randn_like = torch.zeros_like",
    "keras": "import keras; keras.random.normal = lambda shape, seed=None: keras.ops.zeros(shape)",
}

# After it: the weights that it ended with, and by the same seed those that it started with.
BEFORE_AND_AFTER = """
arrays = {f"after{index:03}": numbers(value) for index, value in enumerate(weights(vae))}
keras.utils.set_random_seed(0) if "keras" in globals() else torch.manual_seed(0)
for index, value in enumerate(weights(VAE())):
    arrays[f"before{index:03}"] = numbers(value)
save(**arrays)
"""

# All images in one batch, in whatever order: a step is an epoch.
SMALL = {"batch_size": 2000, "epochs": 8, "activations": ("tanh",), "hidden": (16,)}
REGULAR = {"schedule": "constant", "init": "pytorch"}
COMPARABLE = 6  # of these the first have the same shapes and the same start
OPTIONS = [
    REGULAR,
    {**REGULAR, "schedule": "one-cycle"},
    {**REGULAR, "beta": 20.0},
    {**REGULAR, "beta": 20.0, "kl_warmup": 6.0},
    {**REGULAR, "beta": 20.0, "free_bits": 0.01},
    {**REGULAR, "clip_norm": 3.0},
    {**REGULAR, "init": "gain"},
    {**REGULAR, "output": "gaussian"},
    {**REGULAR, "activations": ("adaptive_mixture",), "decoder_activations": ("snake",)},
]
STEPS = [on_digits(**{**SMALL, **options}) for options in OPTIONS]

# Those that are trained to the end.
WHOLE_RUNS = [
    on_digits(epochs=8, activations=("relu",)),
    on_digits(epochs=8, activations=("snake",), decoder_activations=("prelu",), dropout=0.02),
    on_digits(epochs=8, activations=("relu",), pixels="binarised"),
]
SEEDS = (100, 101, 102)


def run_trainings(language, folder):
    """Weights before and after each of STEPS, and the last losses of the seeds of WHOLE_RUNS.

    All are run in one process, those without noise last.
    """
    whole = [
        [
            Run(write(experiment.replace(seed=seed), language, folder / f"{index}_{seed}.py"))
            for seed in SEEDS
        ]
        for index, experiment in enumerate(WHOLE_RUNS)
    ]
    steps = [
        Run(
            write(experiment, language, folder / f"steps_{index}.py"),
            MEANS[language] + BEFORE_AND_AFTER,
            before=NOISELESS[language],
        )
        for index, experiment in enumerate(STEPS)
    ]
    run_all([each for seeds in whole for each in seeds] + steps, folder)
    return SimpleNamespace(
        losses=[[last_loss(each.path) for each in seeds] for seeds in whole],
        steps=[saved(each.path) for each in steps],
    )


def last_loss(path):
    """The negative ELBO that a script printed last."""
    line = path.with_suffix(".txt").read_text().strip().splitlines()[-1]
    return float(line.split()[2] if line.startswith("epoch") else line.split()[-1])


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    with in_each_language(run_trainings, tmp_path_factory) as of:
        yield of


# --- They take the app's steps ---


@pytest.mark.parametrize(("language", "share"), [("pytorch", 1e-5), ("keras", 2e-2)])
def test_a_script_without_noise_takes_the_apps_steps(language, share, digits, monkeypatch, ended):
    """From the same weights it ends at the same: off by no more than a share of the way.

    Keras adds Adam's epsilon before a correction that PyTorch, and the paper, make first. Every
    option leads further off than that.
    """

    def silent(self, count, streams):
        return [torch.zeros(count, self._latent) for _ in streams]

    monkeypatch.setattr(Batches, "_normal", silent)
    ways = []
    for experiment, arrays in zip(STEPS, ended(language).steps):
        before, after = (
            as_ours(arrays, prefix, experiment, language) for prefix in ("before", "after")
        )
        trainer = Trainer(experiment, digits)
        values = {name: value[0] for name, value in trainer.population.parameters.values.items()}
        with torch.no_grad():
            for name, value in before.items():
                values[name].copy_(torch.from_numpy(value))
            while not trainer.finished:
                trainer.step()
            way = way_between(before, {name: value.numpy() for name, value in values.items()})
        assert distance(way, way_between(before, after)) < share, experiment
        ways.append(way)
    for way in ways[1:COMPARABLE]:
        assert distance(way, ways[0]) > share


def way_between(before, after):
    return np.concatenate([(after[name] - before[name]).ravel() for name in before])


def distance(way, other):
    return np.linalg.norm(way - other) / np.linalg.norm(way)


# --- They reach the app's loss ---


@pytest.fixture(scope="module")
def app_losses(digits):
    """Of 20 seeds of each of WHOLE_RUNS."""
    trainers = [Trainer(experiment.replace(seeds=20), digits) for experiment in WHOLE_RUNS]
    for trainer in trainers:
        while not trainer.finished:
            trainer.step()
    return [trainer.evaluate().loss for trainer in trainers]


@LANGUAGES
def test_a_script_reaches_the_apps_loss(language, app_losses, ended):
    """The mean of three seeds, within four of its standard errors, by the spread of 20 in the app.

    That is 0.2 nats, so the tolerance is 0.5 nats of 28.
    """
    for expected, losses in zip(app_losses, ended(language).losses):
        assert len(losses) == len(SEEDS)
        tolerance = 4 * expected.std(ddof=1) * np.sqrt(1 / 20 + 1 / len(losses))
        assert tolerance < 0.8
        assert np.mean(losses) == pytest.approx(expected.mean(), abs=tolerance)
