"""Saving and loading runs: what is written, what comes back, and what is left alone."""

from __future__ import annotations

import csv
import json
import os

import numpy as np
import pytest
import torch

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.evaluation import Evaluation
from vae_explorer.results.members import member_results
from vae_explorer.saved.run import StoreError, load, load_run, read_record, save_run
from vae_explorer.training.trainer import Trainer

KINDS = {
    "learned activations": {"activations": ["relu", "prelu", "adaptive_mixture"], "seeds": 2},
    "one member": {"activations": ["tanh"]},
    "gaussian output": {"activations": ["silu"], "output": "gaussian"},
    "no hidden layers": {"activations": ["snake"], "hidden": []},
    "pairs": {"activations": ["relu", "prelu"], "decoder_activations": ["tanh", "swish"]},
}


def trainer_of(dataset, **settings):
    settings = {"activations": ["relu", "prelu"], "hidden": [6, 4], "epochs": 2, **settings}
    return Trainer(Experiment(dataset="digits", batch_size=20, **settings), dataset)


def trained(dataset, **settings):
    trainer = trainer_of(dataset, **settings)
    while not trainer.finished:
        trainer.step()
    return trainer


@pytest.fixture(scope="module")
def trainer(few_digits):
    return trained(few_digits)


# --- Round trips ---


@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
def test_weights_come_back_bit_for_bit(few_digits, tmp_path, settings):
    trainer = trained(few_digits, **settings)
    population = load(save_run(tmp_path / "run", trainer))
    for name, value in trainer.population.parameters.values.items():
        assert torch.equal(population.parameters.values[name], value), name
    assert population.members == trainer.population.members


def test_a_loaded_population_encodes_and_decodes_as_the_trained_one(few_digits, trainer, tmp_path):
    population = load(save_run(tmp_path / "run", trainer))
    pixels = few_digits.pixels(few_digits.test.images)
    mean, log_variance = population.encode(pixels)
    assert mean.shape == log_variance.shape == (2, 60, 2)
    for loaded, known in zip((mean, log_variance), trainer.population.encode(pixels)):
        assert torch.equal(loaded, known)
    images = population.decode(mean)
    assert images.shape == (2, 60, 64)
    assert torch.equal(images, trainer.population.decode(mean))


def test_everything_else_comes_back(trainer, tmp_path, monkeypatch):
    snapshot = trainer.snapshot()
    monkeypatch.setattr(
        trainer, "snapshot", lambda: snapshot
    )  # taking one takes time, which counts
    run = load_run(save_run(tmp_path / "run", trainer))
    assert run.folder == tmp_path / "run"
    assert run.experiment == trainer.experiment
    for name, column in vars(trainer.curves()).items():
        loaded = getattr(run.curves, name)
        assert loaded.dtype == column.dtype
        np.testing.assert_array_equal(loaded, column)
    assert run.results == member_results(trainer.experiment, snapshot, 130)
    assert run.results == read_record(run.folder).results


def test_how_a_run_was_made_is_saved(few_digits, tmp_path):
    trainer = trainer_of(few_digits)
    for _ in range(3):
        trainer.step()
    trainer.change(beta=2.0)
    trainer.step()
    info = load_run(save_run(tmp_path / "run", trainer)).info
    assert (info.step, info.steps, info.finished) == (4, 14, False)
    assert info.epoch == 4 / 7
    assert info.changes == ({"step": 3, "beta": 2.0},)
    assert (info.precision, info.threads) == ("float32", torch.get_num_threads())
    assert info.versions["torch"] == torch.__version__
    assert set(info.versions) == {"python", "torch", "numpy", "vae_explorer"}
    assert info.data_origin == "The first few digits."
    assert (info.training_images, info.test_images) == (130, 60)
    assert info.made.endswith("+00:00")


def test_a_run_that_has_not_begun_can_be_saved(few_digits, tmp_path):
    run = load_run(save_run(tmp_path / "run", trainer_of(few_digits)))
    assert len(run.curves.step) == 0
    assert run.results[0].images_per_second == 0
    assert run.results[0].test_loss > 0


# --- Results ---


def test_between_epochs_the_results_are_those_of_the_saved_weights(few_digits, tmp_path):
    trainer = trainer_of(few_digits)
    for _ in range(10):
        trainer.step()
    run = load_run(save_run(tmp_path / "run", trainer))
    measured = trainer.evaluate()
    for index, result in enumerate(run.results):
        assert np.float32(result.test_reconstruction) == measured.reconstruction[index]
        assert np.float32(result.test_kl) == measured.kl[index]
        assert np.float32(result.test_loss) == measured.loss[index]
        assert result.active_latents == measured.active_latents[index]
        assert result.test_loss != run.curves.test_loss[-1, index]


def test_at_an_epochs_end_nothing_is_evaluated_again(few_digits, tmp_path, monkeypatch):
    trainer = trained(few_digits)
    monkeypatch.setattr(trainer, "evaluate", lambda: pytest.fail("evaluated twice"))
    results = load_run(save_run(tmp_path / "run", trainer)).results
    losses = [result.test_loss for result in results]
    np.testing.assert_array_equal(np.float32(losses), trainer.curves().test_loss[-1])


def test_a_member_that_diverged_says_why(few_digits, tmp_path):
    settings = {"activations": ["exponential", "tanh"], "learning_rate": 10, "epochs": 20}
    trainer = trained(few_digits, **settings, schedule="constant")
    diverged, tanh = load_run(save_run(tmp_path / "run", trainer)).results
    assert diverged.frozen == trainer.frozen[0]
    assert "no longer finite" in diverged.frozen.reason
    assert tanh.frozen is None


def test_run_json_has_no_number_that_json_does_not_have(few_digits, tmp_path, monkeypatch):
    trainer = trainer_of(few_digits)
    losses, active = np.float32([[np.nan, 5], [1, np.inf]]), np.int32([0, 1])
    monkeypatch.setattr(trainer, "evaluate", lambda: Evaluation(*losses, active))
    text = (save_run(tmp_path / "run", trainer) / "run.json").read_text()
    values = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    first, second = values["members"]
    assert (first["test_loss"], first["test_reconstruction"], first["test_kl"]) == (None, None, 1)
    assert (second["test_loss"], second["test_reconstruction"], second["test_kl"]) == (
        None,
        5,
        None,
    )


# --- float16 ---


def test_halves_give_the_losses_of_what_is_saved(few_digits, tmp_path):
    trainer = trained(few_digits)
    exact = trainer.population.parameters.flat.clone()
    last = trainer.curves().test_loss[-1]
    run = load_run(save_run(tmp_path / "run", trainer, half=True))
    assert torch.equal(trainer.population.parameters.flat, exact)
    assert torch.equal(run.population.parameters.flat, exact.half().float())
    trainer.population.parameters.flat.copy_(exact.half())
    measured = trainer.evaluate()
    assert [np.float32(result.test_kl) for result in run.results] == list(measured.kl)
    assert not np.array_equal(measured.loss, last)
    np.testing.assert_allclose(measured.loss, last, atol=0.1)


def test_weights_too_large_for_halves_leave_the_old_run(few_digits, tmp_path):
    trainer = trained(few_digits)
    before = load(save_run(tmp_path / "run", trainer)).parameters.flat
    with torch.no_grad():
        trainer.population.parameters.values["encoder.0.bias"][0, 0, 0] = 1e5
    with pytest.raises(StoreError, match=r"encoder.0.bias holds numbers beyond 65,504.*\.$"):
        save_run(tmp_path / "run", trainer, half=True)
    assert torch.equal(load(tmp_path / "run").parameters.flat, before)


# --- What is written ---


def test_the_metrics_are_one_line_a_member_and_point(few_digits, tmp_path):
    trainer = trained(few_digits, seed=4, seeds=2)
    with (save_run(tmp_path / "run", trainer) / "metrics.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(trainer.curves().step) * 4
    assert [(line["member"], line["activation"], line["seed"]) for line in lines[:4]] == [
        ("0", "relu", "4"),
        ("1", "relu", "5"),
        ("2", "prelu", "4"),
        ("3", "prelu", "5"),
    ]
    last = trainer.curves()
    assert np.float32(lines[-1]["train_loss"]) == last.train_loss[-1, 3]
    assert np.float32(lines[-1]["test_loss"]) == last.test_loss[-1, 3]


def test_only_the_three_files_are_written(trainer, tmp_path):
    folder = save_run(tmp_path / "a" / "new" / "run", trainer)
    assert sorted(os.listdir(folder)) == ["metrics.csv", "model.safetensors", "run.json"]
    assert os.listdir(folder.parent) == ["run"]
    made = tmp_path / "by hand"
    made.mkdir()
    assert folder.stat().st_mode == made.stat().st_mode  # others may read it, as the umask says


def test_a_run_is_replaced_and_other_files_stay(few_digits, trainer, tmp_path):
    folder = save_run(tmp_path / "run", trainer)
    (folder / "notes.txt").write_text("Mine.")
    (folder / "pictures").mkdir()
    other = trained(few_digits, activations=["gelu"])
    save_run(folder, other)
    assert load_run(folder).experiment == other.experiment
    assert (folder / "notes.txt").read_text() == "Mine."
    assert (folder / "pictures").is_dir()
    assert os.listdir(tmp_path) == ["run"]


def test_an_empty_folder_is_taken(trainer, tmp_path):
    (tmp_path / "run").mkdir()
    assert load_run(save_run(tmp_path / "run", trainer)).experiment == trainer.experiment
