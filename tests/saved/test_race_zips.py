"""Races in zips: there and back, and what strangers may send instead."""

from __future__ import annotations

import io
import resource
import struct
import tomllib
import zipfile

import pytest

from tests.helpers.saved_races import saved_race
from vae_explorer.saved import zips
from vae_explorer.saved.race import save_race
from vae_explorer.saved.race_json import to_json
from vae_explorer.saved.run import StoreError
from vae_explorer.saved.zips import race_of_zip
from vae_explorer.version import ROOT

RESULTS, HISTORY = "results.json", "history.safetensors"


@pytest.fixture(scope="module")
def files(saved, tmp_path_factory):
    """The files of a race by their names."""
    folder = save_race(tmp_path_factory.mktemp("races") / "race", saved, "relu", "")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def zipped(entries, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of (name, content) in order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("folder", ["", "mine/", "a folder with spaces/"])
def test_a_race_comes_back(saved, files, folder):
    again = race_of_zip(zipped((folder + name, content) for name, content in files.items()))
    assert to_json(again.race, "relu") == to_json(saved.race, "relu")
    assert again.history.places == saved.history.places


def refused(data: bytes) -> str:
    """The one sentence that a zip is answered with."""
    with pytest.raises(StoreError) as caught:
        race_of_zip(data)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 500
    return message


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(100), b"PK\x05\x06" * 9])
def test_what_is_no_zip_is_refused(data):
    assert "no zip" in refused(data)


def test_a_truncated_zip_is_refused(files):
    data = zipped(files.items())
    for kept in (10, len(data) // 2, len(data) - 1):
        refused(data[:kept])


def test_a_zip_with_flipped_bytes_is_refused_or_read(files):
    data = zipped(files.items())
    for place in range(0, len(data), len(data) // 150):
        damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        try:
            race_of_zip(damaged)
        except StoreError as error:
            assert str(error).endswith(".")


def test_the_server_takes_what_a_zip_may_have():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 2**20 == zips.MOST_BYTES


def test_a_zip_is_made_only_if_it_can_be_opened_again(saved, tmp_path, monkeypatch):
    folder = save_race(tmp_path / "race", saved, "relu", "")
    size = len(zips.zip_all(folder))
    monkeypatch.setattr(zips, "MOST_BYTES", size)
    assert race_of_zip(zips.zip_all(folder)).race.experiment == saved.race.experiment
    monkeypatch.setattr(zips, "MOST_BYTES", size - 1)
    with pytest.raises(StoreError, match="can be opened again"):
        zips.zip_all(folder)
    monkeypatch.setattr(zips, "MOST_BYTES", size - 1)
    assert "at most" in refused(zipped([("x", bytes(size))], zipfile.ZIP_STORED))


def test_a_zip_of_many_files_is_refused_before_their_list_is_read(files, monkeypatch):
    data = zipped([*files.items(), *((f"notes/{n}", b"") for n in range(1000))])

    def reads(*_):
        raise AssertionError("the list was read")

    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", reads)
    assert "1,004 files" in refused(data)


def test_wrong_names_and_two_races_are_refused(files):
    results, history = files[RESULTS], files[HISTORY]
    assert "0 files results.json" in refused(zipped([]))
    assert "0 files history" in refused(zipped([(RESULTS, results)]))
    assert "0 files" in refused(zipped([("deep/down/" + n, c) for n, c in files.items()]))
    assert "0 files" in refused(zipped([("..\\results.json", results)]))
    two = [(f"{name}/{file}", files[file]) for name in "ab" for file in (RESULTS, HISTORY)]
    assert "2 files results.json" in refused(zipped(two))
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped([(RESULTS, results), (RESULTS, results), (HISTORY, history)])
    assert "2 files results.json" in refused(twice)


def test_numbers_and_history_of_different_races_are_refused(files):
    other = saved_race(hidden=(5, 5), activations=("tanh", "relu", "elu"), latent=3)
    results = to_json(other.race, "tanh")
    refused(zipped([(RESULTS, results), (HISTORY, files[HISTORY])]))


@pytest.mark.parametrize("name", [RESULTS, HISTORY])
def test_a_bomb_does_not_fill_the_memory(files, name):
    """Zeros, a thousand to one: what is unpacked stops at what such a file may have."""
    bomb = zipped([*((n, c) for n, c in files.items() if n != name), (name, bytes(400 * 2**20))])
    assert len(bomb) < 2**20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "more than" in refused(bomb)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 700 * 2**20


def test_a_zip_that_lies_about_a_size_is_refused(files):
    """The directory says that a file has ten bytes; zipfile then finds its checksum wrong."""
    data = bytearray(zipped(files.items()))
    entry = data.rfind(b"PK\x01\x02")
    while data[entry + 46 : entry + 46 + len(RESULTS)] != RESULTS.encode():
        entry = data.rfind(b"PK\x01\x02", 0, entry)
    struct.pack_into("<I", data, entry + 24, 10)
    refused(bytes(data))


def test_a_zip_with_a_password_or_of_an_unknown_kind_is_refused(files):
    for place, value in ((8, 1), (10, 99)):  # of an entry of the directory: flags, method
        data = bytearray(zipped(files.items()))
        entry = data.find(b"PK\x01\x02")
        while entry >= 0:
            struct.pack_into("<H", data, entry + place, value)
            entry = data.find(b"PK\x01\x02", entry + 1)
        assert "no zip that can be read" in refused(bytes(data))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{}", b"[]", b"[" * 100_000, b"null", b'{"a":'])
def test_numbers_that_are_none_are_refused(files, content):
    refused(zipped([(RESULTS, content), (HISTORY, files[HISTORY])]))
