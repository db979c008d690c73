"""How workers come to be: forked from a process that has their libraries, or started plainly."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from tests.helpers.jobs import LONG, PATIENCE, SHORT, parent_of
from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.jobs import process
from vae_explorer.jobs.job import Job

forks = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


def forkserver() -> int:
    return process._server._process.pid


@forks
def test_workers_are_forked_from_the_process_that_was_made_ready(start):
    process.get_ready()
    ready = forkserver()
    process.get_ready()
    jobs = [start(LONG, running=False) for _ in range(2)]
    assert [parent_of(job.process_id) for job in jobs] == [ready, ready]


def test_where_memory_is_dear_nothing_is_made_ready(monkeypatch):
    monkeypatch.setattr(process, "_server", None)
    monkeypatch.setenv(process.WARM_VARIABLE, "0")
    process.get_ready()
    assert process._server is None


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
    killed = process._server._process
    killed.kill()
    killed.wait()
    killed.poll = lambda: None  # as if nobody had noticed yet when the next is asked for
    step = job.snapshot.step
    assert job.wait(lambda r: r.snapshot.step > step, PATIENCE)
    other = start(SHORT)
    assert other.wait(lambda r: r.state == "finished", PATIENCE)
    assert forkserver() != killed.pid
    os.kill(job.process_id, signal.SIGKILL)
    assert job.wait(lambda r: r.state == "failed", PATIENCE)
    assert "the process that watches it had ended before" in job.error
    assert not job.can_be_told


@forks
def test_who_edits_the_package_gets_a_process_that_has_read_it():
    """And a worker that is killed before it could be forked does nothing."""
    process.get_ready()
    before = process._server
    before._written -= 1
    worker = process.start_worker()
    assert forkserver() != before._process.pid
    worker.kill()  # while PyTorch is imported
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    assert worker.stdout.read() == b""
    before.requests.close()
    assert before._process.wait(PATIENCE) == 0


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


@pytest.mark.parametrize("forked", [pytest.param(True, marks=forks), False])
def test_a_worker_reads_the_folder_that_the_environment_names_now(
    start, monkeypatch, tmp_path, forked
):
    """Forked, or elsewhere than on Linux a process of its own."""
    monkeypatch.setattr(process, "_FORKS", forked)
    if forked:
        process.get_ready()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_DIR_VARIABLE, "none-here")
    job = start(SHORT.replace(dataset="mnist", image_set="full"), running=False)
    assert job.wait(lambda r: r.ready is not None, PATIENCE)
    assert str(tmp_path / "none-here") in job.notice
    assert (parent_of(job.process_id) == os.getpid()) is not forked
