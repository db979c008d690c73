"""The command line's compare, as a whole: a race on the 8×8 digits, judged, saved and reported."""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import vae_explorer
from vae_explorer.data.folder import IDX_NAMES
from vae_explorer.data.idx import write_idx
from vae_explorer.figures.report import race as report
from vae_explorer.saved.race import load_race
from vae_explorer.saved.run import StoreError
from vae_explorer.terminal import main
from vae_explorer.training import judge
from vae_explorer.version import ROOT

COMPARE = [sys.executable, "-m", "vae_explorer", "compare", "--threads", "1", "--dataset", "digits"]
SMALL = ["--hidden", "8", "--draws", "16"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A finished race's folder, and what the command said."""
    folder = tmp_path_factory.mktemp("races") / "race"
    done = subprocess.run(
        [
            *COMPARE,
            *SMALL,
            *("--activation", "relu", "--activation", "gelu", "--seeds", "3", "--epochs", "4"),
            *("--reference", "gelu", "--out", str(folder)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


def test_it_writes_a_report_the_numbers_and_the_runs(compared):
    folder, _ = compared
    assert {path.name for path in folder.iterdir()} == {
        "report.html",
        "results.csv",
        "results.json",
        "history.safetensors",
        "runs",
    }
    with (folder / "results.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 6
    assert json.loads((folder / "results.json").read_text())
    report = (folder / "report.html").read_text()
    assert "python -m vae_explorer compare" in report
    assert len(vae_explorer.load(folder / "runs" / "1")) == 6


def test_what_it_saved_is_the_race(compared):
    folder, _ = compared
    saved = load_race(folder)
    run = vae_explorer.load_run(folder / "runs" / "1")
    losses = [member.result.test_loss for member in saved.race.members]
    # The run's are the curves' last, of one draw of z an image: 360 times 16 are the race's.
    errors = np.array([member.draw_error for member in saved.race.members])
    alone = np.array([result.test_loss for result in run.results])
    assert (np.abs(alone - losses) < 5 * 4 * errors).all()
    assert len(saved.history) > 20
    newest = saved.history.at(-1)[0]
    np.testing.assert_allclose(newest.curves.test_loss, run.curves.test_loss, rtol=1e-6)


def test_it_says_who_leads_and_by_how_much(compared):
    _, said = compared
    lines = said.splitlines()
    (start,) = [i for i, line in enumerate(lines) if line.startswith("On the test images")]
    assert "to GELU" in lines[start + 1]
    table = dict(line.split(maxsplit=1) for line in lines[start + 2 : start + 4])
    assert set(table) == {"ReLU", "GELU"}
    assert re.fullmatch(r"[\d.]+\s+± [\d.]+\s+[+−][\d.]+\s+± [\d.]+\s+(\w+ ?)+", table["ReLU"])
    assert lines[-1].startswith("Saved as")


def test_a_ctrl_c_saves_what_there_is(tmp_path):
    folder = tmp_path / "race"
    process = subprocess.Popen(
        [*COMPARE, *SMALL, "--activation", "relu", "--epochs", "10000", "--out", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if " % " in line:
            process.send_signal(signal.SIGINT)
            break
    said, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (130, "")
    assert "Interrupted at step" in said
    saved = load_race(folder)
    assert saved.race.experiment.activations == ("relu",)
    stopped = int(re.search(r"Interrupted at step ([\d,]+)", said)[1].replace(",", ""))
    assert saved.history.places[-1] == stopped  # what is judged is what is shown last


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--reference", "gelu"],
            "The reference is 'gelu'; it may be one of those that race: relu",
        ),
        (
            ["--draws", "15"],
            "draws is 15; it must be a whole number from 16 to 5,000.",
        ),
        (["--draws", "x"], "draws is 'x'; it must be a whole number"),
        (["--sweep", "depth", "--sweep-values", "9"], "The sweep of depth cannot take 9"),
        (["--seed", "2147483647", "--seeds", "2"], "a seed is at most 2,147,483,647"),
        (["--sweep", "speed"], "sweep is 'speed'; it may be none, depth"),
    ],
)
def test_what_is_wrong_is_answered_in_a_sentence(options, message, tmp_path, capsys):
    command = ["compare", "--activation", "relu", "--out", str(tmp_path / "x"), *options]
    assert main.main(command) == 2
    assert message in capsys.readouterr().err


QUICK = ["compare", "--dataset", "digits", "--activation", "relu", "--epochs", "1", *SMALL]


def fails(*_, **__):
    raise RuntimeError("it broke")


def test_an_error_in_judging_loses_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(judge, "judge", fails)
    with pytest.raises(RuntimeError, match="it broke"):
        main.main([*QUICK, "--out", str(tmp_path / "race")])
    assert len(vae_explorer.load(tmp_path / "race" / "runs" / "1")) == 1


def test_an_error_in_judging_leaves_no_numbers_of_another_race(compared, tmp_path, monkeypatch):
    folder = shutil.copytree(compared[0], tmp_path / "race")
    monkeypatch.setattr(judge, "judge", fails)
    with pytest.raises(RuntimeError, match="it broke"):
        main.main([*QUICK, "--out", str(folder)])
    assert [path.name for path in folder.iterdir()] == ["runs"]


def test_an_interruption_of_the_judging_says_what_is_saved(tmp_path, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(judge, "judge", interrupt)
    folder = tmp_path / "race"
    assert main.main([*QUICK, "--out", str(folder)]) == 130
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].endswith(f"the runs are saved in {folder}.")
    assert said.err == ""
    assert len(vae_explorer.load(folder / "runs" / "1")) == 1


def test_an_error_in_the_report_loses_no_results(tmp_path, monkeypatch):
    assert main.main([*QUICK, "--seed", "1", "--out", str(tmp_path / "race")]) == 0
    monkeypatch.setattr(report, "race_report", fails)
    with pytest.raises(RuntimeError, match="it broke"):
        main.main([*QUICK, "--seed", "2", "--out", str(tmp_path / "race")])
    assert load_race(tmp_path / "race").race.experiment.seed == 2
    assert not (tmp_path / "race" / "report.html").exists()  # that of other numbers


@pytest.mark.parametrize(
    "labels", [[0, 1], [7, 7], [7] * 5, [0, 1, 2, 3, 9], [3] * 12, [*range(10), 0, 1]]
)
def test_a_few_images_of_a_few_classes_make_a_race(labels, tmp_path):
    write_set(tmp_path / "images", labels)
    done = main.main(
        [
            *("compare", "--dataset", "mnist", "--data-dir", str(tmp_path / "images")),
            *("--activation", "relu", "tanh", "--epochs", "1", *SMALL),
            *("--out", str(tmp_path / "race")),
        ]
    )
    assert done == 0
    saved = load_race(tmp_path / "race")
    shown = sum(min(2, labels.count(each)) for each in set(labels))
    assert saved.probe.shown == shown
    assert saved.history.at(-1)[0].reconstructions.shape == (2, shown, 784)
    page = (tmp_path / "race" / "report.html").read_text()
    assert "Test images and reconstructions." in page


def test_one_test_image_is_refused_before_training(tmp_path, capsys):
    write_set(tmp_path / "images", [5])
    command = ["compare", "--dataset", "mnist", "--data-dir", str(tmp_path / "images")]
    assert main.main([*command, "--out", str(tmp_path / "race")]) == 2
    assert "holds 1 test image; at least 2 are needed" in capsys.readouterr().err
    assert not (tmp_path / "race").exists()


def write_set(folder, labels):
    """Images of noise with these labels, the same for training and testing."""
    folder.mkdir()
    images = np.random.default_rng(0).integers(0, 256, (len(labels), 28, 28), dtype=np.uint8)
    for name, items in zip(IDX_NAMES, (images, np.array(labels, np.uint8)) * 2):
        write_idx(folder / name, items)


def test_a_folder_that_is_something_else_is_not_touched(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert main.main(["compare", "--activation", "relu", "--out", str(tmp_path)]) == 2
    assert "is there already and is no race" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_run_has_one_shape(tmp_path, capsys):
    assert main.main(["train", "--sweep", "latent", "--out", str(tmp_path / "x")]) == 2
    assert "`compare` trains them all" in capsys.readouterr().err


def test_a_folder_without_a_race_is_answered(tmp_path):
    with pytest.raises(StoreError, match=r"is no saved race: it has no results\.json"):
        load_race(tmp_path)


def test_trials_one_after_the_other_are_told_of_to_their_end(tmp_path, capsys):
    """Some of them diverge, and all of the last ones; a population that has ended is still told."""
    command = ["compare", "--dataset", "digits", *SMALL, "--activation", "exponential", "relu"]
    command += ["--seeds", "3", "--epochs", "2", "--schedule", "constant", "--threads", "1"]
    command += ["--tune", "learning_rate_and_init", "--tune-values", "5", "10"]
    assert main.main([*command, "--out", str(tmp_path / "race")]) == 0
    said = capsys.readouterr().out
    assert "with 24 VAEs on 1 thread, before the race itself" in said
    tuning = load_race(tmp_path / "race").race.tuning
    assert tuning.losses.shape == (2, 2, 2, 3)
    assert "Each took its best learning rate and initial weights" in said


def test_a_tuned_race_says_what_was_tried_and_chosen(tmp_path, capsys):
    command = ["compare", "--dataset", "digits", *SMALL, "--activation", "relu", "tanh"]
    command += ["--seeds", "2", "--epochs", "4", "--tune", "learning_rate"]
    command += ["--tune-values", "0.0001", "0.01", "--out", str(tmp_path / "race")]
    assert main.main(command) == 0
    said = capsys.readouterr().out
    assert "Trying learning rates 0.0001 and 0.01 with 12 VAEs" in said
    assert "Best on 287 validation images: 0.01 for ReLU and Tanh." in said
    assert "On the test images, each at its own best of 2 learning rates, nats per image" in said
    race = load_race(tmp_path / "race").race
    assert race.experiment.learning_rates == (0.01, 0.01)
    assert race.tuning.chosen == ((0.01, "gain"),) * 2
    report = (tmp_path / "race" / "report.html").read_text()
    assert "--tune learning_rate --tune-values 0.0001 0.01" in re.sub(r"</?span>", "", report)
    assert "--learning-rates" not in report


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("compare", ["--learning-rates", "0.1", "0.2"], "learning_rates are given, and tune is to"),
        ("train", [], "tune is 'learning_rate', and a run is not tuned; `compare` tunes a race."),
    ],
)
def test_what_cannot_be_tuned_is_refused_at_once(tmp_path, capsys, command, options, words):
    tuned = ["--activation", "relu", "tanh", "--tune", "learning_rate", *options]
    assert main.main([command, *tuned, "--out", str(tmp_path / "x")]) == 2
    assert words in capsys.readouterr().err
