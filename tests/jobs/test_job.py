"""Background runs: real worker processes, started, steered, killed and abandoned."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs import job
from vae_explorer.jobs.job import Run, TooManyRuns, adopt
from vae_explorer.version import ROOT

SHORT = Experiment(dataset="digits", activations=("relu", "tanh"), hidden=(16,), epochs=3)
LONG = SHORT.replace(epochs=10_000)
PATIENCE = 60.0  # seconds; PyTorch alone takes some to import on a busy machine


@pytest.fixture
def start() -> Iterator:
    """Starts runs that are closed when the test ends, however it ends."""
    started: list[Run] = []

    def start_run(experiment: Experiment, **options) -> Run:
        started.append(Run(experiment, **options))
        return started[-1]

    yield start_run
    for run in started:
        run.close()


def is_running(process_id: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_run_trains_to_the_end_as_a_trainer_does(start):
    import torch

    from vae_explorer.data import load_dataset
    from vae_explorer.training.trainer import Trainer

    run = start(SHORT, cores=1)
    assert run.wait(lambda r: r.state == "finished", PATIENCE)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        *_, alone = Trainer(SHORT, load_dataset("digits"))
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(run.snapshot.curves.test_loss, alone.curves.test_loss)
    np.testing.assert_array_equal(run.snapshot.latent_mean, alone.latent_mean)
    assert run.snapshot.finished
    assert run.ready.train_images == 1437
    assert run.ready.probe_images.shape == (360, 64)
    assert set(run.ready.functions) == {"relu", "tanh"}


def test_pause_holds_step_moves_by_one_and_resume_goes_on(start):
    run = start(LONG)
    assert run.wait(lambda r: r.snapshot is not None and r.snapshot.step > 0, PATIENCE)
    run.pause()
    assert run.wait(lambda r: r.state == "paused", PATIENCE)
    held = run.snapshot.step
    run.step()
    assert run.wait(lambda r: r.snapshot.step > held, PATIENCE)
    assert (run.snapshot.step, run.state) == (held + 1, "paused")
    run.resume()
    assert run.wait(lambda r: r.snapshot.step > held + 1, PATIENCE)
    assert run.state == "running"
    run.stop()
    assert run.wait(lambda r: r.state == "stopped", PATIENCE)
    assert not run.snapshot.finished


def test_a_settled_run_has_done_all_that_it_was_told(start):
    run = start(LONG, running=False)
    for _ in range(5):
        run.step()
    assert run.is_live  # paused or not, there is an answer to come
    assert run.settle(PATIENCE)
    assert (run.snapshot.step, run.state, run.is_live) == (5, "paused", False)
    run.change(beta=-1.0)  # refused, and answered all the same
    run.choose_path(2, 4)
    assert run.settle(PATIENCE)
    assert run.snapshot.path_images == (2, 4)


def test_a_run_can_wait_at_its_initial_weights(start):
    run = start(LONG, running=False)
    assert run.wait(lambda r: r.state == "paused", PATIENCE)
    assert run.snapshot.step == 0


def test_live_changes_act_and_refusals_are_sentences(start):
    run = start(LONG, running=False)
    assert run.wait(lambda r: r.state == "paused", PATIENCE)
    run.change(beta=4.0)
    run.step()
    assert run.wait(lambda r: r.snapshot.step == 1, PATIENCE)
    np.testing.assert_array_equal(run.snapshot.beta, [4.0, 4.0])
    run.change(beta=-1.0)
    assert run.wait(lambda r: r.error is not None, PATIENCE)
    assert run.error == "beta is -1.0; it must be a number from 0 to 1000."
    run.choose_path(3, 8)
    assert run.wait(lambda r: r.snapshot.path_images == (3, 8), PATIENCE)
    np.testing.assert_array_equal(run.snapshot.beta, [4.0, 4.0])
    assert run.state == "paused"


def test_images_that_are_not_there_give_a_notice_and_the_embedded_ones(start, tmp_path):
    run = start(
        SHORT.replace(dataset="mnist", image_set="full", epochs=1), data_dir=str(tmp_path / "none")
    )
    assert run.wait(lambda r: r.ready is not None, PATIENCE)
    assert run.ready.train_images == 10_000
    assert "none" in run.notice


def test_a_worker_that_dies_is_reported_in_a_sentence_and_leaves_nothing(start):
    run = start(LONG)
    assert run.wait(lambda r: r.snapshot is not None, PATIENCE)
    os.kill(run.process_id, signal.SIGKILL)
    assert run.wait(lambda r: r.state == "failed", PATIENCE)
    assert "SIGKILL" in run.error
    assert "Traceback" not in run.error
    assert run.snapshot is not None
    assert not is_running(run.process_id)
    run.pause()  # nobody hears it, and nothing is raised
    run.close()


def test_closing_ends_the_process(start):
    run = start(LONG)
    assert run.wait(lambda r: r.snapshot is not None, PATIENCE)
    run.close()
    assert not is_running(run.process_id)
    assert run.state == "stopped"
    run.close()


def test_closing_before_anything_came_ends_the_process(start):
    run = start(LONG)
    run.close()
    assert not is_running(run.process_id)


def test_a_run_without_its_page_ends_after_the_grace(start, monkeypatch):
    monkeypatch.setattr(job, "GRACE_SECONDS", 0.0)
    gone = threading.Event()
    run = start(LONG, owner_is_there=lambda: not gone.is_set())
    assert run.wait(lambda r: r.snapshot is not None, PATIENCE)
    assert is_running(run.process_id)
    gone.set()
    assert run.wait(lambda r: r.state == "stopped", PATIENCE)
    assert not is_running(run.process_id)


def test_the_worker_ends_when_its_parent_is_killed(tmp_path):
    import subprocess
    import sys

    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from vae_explorer.jobs.job import Run\n"
            "from vae_explorer.experiment.experiment import Experiment\n"
            "run = Run(Experiment(dataset='digits', epochs=10_000))\n"
            "run.wait(lambda r: r.snapshot is not None, 60)\n"
            "print(run.process_id, flush=True)\n"
            "run.wait(lambda r: False, 600)",
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    worker = int(parent.stdout.readline())
    descriptor = os.pidfd_open(worker)
    parent.kill()
    parent.wait()
    import select

    ended, _, _ = select.select([descriptor], [], [], PATIENCE)
    os.close(descriptor)
    assert ended, "the worker outlived its parent"


def test_a_server_trains_so_many_runs_and_says_so(start, monkeypatch):
    monkeypatch.setattr(job, "MOST_RUNS", len(job._open_runs) + 1)
    run = start(LONG)
    with pytest.raises(TooManyRuns, match="as many as it may"):
        Run(LONG)
    run.close()
    start(LONG)


def test_two_runs_know_nothing_of_each_other(start):
    first, second = start(SHORT), start(SHORT.replace(seed=7))
    for run in (first, second):
        assert run.wait(lambda r: r.state == "finished", PATIENCE)
    assert not np.array_equal(first.snapshot.curves.test_loss, second.snapshot.curves.test_loss)


def test_a_run_is_saved_where_asked(start, tmp_path):
    import vae_explorer

    run = start(SHORT)
    assert run.wait(lambda r: r.state == "finished", PATIENCE)
    run.save(tmp_path / "run")
    assert run.wait(lambda r: r.saved is not None, PATIENCE)
    population = vae_explorer.load(tmp_path / "run")
    mean, _ = population.encode(run.ready.probe_images.astype(np.float32) / 255)
    np.testing.assert_allclose(mean, run.snapshot.latent_mean, atol=0.05)


def test_only_who_knows_the_token_of_an_abandoned_run_gets_it(start):
    there = threading.Event()
    there.set()
    run = start(LONG, owner_is_there=there.is_set)
    assert adopt(run.token, lambda: True) is None  # its owner is there
    there.clear()
    for token in ("", run.token[:-1], None, 7, {"token": run.token}):
        assert adopt(token, lambda: True) is None
    assert adopt(run.token, lambda: True) is run
    assert adopt(run.token, lambda: True) is None  # it has an owner again
    run.owner_is_there = lambda: False
    run.close()
    assert adopt(run.token, lambda: True) is None  # it has ended


def test_no_two_runs_have_the_same_token(start):
    assert start(SHORT).token != start(SHORT).token
