"""Folders and files written all at once or not at all, whatever fails or is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_explorer.saved.files import read_file, replace_file, replace_files, replace_folder
from vae_explorer.version import ROOT

# Writes in a process of its own that is killed at the n-th call that changes the disk.
_KILLED = """
import os, pathlib, signal, sys
from pathlib import Path
from vae_explorer.saved import files

left = int(sys.argv[2])

def dying(name, call):
    def die_or_call(*arguments, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(*arguments, **named)
    return die_or_call

for owner, names in ((os, ("mkdir", "rename", "replace", "unlink", "rmdir", "fsync")),):
    for name in names:
        setattr(owner, name, dying(name, getattr(owner, name)))

folder = Path(sys.argv[1])
new = {"a": b"new a", "b": b"new b", "mark": b"new mark"}
getattr(files, sys.argv[3])(folder, new)
"""
NEW = {"a": b"new a", "b": b"new b", "mark": b"new mark"}
OLD = {"a": b"old a", "b": b"old b", "mark": b"old mark", "notes": b"mine", "also": b"mine"}


def write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def content(folder: Path) -> dict[str, bytes]:
    """Of a folder's files that are not hidden."""
    found = folder.iterdir() if folder.exists() else ()
    return {path.name: path.read_bytes() for path in found if not path.name.startswith(".")}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


def killed_at(number: int, folder: Path, call: str) -> bool:
    """Whether the process died before it was done."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(folder), str(number), call],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode != 0


@pytest.mark.parametrize("before", [{}, OLD])
def test_a_process_that_is_killed_leaves_files_of_one_kind(tmp_path, before):
    """And the next that writes clears what it left."""
    number, died = 0, True
    while died:
        folder = tmp_path / str(number) / "race"
        folder.parent.mkdir()
        write(folder, before)
        died = killed_at(number, folder, "replace_files")
        found = content(folder)
        assert {name: found.get(name) for name in OLD if name not in NEW} == {
            name: before.get(name) for name in OLD if name not in NEW
        }
        if "mark" in found:
            kind = NEW if found["mark"] == NEW["mark"] else before
            assert {name: found[name] for name in NEW} == {name: kind[name] for name in NEW}
        replace_files(folder, NEW)
        assert {name: content(folder)[name] for name in NEW} == NEW
        assert not hidden(folder.parent)
        number += 1
    assert number > 6


@pytest.mark.parametrize("before", [None, OLD])
def test_a_killed_process_leaves_a_folder_whole(tmp_path, before):
    """The old, the new, or for the moment between the two none, until the next puts it right."""
    number, died = 0, True
    while died:
        folder = tmp_path / str(number) / "run"
        folder.parent.mkdir()
        if before:
            write(folder, before)
        died = killed_at(number, folder, "replace_folder")
        found = content(folder)
        kinds = [{}, before or {}, NEW, {**NEW, "also": b"mine"}, {**NEW, "notes": b"mine"}]
        assert found in [*kinds, {**(before or {}), **NEW}]
        replace_folder(folder, NEW)
        assert content(folder) == {**(before or {}), **NEW}
        assert not hidden(folder.parent)
        number += 1
    assert number > 4


def failing(number: int, call):
    """The call, but the n-th time it is made, the disk fails."""
    count = -1

    def fail_or_call(*arguments, **named):
        nonlocal count
        count += 1
        if count == number:
            raise OSError(5, "Input/output error")
        return call(*arguments, **named)

    return fail_or_call


@pytest.mark.parametrize("name", ["mkdir", "rename", "fsync"])
def test_a_folder_that_cannot_be_replaced_is_as_it_was(tmp_path, monkeypatch, name):
    """Whichever step fails, those after the exchange of the folders included."""
    failures = 0
    for number in range(8):
        folder = tmp_path / str(number) / "run"
        folder.parent.mkdir()
        write(folder, OLD)
        with monkeypatch.context() as patch:
            patch.setattr(os, name, failing(number, getattr(os, name)))
            try:
                replace_folder(folder, NEW)
                assert content(folder) == {**OLD, **NEW}
            except OSError:
                assert content(folder) == OLD
                failures += 1
        assert not hidden(folder.parent)
    assert failures > 0


def test_what_others_write_beside_it_is_left_alone(tmp_path):
    """Hidden folders of other names may be another process's, at work."""
    (tmp_path / ".vae-explorer-0011223344556677-new-0011223344556677").mkdir()
    replace_folder(tmp_path / "run", NEW)
    replace_file(tmp_path / "file", b"x")
    assert len(hidden(tmp_path)) == 1


def test_a_file_is_read_within_its_bounds(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"12345678")
    assert read_file(path, 8) == b"12345678"
    with pytest.raises(ValueError, match="more than such a file may have"):
        read_file(path, 7)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(ValueError, match="symbolic link"):
        read_file(tmp_path / "link", 8)
    with pytest.raises(ValueError, match="no regular file"):
        read_file(tmp_path, 8)
