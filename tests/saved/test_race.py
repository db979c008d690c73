"""Saved races: folders there and back, and what strangers may have put into one."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.saved_races import EXPERIMENT, saved_race
from vae_explorer.experiment.judging import Judging
from vae_explorer.saved.files import _beside
from vae_explorer.saved.race import check_race_target, load_race, save_race, save_runs
from vae_explorer.saved.race_json import to_csv, to_json
from vae_explorer.saved.run import StoreError, load_run
from vae_explorer.training.judge import judge
from vae_explorer.training.race import RaceTrainer, Recording


@pytest.fixture
def folder(saved, tmp_path):
    return save_race(tmp_path / "race", saved, "relu", "<p>For people.</p>")


def test_a_race_comes_back_as_it_was(saved, folder):
    again = load_race(folder)
    assert to_json(again.race, "relu") == to_json(saved.race, "relu")
    assert again.history.places == saved.history.places
    for ours, theirs in zip(saved.history.at(-1), again.history.at(-1)):
        np.testing.assert_array_equal(ours.curves.test_kl, theirs.curves.test_kl)
        np.testing.assert_array_equal(ours.manifold, theirs.manifold)
    np.testing.assert_array_equal(again.probe.images, saved.probe.images)
    assert (folder / "report.html").read_text() == "<p>For people.</p>"
    assert (folder / "results.csv").read_text() == to_csv(saved.race)


def test_a_population_is_saved_as_a_run(few_digits, tmp_path):
    race = RaceTrainer(EXPERIMENT, few_digits)
    race.step()
    (run,) = save_runs(tmp_path, race)
    assert run == tmp_path / "runs" / "1"
    assert load_run(run).experiment.activations == EXPERIMENT.activations


def test_it_is_saved_over_itself_and_over_nothing_else(folder, tmp_path):
    assert check_race_target(folder, EXPERIMENT) == folder
    assert check_race_target(tmp_path / "new", EXPERIMENT) == tmp_path / "new"
    assert not (tmp_path / "new").exists()
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "monday.txt").write_text("private")
    with pytest.raises(StoreError, match="is no race of VAE Explorer"):
        check_race_target(tmp_path / "diary", EXPERIMENT)
    with pytest.raises(StoreError, match="is a file"):
        check_race_target(tmp_path / "diary" / "monday.txt", EXPERIMENT)
    for name in ("", "a\0b"):
        with pytest.raises(StoreError, match="is no name of a folder"):
            check_race_target(name, EXPERIMENT)


def races(few_digits):
    """A race of two shapes and one of a single one, each a step in everywhere."""
    for experiment in (EXPERIMENT.replace(sweep="latent", sweep_values=[2, 3]), EXPERIMENT):
        race = RaceTrainer(experiment, few_digits)
        for trainer in race.trainers:
            trainer.step()
        yield race


def test_a_smaller_race_leaves_no_runs_of_a_larger_one(few_digits, tmp_path):
    larger, smaller = races(few_digits)
    assert len(save_runs(tmp_path, larger)) == 2
    (tmp_path / "runs" / "notes").mkdir()
    (tmp_path / "runs" / "7").mkdir()  # no run
    save_runs(tmp_path, smaller)
    assert sorted(os.listdir(tmp_path / "runs")) == ["1", "7", "notes"]
    assert load_run(tmp_path / "runs" / "1").experiment == EXPERIMENT


def test_what_a_killed_process_left_of_a_race_can_be_saved_over(few_digits, saved, tmp_path):
    """Its runs are there, and the numbers are not complete."""
    folder = tmp_path / "race"
    save_runs(folder, list(races(few_digits))[1])
    leftover = replace_folder_killed(folder / "runs" / "1")
    with pytest.raises(StoreError, match=r"it has no results\.json"):
        load_race(folder)
    assert check_race_target(folder, EXPERIMENT) == folder
    assert load_run(folder / "runs" / "1").experiment == EXPERIMENT
    save_runs(folder, list(races(few_digits))[1])
    save_race(folder, saved, "relu", "")
    assert load_race(folder).race.experiment == saved.race.experiment
    assert not leftover.exists()
    (folder / "results.json").unlink()
    (folder / "runs" / "diary").mkdir()
    with pytest.raises(StoreError, match="is no race of VAE Explorer"):
        check_race_target(folder, EXPERIMENT)


def replace_folder_killed(target):
    """What a process leaves that is killed while it writes a folder's files."""
    leftover = _beside(target, "new")
    leftover.mkdir()
    (leftover / "run.json").write_text("{")
    return leftover


def replaced(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def piped(name):
    def change(folder):
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "results.json").unlink(),
        lambda folder: (folder / "history.safetensors").unlink(),
        piped("results.json"),
        piped("history.safetensors"),
        replaced("results.json", b"\xff\xfe"),
        replaced("results.json", b"[" * 100_000),
        replaced("results.json", b"{}"),
        replaced("history.safetensors", b""),
        replaced("history.safetensors", b"\xff" * 64),
    ],
)
def test_a_damaged_folder_is_answered_in_a_sentence(folder, change):
    change(folder)
    with pytest.raises(StoreError) as caught:
        load_race(folder)
    message = str(caught.value)
    assert message.startswith(str(folder))
    assert message.endswith(".")
    assert len(message) < len(str(folder)) + 400


def test_the_history_of_another_race_is_refused(folder, tmp_path):
    other = save_race(
        tmp_path / "other", saved_race(hidden=(5,), activations=("tanh",)), "tanh", ""
    )
    shutil.copy(other / "history.safetensors", folder)
    with pytest.raises(StoreError, match="cannot be read"):
        load_race(folder)


@pytest.mark.parametrize("name", ["results.json", "history.safetensors"])
def test_a_file_of_more_than_it_may_have_is_not_read(folder, name):
    with (folder / name).open("r+b") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(StoreError, match="more than such a file may have"):
        load_race(folder)


def test_how_far_a_race_of_before_got_is_read_from_its_history(few_digits, tmp_path):
    experiment = EXPERIMENT.replace(sweep="latent", sweep_values=[2, 3, 4], epochs=4)
    trainer = RaceTrainer(experiment, few_digits)
    recording = Recording(trainer)
    for _ in range(6):  # a step is an epoch: 4 of the first shape, 2 of the second
        trainer.step()
        recording.look()
    assert trainer.trainers[0].steps == 4
    race = judge(trainer, Judging(draws=16))
    saved = replace(recording.record, race=race)
    folder = save_race(tmp_path / "race", saved, "relu@2", "")
    values = json.loads((folder / "results.json").read_text())
    for member in values["members"]:
        del member["result"]["epochs"]
        # Of what never began they had the numbers of untrained VAEs.
        member["result"]["test_loss"] = member["result"]["test_loss"] or 45.0
    (folder / "results.json").write_text(json.dumps(values))
    again = load_race(folder).race
    assert again.epochs().tolist() == race.epochs().tolist()
    assert again.stops() == (None, 2, 0)
    assert np.isnan(again.values("test_loss")[4:]).all()
    assert not np.isnan(again.values("test_loss")[:4]).any()


def test_a_race_that_replaces_another_leaves_none_of_its_numbers(few_digits, folder, saved):
    """A process that ends while the new one is judged leaves its runs, and may be begun again."""
    race = RaceTrainer(EXPERIMENT.replace(seed=5), few_digits)
    race.step()
    save_runs(folder, race)
    assert {path.name for path in folder.iterdir()} == {"runs"}
    with pytest.raises(StoreError, match=r"no saved race: it has no results\.json"):
        load_race(folder)
    (folder / "results.csv").write_text("left by one that was killed on the way")
    assert check_race_target(folder, EXPERIMENT) == folder


def test_a_page_of_ones_own_is_no_race(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.html").write_text("of the year")
    with pytest.raises(StoreError, match="is no race of VAE Explorer"):
        check_race_target(tmp_path / "mine", EXPERIMENT)
