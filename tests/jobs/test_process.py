"""How workers come to be: forked from a process that has their libraries, or started plainly."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs import process
from vae_explorer.jobs.job import Job

SHORT = Experiment(dataset="digits", activations=("relu", "tanh"), hidden=(16,), epochs=3)
LONG = SHORT.replace(epochs=10_000)
PATIENCE = 60.0  # seconds; PyTorch alone takes some to import on a busy machine

forks = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


@pytest.fixture
def start() -> Iterator[Callable[..., Job]]:
    started: list[Job] = []

    def start_job(experiment: Experiment, **options) -> Job:
        started.append(Job(experiment, **options))
        return started[-1]

    yield start_job
    for job in started:
        job.close()


def parent_of(process_id: int) -> int:
    return int(Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[1])


def forkserver() -> int:
    return process._server._process.pid


@forks
def test_workers_are_forked_from_the_process_that_was_made_ready(start):
    process.get_ready()
    ready = forkserver()
    process.get_ready()
    jobs = [start(LONG, running=False) for _ in range(2)]
    assert [parent_of(job.process_id) for job in jobs] == [ready, ready]


@forks
def test_what_waits_has_one_thread_and_has_imported_pytorch(start):
    """To fork a process with threads copies locks that nobody will ever open."""
    start(LONG, running=False).settle(PATIENCE)
    there = Path(f"/proc/{forkserver()}")
    assert len(list((there / "task").iterdir())) == 1
    maps = (there / "maps").read_text()
    assert "libtorch_cpu" in maps and "_flapack" in maps  # of scipy.linalg


@forks
def test_a_worker_outlives_the_process_that_forked_it_and_the_next_has_a_new_one(start):
    job = start(LONG)
    assert job.wait(lambda r: r.snapshot is not None and r.snapshot.step > 0, PATIENCE)
    killed = forkserver()
    os.kill(killed, signal.SIGKILL)
    process._server._process.wait()
    step = job.snapshot.step
    assert job.wait(lambda r: r.snapshot.step > step, PATIENCE)
    other = start(SHORT)
    assert other.wait(lambda r: r.state == "finished", PATIENCE)
    assert forkserver() != killed
    os.kill(job.process_id, signal.SIGKILL)
    assert job.wait(lambda r: r.state == "failed", PATIENCE)
    assert "ended, and what watches it had ended before" in job.error
    assert not job.can_be_told


@forks
def test_a_request_that_nobody_takes_is_made_again(start):
    process.get_ready()
    killed = process._server
    os.kill(killed._process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, killed._process.pid, os.WEXITED | os.WNOWAIT)  # but nobody has noticed
    killed._process.poll = lambda: None
    job = start(SHORT)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    del killed._process.poll
    killed._process.wait()


@forks
def test_who_edits_the_package_trains_what_is_written(start, monkeypatch):
    process.get_ready()
    before = forkserver()
    written = process._last_written() + 1
    monkeypatch.setattr(process, "_last_written", lambda: written)
    job = start(SHORT)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    assert forkserver() != before


@forks
def test_workers_that_have_ended_leave_no_descriptors_behind():
    def train() -> None:
        others = set(threading.enumerate())
        job = Job(SHORT)
        assert job.wait(lambda r: r.state == "finished", PATIENCE)
        job.close()
        for thread in set(threading.enumerate()) - others:
            thread.join()

    def descriptors() -> list[int]:
        gc.collect()
        return [len(os.listdir(f"/proc/{each}/fd")) for each in ("self", forkserver())]

    train()
    before = descriptors()
    for _ in range(3):
        train()
    assert descriptors() == before


@forks
def test_a_worker_that_is_killed_before_it_is_forked_does_nothing(monkeypatch):
    monkeypatch.setattr(process, "_server", None)  # the next one has to import PyTorch first
    worker = process.start_worker()
    worker.kill()
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    assert worker.stdout.read() == b""
    process._server.requests.close()
    assert process._server._process.wait(PATIENCE) == 0


def test_elsewhere_a_worker_is_a_process_of_its_own(start, monkeypatch):
    monkeypatch.setattr(process, "_FORKS", False)
    job = start(SHORT)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    assert parent_of(job.process_id) == os.getpid()


@pytest.mark.parametrize("forked", [pytest.param(True, marks=forks), False])
def test_a_worker_reads_the_folder_that_the_environment_names_now(
    start, monkeypatch, tmp_path, forked
):
    monkeypatch.setattr(process, "_FORKS", forked)
    start(SHORT).close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_DIR_VARIABLE, "none-here")
    job = start(SHORT.replace(dataset="mnist", image_set="full"), running=False)
    assert job.wait(lambda r: r.ready is not None, PATIENCE)
    assert str(tmp_path / "none-here") in job.notice
