"""Whole runs of the command line in processes of their own, on the 8×8 digits."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys

import pytest
import torch

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.model.bound import losses
from vae_explorer.saved.run import load_run
from vae_explorer.training.trainer import Trainer
from vae_explorer.version import ROOT

TRAIN = [sys.executable, "-m", "vae_explorer", "train", "--threads", "1", "--dataset", "digits"]


def start(folder, *options, before=None, **environment):
    """A process that trains, with text pipes."""
    return subprocess.Popen(
        [*TRAIN, "--hidden", "8", "--out", folder, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | environment,
        preexec_fn=before,
    )


def test_a_run_trains_to_its_end_and_is_saved(digits, tmp_path):
    options = ["--activation", "relu,tanh", "--seeds", "2", "--epochs", "3"]
    with start(tmp_path / "run", *options) as process:
        output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0] == digits.origin
    assert lines[1] == "Training 4 VAEs (ReLU, Tanh) for 3 epochs in float32 on 1 thread."
    reports = [line for line in lines if " % " in line]
    assert len(reports) == 21  # every 5 per cent, and after the first epoch
    assert all("\r" not in line and "images/s" in line for line in reports)
    assert lines[-1] == f"Saved as {tmp_path / 'run'}."

    run = load_run(tmp_path / "run")
    expected = Experiment(
        dataset="digits", activations=["relu", "tanh"], hidden=[8], seeds=2, epochs=3
    )
    assert run.experiment == expected
    assert run.info.finished
    assert run.info.threads == 1
    assert run.info.data_origin == digits.origin
    table = lines[len(lines) - 8 : -3]
    assert table[0].split()[0] == "activation"
    for row, result in zip(table[1:], run.results, strict=True):
        assert row.split()[:3] == [
            result.recipe.label,
            str(result.recipe.seed),
            f"{result.test_loss:.2f}",
        ]
    # A curve's point has one draw of z an image, and what is stated at the end the mean of 16:
    # by the standard error of the difference, at most its own and that of the one.
    assert run.info.loss_draws == LEAST_DRAWS
    by_draw = losses(run.population, digits.pixels(digits.test.images), 200, seed=9).by_draw
    deviation = by_draw.std(1, ddof=1)
    for result, mean, spread in zip(run.results, by_draw.mean(1), deviation, strict=True):
        assert abs(result.test_loss - mean) < 5 * spread * (1 / 16 + 1 / 200) ** 0.5

    trainer = Trainer(expected, digits)  # the library gives the very same numbers
    while not trainer.finished:
        trainer.step()
    assert torch.equal(run.population.parameters.flat, trainer.population.parameters.flat)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_saved(tmp_path, number):
    with start(tmp_path / "run", "--activation", "relu", "--epochs", "10000") as process:
        for line in process.stdout:
            if "epoch 1.0 of 10,000" in line:
                process.send_signal(number)
                break
        output, errors = process.communicate()
    assert (process.returncode, errors) == (130, "")
    run = load_run(tmp_path / "run")
    assert 0 < run.info.step < run.info.steps
    assert not run.info.finished
    assert run.results[0].test_loss > 0
    assert f"Interrupted at step {run.info.step:,} of 120,000; saving the run." in output
    assert output.endswith(f"Saved as {tmp_path / 'run'}.\n")


def test_a_run_goes_on_when_nobody_reads_any_more(tmp_path):
    with start(tmp_path / "run", "--activation", "relu", "--epochs", "2") as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, "")
    assert load_run(tmp_path / "run").info.finished


def test_a_full_disk_is_a_sentence(tmp_path):
    def limit():  # of any file: the weights do not fit
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    options = ["--activation", "relu", "--epochs", "1"]
    with start(tmp_path / "run", *options, before=limit) as process:
        errors = process.communicate()[1]
    assert process.returncode == 2
    assert errors == f"Error: The run cannot be saved as {tmp_path / 'run'}: File too large.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_shows_a_bar(tmp_path):
    """And one that knows no block characters shows something in their place."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*TRAIN, "--hidden", "8", "--out", tmp_path / "run", "--epochs", "2"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
    )
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    assert (process.communicate()[1], process.returncode) == (b"", 0)
    drawn = [part for part in shown.decode().split("\r") if "epoch" in part and "?" in part]
    assert drawn[-1].startswith("?" * 20 + " 100 %  epoch 2.0 of 2")
    assert shown.decode().rstrip().endswith(f"Saved as {tmp_path / 'run'}.")


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that nobody writes to a terminal any more
        return b""
