"""What becomes of a save that is refused: its reason is raised, and kept for the page."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.helpers.saved_races import saved_race
from vae_explorer.jobs import saving
from vae_explorer.saved.run import StoreError

FULL = os.strerror(errno.ENOSPC)


def job_that(save) -> SimpleNamespace:
    """A job whose process saves like this."""
    return SimpleNamespace(save=lambda folder, timeout: save(folder), save_refused="of before")


def save_two_runs(folder: Path) -> None:
    for number in ("1", "2"):
        (folder / "runs" / number).mkdir(parents=True)
        (folder / "runs" / number / "run.json").write_text(number)


def test_runs_of_a_race_without_numbers_are_taken_away_as_they_are():
    data = saving.zipped_runs(job := job_that(save_two_runs), "race")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(archive.namelist()) == ["race/runs/1/run.json", "race/runs/2/run.json"]
    assert job.save_refused is None


def test_what_the_process_refuses_is_kept():
    def refuse(folder):
        raise RuntimeError("The disk is full.")

    job = job_that(refuse)
    with pytest.raises(RuntimeError, match="The disk is full"):
        saving.zipped(job)
    assert job.save_refused == "The disk is full."


def test_what_the_page_itself_cannot_write_is_kept(monkeypatch):
    def refuse(*_):
        raise StoreError(f"The race cannot be saved as there: {FULL}.")

    monkeypatch.setattr(saving, "save_race", refuse)
    job = job_that(save_two_runs)
    with pytest.raises(RuntimeError, match=FULL):
        saving.zipped_race(job, saved_race(), "relu", "report")
    assert job.save_refused == f"The race cannot be saved as there: {FULL}."


def test_whatever_else_comes_between_is_kept(monkeypatch):
    def fail(*_):
        raise KeyError("it broke")

    monkeypatch.setattr(saving, "save_race", fail)
    job = job_that(save_two_runs)
    with pytest.raises(RuntimeError, match="it broke"):
        saving.zipped_race(job, saved_race(), "relu", "report")
    assert job.save_refused == "An error came between (KeyError: 'it broke')."


def test_no_place_for_a_while_is_a_sentence(monkeypatch):
    def refuse():
        raise OSError(errno.ENOSPC, FULL)

    monkeypatch.setattr(saving.tempfile, "TemporaryDirectory", refuse)
    job = job_that(save_two_runs)
    with pytest.raises(RuntimeError):
        saving.zipped(job)
    assert job.save_refused == f"There is no place to save it for a while: {FULL}."
