"""Folders that a command is given, and cannot use: a sentence at once, and nothing left behind."""

from __future__ import annotations

import os

import pytest

from vae_explorer.terminal import main
from vae_explorer.terminal.options import FAILED

COMMANDS = {
    "train": ["train", "--dataset", "digits"],
    "compare": ["compare", "--dataset", "digits"],
    "pretrain": ["pretrain", "--only", "digits-2d-article"],
}
UNUSABLE = ["", "~no-such-user/x", "~/x", "file/x", "file/x/y", "x" * 300, "/dev/null/x", "/proc/x"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A working folder with a file in it, and a home folder that is missing."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "file").write_text("Mine.")
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(tmp_path / "missing"))
    return place


def refused(options, capsys):
    """The sentence with which a command line is refused."""
    assert main.main(options) == FAILED
    shown = capsys.readouterr()
    assert shown.out == ""
    (sentence,) = shown.err.splitlines()
    assert sentence.startswith("Error: ") and sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("name", UNUSABLE)
@pytest.mark.parametrize("command", COMMANDS)
def test_where_nothing_can_be_saved_nothing_is_trained(command, name, place, capsys):
    refused([*COMMANDS[command], "--out", name], capsys)
    assert sorted(os.listdir(place.parent)) == ["place"]
    assert os.listdir(place) == ["file"]


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_working_folder_nothing_begins(command, tmp_path, monkeypatch, capsys):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for name in ("x", str(tmp_path / "x")):
        sentence = refused([*COMMANDS[command], "--out", name], capsys)
        assert sentence.startswith("Error: The working folder is gone")
    assert os.listdir(tmp_path) == ["place"]
