"""Where trained VAEs come from: what is listed, what was opened, and what an address finds."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from tests.helpers.saved_races import EXPERIMENT, recorded
from tests.helpers.session import State
from vae_explorer.data import load_dataset
from vae_explorer.saved.run import StoreError, load, save_run
from vae_explorer.saved.zips import zip_folder
from vae_explorer.ui.explore import sources


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    trainer, _ = recorded(EXPERIMENT, load_dataset("digits"))
    return save_run(tmp_path_factory.mktemp("runs") / "first" / "run", trainer.trainers[0])


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(sources.st, "session_state", State())
    monkeypatch.delenv(sources.RUNS_VARIABLE, raising=False)
    monkeypatch.setattr(sources.sys, "argv", ["app.py"])
    sources._in_folder.clear()


@pytest.mark.parametrize("how", ["variable", "option"])
def test_a_folder_of_runs_is_listed_and_found_by_its_name(run, monkeypatch, how):
    folder = str(run.parents[1])
    if how == "variable":
        monkeypatch.setenv(sources.RUNS_VARIABLE, folder)
    else:
        monkeypatch.setattr(sources.sys, "argv", ["app.py", "--runs", folder])
    found, problems = sources.saved()
    ((name, one),) = found.items()
    assert (one.label, problems) == ("first/run", [])
    losses = [result.test_loss for result in one.record.results]
    assert one.state == f"test loss {min(losses):.1f} to {max(losses):.1f}"
    again = sources.find(name)
    assert again.experiment == EXPERIMENT and not again.is_live
    taken = again.take(0, (2, 1))
    every = load(run)
    for key, value in taken.load().parameters.values.items():
        np.testing.assert_array_equal(value, every.parameters.values[key][[2, 1]])
    assert [result.recipe for result in taken.results] == [every.members[2], every.members[1]]


def test_without_a_folder_nothing_is_listed(monkeypatch):
    assert sources.saved() == ({}, [])
    monkeypatch.setenv(sources.RUNS_VARIABLE, "/none/here")
    assert sources.saved() == ({}, ["There is no folder /none/here of saved runs."])
    assert sources.find("") is None and sources.find("0123abcd") is None


def test_only_the_last_zips_of_a_session_are_kept(run, tmp_path):
    def zipped(number):
        copy = tmp_path / f"run-{number}"
        copy.mkdir()
        for path in run.iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        return zip_folder(copy)

    names, places = [], []
    for number in range(sources._MOST_OPENED + 1):
        (one,) = sources.open_zip(zipped(number), f"run {number}")
        names.append(one.name)
        places.append(one._folder)
    del one
    gc.collect()
    assert list(sources.saved()[0]) == names[1:]
    assert [place.exists() for place in places] == [False, True, True, True]


def test_what_is_no_run_leaves_what_was_opened(run):
    (one,) = sources.open_zip(zip_folder(run), "run")
    with pytest.raises(StoreError):
        sources.open_zip(b"nothing", "x")
    assert list(sources.saved()[0]) == [one.name]
