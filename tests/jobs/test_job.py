"""Background runs: real worker processes, started, steered, killed and abandoned."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from tests.helpers.jobs import LONG, PATIENCE, SHORT, is_running
from vae_explorer.jobs import register
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.register import TooManyJobs, adopt, close_all
from vae_explorer.saved import weights
from vae_explorer.saved.run import load
from vae_explorer.version import ROOT


def test_a_run_trains_to_the_end_as_a_trainer_does(start):
    import torch

    from vae_explorer.data import load_dataset
    from vae_explorer.training.trainer import Trainer

    job = start(SHORT, cores=1)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        *_, alone = Trainer(SHORT, load_dataset("digits"))
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(job.snapshot.curves.test_loss, alone.curves.test_loss)
    np.testing.assert_array_equal(job.snapshot.latent_mean, alone.latent_mean)
    assert job.snapshot.finished
    assert job.ready.train_images == 1437
    assert job.ready.probe.images.shape == (360, 64)
    assert set(job.ready.functions) == {"relu", "tanh"}


def test_pause_holds_step_moves_by_one_and_resume_goes_on(start):
    job = start(LONG)
    assert job.wait(lambda r: r.snapshot is not None and r.snapshot.step > 0, PATIENCE)
    job.pause()
    assert job.wait(lambda r: r.state == "paused", PATIENCE)
    held = job.snapshot.step
    job.step()
    assert job.wait(lambda r: r.snapshot.step > held, PATIENCE)
    assert (job.snapshot.step, job.state) == (held + 1, "paused")
    job.resume()
    assert job.wait(lambda r: r.snapshot.step > held + 1, PATIENCE)
    assert job.state == "running"
    job.stop()
    assert job.wait(lambda r: r.state == "stopped", PATIENCE)
    assert not job.snapshot.finished


def test_a_settled_run_has_done_all_that_it_was_told(start):
    job = start(LONG, running=False)
    for _ in range(5):
        job.step()
    assert job.is_live  # paused or not, there is an answer to come
    assert job.settle(PATIENCE)
    assert (job.snapshot.step, job.state, job.is_live) == (5, "paused", False)
    job.change(beta=-1.0)  # refused, and answered all the same
    job.choose_path(2, 4)
    assert job.settle(PATIENCE)
    assert job.snapshot.path_images == (2, 4)


def test_a_run_can_wait_at_its_initial_weights(start):
    job = start(LONG, running=False)
    assert job.wait(lambda r: r.state == "paused", PATIENCE)
    assert job.snapshot.step == 0


def test_live_changes_act_and_refusals_are_sentences(start):
    job = start(LONG, running=False)
    assert job.wait(lambda r: r.state == "paused", PATIENCE)
    job.change(beta=4.0)
    job.step()
    assert job.wait(lambda r: r.snapshot.step == 1, PATIENCE)
    np.testing.assert_array_equal(job.snapshot.beta, [4.0, 4.0])
    job.change(beta=-1.0)
    assert job.wait(lambda r: r.error is not None, PATIENCE)
    assert job.error == "beta is -1.0; it must be a number from 0 to 1000."
    job.choose_path(3, 8)
    assert job.wait(lambda r: r.snapshot.path_images == (3, 8), PATIENCE)
    np.testing.assert_array_equal(job.snapshot.beta, [4.0, 4.0])
    assert job.state == "paused"


def test_images_that_are_not_there_give_a_notice_and_the_embedded_ones(start, tmp_path):
    job = start(
        SHORT.replace(dataset="mnist", image_set="full", epochs=1), data_dir=str(tmp_path / "none")
    )
    assert job.wait(lambda r: r.ready is not None, PATIENCE)
    assert job.ready.train_images == 10_000
    assert "none" in job.notice


def test_a_worker_that_dies_is_reported_in_a_sentence_and_leaves_nothing(start):
    job = start(LONG)
    assert job.wait(lambda r: r.snapshot is not None, PATIENCE)
    os.kill(job.process_id, signal.SIGKILL)
    assert job.wait(lambda r: r.state == "failed", PATIENCE)
    assert "SIGKILL" in job.error
    assert "Traceback" not in job.error
    assert job.snapshot is not None
    assert not is_running(job.process_id)
    job.pause()  # nobody hears it, and nothing is raised
    job.close()


def test_closing_ends_the_process(start):
    job = start(LONG)
    assert job.wait(lambda r: r.snapshot is not None, PATIENCE)
    job.close()
    assert not is_running(job.process_id)
    assert job.state == "stopped"
    job.close()


def test_closing_before_anything_came_ends_the_process(start):
    job = start(LONG)
    job.close()
    assert not is_running(job.process_id)


def test_a_run_without_its_page_ends_after_the_grace(start, monkeypatch):
    monkeypatch.setattr("vae_explorer.jobs.job.GRACE_SECONDS", 0.0)
    gone = threading.Event()
    job = start(LONG, owner_is_there=lambda: not gone.is_set())
    assert job.wait(lambda r: r.snapshot is not None, PATIENCE)
    assert is_running(job.process_id)
    gone.set()
    assert job.wait(lambda r: r.state == "stopped", PATIENCE)
    assert not is_running(job.process_id)
    assert "can no longer be saved" in job.notice


def test_the_worker_and_what_forked_it_end_when_their_parent_is_killed():
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from vae_explorer.jobs import process\n"
            "from vae_explorer.jobs.job import Job\n"
            "from vae_explorer.experiment.experiment import Experiment\n"
            "job = Job(Experiment(dataset='digits', epochs=10_000))\n"
            "job.wait(lambda r: r.snapshot is not None, 60)\n"
            "print(job.process_id, process._server._process.pid, flush=True)\n"
            "job.wait(lambda r: False, 600)",
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    descriptors = [os.pidfd_open(int(number)) for number in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    for descriptor in descriptors:
        ended, _, _ = select.select([descriptor], [], [], PATIENCE)
        os.close(descriptor)
        assert ended, "a process outlived its parent"


def test_a_server_trains_so_many_runs_and_says_so(start, monkeypatch):
    monkeypatch.setattr(register, "MOST_JOBS", len(register._open) + 1)
    job = start(LONG)
    with pytest.raises(TooManyJobs, match="as many as it may"):
        Job(LONG)
    job.close()
    start(LONG)


def test_two_runs_know_nothing_of_each_other(start):
    first, second = start(SHORT), start(SHORT.replace(seed=7))
    for job in (first, second):
        assert job.wait(lambda r: r.state == "finished", PATIENCE)
    assert not np.array_equal(first.snapshot.curves.test_loss, second.snapshot.curves.test_loss)


def test_a_run_is_saved_where_asked(start, tmp_path):
    import vae_explorer

    job = start(SHORT)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    job.save(tmp_path / "run", PATIENCE)
    population = vae_explorer.load(tmp_path / "run")
    mean, _ = population.encode(job.ready.probe.images.astype(np.float32) / 255)
    np.testing.assert_allclose(mean, job.snapshot.latent_mean, atol=0.05)


def test_weights_that_are_asked_for_are_those_that_it_saves(start, tmp_path):
    job = start(SHORT.replace(activations=("relu", "prelu", "tanh"), seeds=2))
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    job.ask_weights(0, [4, 2])
    assert job.settle(PATIENCE)
    assert (job.weights.shape, job.weights.members, job.weights.step) == (0, (4, 2), 36)
    got = weights.from_bytes(job.weights.content, job.experiment, job.weights.members)
    job.save(tmp_path / "run", PATIENCE)
    saved = load(tmp_path / "run")
    assert got.members == (saved.members[4], saved.members[2])
    for name, value in got.parameters.values.items():
        np.testing.assert_array_equal(value, saved.parameters.values[name][[4, 2]])
    with pytest.raises(ValueError, match="of other VAEs"):
        weights.from_bytes(job.weights.content, job.experiment, (1, 2, 3))


def test_weights_that_there_are_not_are_refused_in_a_sentence(start):
    job = start(SHORT, running=False)
    assert job.wait(lambda r: r.snapshot is not None, PATIENCE)
    for shape, members in ((3, [0]), (0, [7])):
        job.ask_weights(shape, members)
        assert job.settle(PATIENCE)
        assert job.weights is None and job.error.endswith(".")
    assert job.state == "paused"


def test_the_name_in_an_address_is_not_the_token(start):
    one, other = start(SHORT, running=False), start(SHORT, running=False)
    assert one.name != other.name and re.fullmatch("[0-9a-f]{8}", one.name)
    assert one.name not in one.token and adopt(one.name, lambda: True) is None


def test_only_who_knows_the_token_of_an_abandoned_run_gets_it(start):
    there = threading.Event()
    there.set()
    job = start(LONG, owner_is_there=there.is_set)
    assert adopt(job.token, lambda: True) is None  # its owner is there
    there.clear()
    for token in ("", job.token[:-1], None, 7, {"token": job.token}):
        assert adopt(token, lambda: True) is None
    assert adopt(job.token, lambda: True) is job
    assert adopt(job.token, lambda: True) is None  # it has an owner again
    job.owner_is_there = lambda: False
    job.close()
    assert adopt(job.token, lambda: True) is None  # it has ended


def test_no_two_runs_have_the_same_token(start):
    assert start(SHORT).token != start(SHORT).token


def test_a_job_that_has_ended_holds_no_place(start, monkeypatch):
    ended = start(SHORT)
    assert ended.wait(lambda r: r.state == "finished", PATIENCE)
    training = sum(not job.has_ended for job in register._open)
    monkeypatch.setattr(register, "MOST_JOBS", training + 1)
    start(LONG, running=False)
    with pytest.raises(TooManyJobs):
        start(LONG)


def test_a_refused_save_says_at_once_why_and_leaves_no_error_behind(start, tmp_path):
    job = start(LONG, running=False)
    assert job.wait(lambda r: r.state == "paused", PATIENCE)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RuntimeError, match="is a file, and a run is a folder"):
        job.save(tmp_path / "file", PATIENCE)
    assert job.error is None
    job.save(tmp_path / "run", PATIENCE)
    assert (tmp_path / "run" / "run.json").is_file()


def test_a_save_by_a_process_that_has_ended_is_refused_at_once(start, tmp_path):
    job = start(SHORT)
    assert job.wait(lambda r: r.state == "finished", PATIENCE)
    job.close()
    assert not job.can_be_told
    with pytest.raises(RuntimeError, match="process has ended"):
        job.save(tmp_path / "run", PATIENCE)


def test_a_refusal_is_forgotten_when_the_next_command_is_carried_out(start):
    job = start(LONG, running=False)
    assert job.wait(lambda r: r.state == "paused", PATIENCE)
    job.change(beta=-1.0)
    assert job.wait(lambda r: r.error is not None, PATIENCE)
    job.change(beta=2.0)
    assert job.settle(PATIENCE)
    assert job.error is None


def test_a_frame_that_cannot_be_read_ends_the_run_with_a_sentence(start, monkeypatch):
    def unreadable(data):
        raise KeyError("latent_mean")

    monkeypatch.setattr("vae_explorer.jobs.job.Snapshot.from_bytes", unreadable)
    job = start(LONG)
    assert job.wait(lambda r: r.state == "failed" and not r.can_be_told, PATIENCE)
    assert job.error.startswith("The training process sent what cannot be read")
    assert job.settle(PATIENCE) and not job.is_live


def test_three_threads_close_one_job(start):
    job = start(LONG)
    threads = [threading.Thread(target=job.close) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert job.state == "stopped"
    assert not is_running(job.process_id)


def test_all_workers_are_told_to_end_before_any_is_waited_for(monkeypatch):
    done = []

    class Told:
        def __init__(self, name):
            self.let_end = lambda: done.append(("told", name))
            self.close = lambda: done.append(("ended", name))

    monkeypatch.setattr(register, "_open", [Told(1), Told(2)])
    close_all()
    assert done == [("told", 1), ("told", 2), ("ended", 1), ("ended", 2)]
