"""Folders and files written all at once or not at all, and files that are read with care."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path


def replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Makes `target` a folder of these files, in place of the folder that is there.

    The files are written beside it and renamed when they are complete, so whoever looks, and
    whatever fails, finds the old folder or the new one. Files of other names in the old folder
    move to the new one. OSError says what failed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(target)
    try:
        temporary.mkdir()
        for name, content in files.items():
            _write(temporary / name, content)
        _put_in_place(temporary, target)
    except BaseException:  # a Ctrl-C too
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def replace_file(target: Path, content: bytes) -> None:
    """Writes a file, in place of the one that is there, all at once or not at all."""
    temporary = _beside(target)
    try:
        _write(temporary, content)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def try_to_write(target: Path, size: int) -> None:
    """Raises the OSError that writing a folder of `size` bytes at `target` would meet first."""
    place = next(folder for folder in target.parents if folder.exists())
    trial = _beside(place / target.name)
    trial.mkdir()
    trial.rmdir()
    free = shutil.disk_usage(place).free
    if size > free:
        raise OSError(
            f"it takes up to {size / 1e6:,.0f} MB and {free / 1e6:,.0f} MB of the disk are free"
        )


def _beside(target: Path) -> Path:
    """A hidden name in the same folder, so that renaming it never copies."""
    return target.parent / f".vae-explorer-{secrets.token_hex(8)}"


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # before the name: a crash must not leave a folder of empty files


def _put_in_place(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.rename(target)
        return
    old = _beside(target)
    try:
        target.rename(old)
        temporary.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    for path in old.iterdir():
        if not (target / path.name).exists():
            path.rename(target / path.name)
    shutil.rmtree(old, ignore_errors=True)


def read_text(path: Path, most_bytes: int) -> str:
    """A text file in UTF-8. ValueError if it is something else or larger; OSError if unreadable."""
    check_regular(path)
    size = path.stat().st_size
    if size > most_bytes:
        raise ValueError(f"it has {size / 1e6:,.0f} MB, more than such a file may have")
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not a text in UTF-8 ({error.reason})") from error


def check_regular(path: Path) -> None:
    """ValueError for links, which may lead anywhere, and pipes, which may never end."""
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        raise ValueError("it is a symbolic link and no file of its own")
    if not stat.S_ISREG(kind):
        raise ValueError("it is no regular file")
