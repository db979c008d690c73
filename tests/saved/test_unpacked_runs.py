"""Runs out of zips: of a run and of a race, and of what strangers may have packed."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from tests.helpers.saved_races import EXPERIMENT, recorded
from vae_explorer.data import load_dataset
from vae_explorer.saved.race import save_runs
from vae_explorer.saved.run import StoreError, load, load_some, read_record, save_run
from vae_explorer.saved.zips import unpack_runs, zip_all, zip_folder
from vae_explorer.training.race import RaceTrainer

SWEPT = EXPERIMENT.replace(sweep="latent", sweep_values=(2, 3))


@pytest.fixture(scope="module")
def race(tmp_path_factory):
    """The folder of a race of two shapes."""
    trainer, _ = recorded(SWEPT, load_dataset("digits"))
    folder = tmp_path_factory.mktemp("races") / "race"
    save_runs(folder, trainer)
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    trainer = RaceTrainer(EXPERIMENT, load_dataset("digits")).trainers[0]
    trainer.step()
    return save_run(tmp_path_factory.mktemp("runs") / "run", trainer)


def same(one, other) -> None:
    assert one.members == other.members
    for name, value in one.parameters.values.items():
        np.testing.assert_array_equal(value, other.parameters.values[name])


def test_a_run_comes_out_as_it_went_in(run, tmp_path):
    (folder,) = unpack_runs(zip_folder(run), tmp_path)
    assert folder == tmp_path / "1"
    same(load(folder), load(run))


def test_every_shape_of_a_race_comes_out(race, tmp_path):
    folders = unpack_runs(zip_all(race), tmp_path)
    assert [read_record(folder).experiment.latent for folder in folders] == [2, 3]
    same(load(folders[1]), load(race / "runs" / "2"))


def test_some_members_are_read_alone(run):
    every, some = load(run), load_some(run, [3, 0])
    assert some.members == (every.members[3], every.members[0])
    for name, value in some.parameters.values.items():
        np.testing.assert_array_equal(value, every.parameters.values[name][[3, 0]])


def packed(entries) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def files_of(run) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.iterdir()}


@pytest.mark.parametrize("place", ["", "../../", "/", "a/b/c/"])
def test_a_zip_says_nothing_of_where_its_files_go(run, tmp_path, place):
    (tmp_path / "here").mkdir()
    entries = {place + name: content for name, content in files_of(run).items()}
    (folder,) = unpack_runs(packed({**entries, f"{place}notes.txt": b"x"}), tmp_path / "here")
    assert {path.name for path in folder.iterdir()} == {
        *("run.json", "metrics.csv", "model.safetensors")
    }
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda files: {}, "holds 0 saved runs"),
        (lambda files: {**files, "model.safetensors": None}, "has no model.safetensors"),
        (lambda files: {**files, "run.json": b"[]"}, "no object"),
        (
            lambda files: {f"{n}/{name}": c for n in range(13) for name, c in files.items()},
            "holds 13 saved runs; it must hold 1 to 12",
        ),
    ],
)
def test_what_is_no_run_is_refused_in_a_sentence(run, tmp_path, change, sentence):
    entries = {name: content for name, content in change(files_of(run)).items() if content}
    with pytest.raises(StoreError, match=sentence) as caught:
        unpack_runs(packed(entries), tmp_path)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_what_is_no_zip_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is no zip"):
        unpack_runs(b"PK no zip", tmp_path)


def test_what_unpacks_to_more_than_it_may_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setattr("vae_explorer.saved.zips.MOST_BYTES", 20_000)
    bomb = {**files_of(run), "metrics.csv": bytes(10**6)}
    with pytest.raises(StoreError, match="has more than"):
        unpack_runs(packed(bomb), tmp_path)
