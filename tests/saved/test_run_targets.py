"""Where a run can be saved, and that nothing else is ever lost."""

from __future__ import annotations

import errno
import os
import shutil

import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.saved import files
from vae_explorer.saved.run import StoreError, check_target, save_run
from vae_explorer.training.trainer import Trainer


def tree(folder):
    """Every file below a folder with its bytes, links as what they lead to."""
    return {
        path.relative_to(folder): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }


def trainer_of(dataset, activation):
    settings = {"activations": [activation], "hidden": [4], "epochs": 1}
    trainer = Trainer(Experiment(dataset="digits", **settings), dataset)
    trainer.step()
    return trainer


@pytest.fixture(scope="module")
def trainer(few_digits):
    return trainer_of(few_digits, "relu")


def a_file(folder):
    folder.write_text("Mine.")


def a_folder_of_other_things(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("Mine.")


def a_run_json_of_others(folder):
    folder.mkdir()
    (folder / "run.json").write_text('{"format": "another"}')


def a_run_json_that_is_none(folder):
    folder.mkdir()
    (folder / "run.json").write_text("{")


def a_link_to_a_run(folder):
    shutil.copytree(folder.parent.parent / "saved", folder.parent / "target")
    folder.symlink_to("target")


def a_broken_link(folder):
    folder.symlink_to("nowhere")


def a_link_to_a_run_json(folder):
    folder.mkdir()
    (folder / "run.json").symlink_to(folder.parent.parent / "saved" / "run.json")


@pytest.mark.parametrize(
    "make",
    [
        a_file,
        a_folder_of_other_things,
        a_run_json_of_others,
        a_run_json_that_is_none,
        a_link_to_a_run,
        a_broken_link,
        a_link_to_a_run_json,
    ],
)
def test_what_is_no_run_is_never_replaced(trainer, tmp_path, make):
    save_run(tmp_path / "saved", trainer)
    place = tmp_path / "place"
    place.mkdir()
    make(place / "run")
    before = tree(place)
    with pytest.raises(StoreError, match=r"run is .*; .*\.$"):
        save_run(place / "run", trainer)
    assert tree(place) == before


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 300, "file/run"])
def test_a_place_that_cannot_be_is_said_before_training(trainer, tmp_path, monkeypatch, name):
    (tmp_path / "file").write_text("Mine.")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match=r"\.$"):
        check_target(name, trainer.experiment)
    assert os.listdir(tmp_path) == ["file"]


def test_a_mounted_disk_is_not_replaced(trainer, tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    with pytest.raises(StoreError, match="mounted disk"):
        check_target(tmp_path, trainer.experiment)


def test_a_full_disk_is_said_before_training(trainer, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    with pytest.raises(StoreError, match="MB of the disk are free"):
        check_target(tmp_path / "new" / "run", trainer.experiment)


def test_looking_at_a_place_leaves_nothing_behind(trainer, tmp_path):
    assert check_target(tmp_path / "a" / "run", trainer.experiment) == tmp_path / "a" / "run"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["run.json", "metrics.csv", "model.safetensors"])
def test_a_write_that_fails_leaves_the_old_run(few_digits, trainer, tmp_path, monkeypatch, name):
    folder = save_run(tmp_path / "run", trainer)
    before = tree(tmp_path)
    write = files._write

    def full(path, content):
        if path.name == name:
            write(path, content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content)

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(StoreError, match=r"cannot be saved as .*: No space left on device\.$"):
        save_run(folder, trainer_of(few_digits, "gelu"))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O"), KeyboardInterrupt()])
def test_a_move_that_fails_leaves_the_old_run(trainer, tmp_path, monkeypatch, error):
    folder = save_run(tmp_path / "run", trainer)
    before = tree(tmp_path)
    rename = type(folder).rename

    def fail_once(path, target):
        if path.is_dir() and (path / "model.safetensors").exists() and target == folder:
            monkeypatch.undo()
            raise error
        return rename(path, target)

    monkeypatch.setattr(type(folder), "rename", fail_once)
    with pytest.raises(StoreError if isinstance(error, OSError) else KeyboardInterrupt):
        save_run(folder, trainer)
    assert tree(tmp_path) == before
