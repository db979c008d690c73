"""Runs taken away as a file."""

from __future__ import annotations

import io
import os
import shutil
import zipfile

import numpy as np
import pytest

import vae_explorer
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.saving import zipped
from vae_explorer.saved.run import StoreError, save_run
from vae_explorer.saved.zips import zip_folder, zip_folders


def test_a_zip_of_a_running_run_can_be_loaded(tmp_path):
    run = Job(Experiment(dataset="digits", activations=("relu",), hidden=(8,), epochs=10_000))
    try:
        assert run.wait(lambda r: r.snapshot is not None and r.snapshot.step > 0, 60)
        data = zipped(run, "mine")
    finally:
        run.close()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(name.startswith("mine/") for name in archive.namelist())
        archive.extractall(tmp_path)
    saved = vae_explorer.load_run(tmp_path / "mine")
    assert saved.experiment == run.experiment
    assert not saved.info.finished
    mean, log_variance = saved.population.encode(np.zeros((3, 64), dtype=np.float32))
    assert mean.shape == log_variance.shape == (1, 3, 2)


@pytest.fixture
def saved(tmp_path, quick, train, few_digits):
    """A saved run in the folder `one`."""
    return save_run(tmp_path / "runs" / "one", train(quick(), few_digits, steps=2))


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_a_zip_of_a_saved_run_can_be_loaded_and_holds_nothing_else(saved, tmp_path):
    (saved / "notes.txt").write_text("private")
    data = zip_folder(saved)
    assert names(data) == ["one/run.json", "one/metrics.csv", "one/model.safetensors"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    for file in ("run.json", "metrics.csv", "model.safetensors"):
        assert (tmp_path / "one" / file).read_bytes() == (saved / file).read_bytes()
    assert vae_explorer.load_run(tmp_path / "one").experiment.dataset == "digits"


def test_the_same_run_makes_the_same_zip(saved, tmp_path):
    before = zip_folder(saved)
    copy = shutil.copytree(saved, tmp_path / "elsewhere" / "one")
    for path in [copy, *copy.iterdir()]:
        os.utime(path, (1e9, 1e9))
        path.chmod(0o700)
    assert zip_folder(copy) == before
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_several_runs_are_folders_side_by_side(saved, tmp_path):
    two = shutil.copytree(saved, tmp_path / "runs" / "two")
    again = shutil.copytree(saved, tmp_path / "other" / "one")
    folders = {name.partition("/")[0] for name in names(zip_folders([saved, two, again]))}
    assert folders == {"one", "two", "one-2"}
    assert names(zip_folders([])) == []


def test_what_is_no_run_is_said_in_a_sentence(saved, tmp_path):
    with pytest.raises(StoreError, match="There is no folder"):
        zip_folder(tmp_path / "nowhere")
    weights = saved / "model.safetensors"
    weights.rename(saved / "kept")
    with pytest.raises(StoreError, match=r"model\.safetensors cannot be read: No such file"):
        zip_folder(saved)
    weights.symlink_to("/etc/passwd")
    with pytest.raises(StoreError, match=r"model\.safetensors cannot be read: it is a symbolic"):
        zip_folder(saved)
