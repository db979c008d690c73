"""Folders and files written all at once or not at all, and files that are read with care."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

_PARTS = ("new", "old")  # what is written or moved beside a target, until it is in place


# --- Writing ---


def replace_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Makes `target` a folder of these files, in place of the folder that is there.

    The files are written beside it and renamed when they are complete, so whoever looks, and
    whatever fails, finds the old folder or the new one. Files of other names in the old folder
    move to the new one. What a process that was killed had left beside it is cleared first.
    OSError says what failed; the old folder is then as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(target)
    temporary = _beside(target, "new")
    try:
        temporary.mkdir()
        for name, content in files.items():
            _write(temporary / name, content)
        _put_in_place(temporary, target)
    except BaseException:  # a Ctrl-C too
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files that belong together, in place of those that are there.

    The last one of `files` stands for all of them: it goes first and comes last, and the others
    change only while it is away. So where it is there, even after a crash, all are of one kind.
    Nothing changes before all are written in full; OSError says what failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / name for name in files]
    for target in targets:
        clear_leftovers(target)
    written = [_beside(target, "new") for target in targets]
    mark = targets[-1]
    away = _beside(mark, "old")
    try:
        for temporary, content in zip(written, files.values()):
            _write(temporary, content)
        if mark.exists():
            mark.rename(away)
        for temporary, target in zip(written, targets):
            temporary.replace(target)
    except BaseException:
        if away.exists() and written[0].exists():  # none of the others has changed
            away.rename(mark)
        raise
    finally:
        for temporary in (*written, away):
            temporary.unlink(missing_ok=True)


def replace_file(target: Path, content: bytes) -> None:
    """Writes a file, in place of the one that is there, all at once or not at all."""
    clear_leftovers(target)
    temporary = _beside(target, "new")
    try:
        _write(temporary, content)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def try_to_write(target: Path, size: int) -> None:
    """Raises the OSError that writing a folder of `size` bytes at `target` would meet first."""
    place = next(folder for folder in target.parents if folder.exists())
    trial = _beside(place / target.name, "new")
    trial.mkdir()
    trial.rmdir()
    free = shutil.disk_usage(place).free
    if size > free:
        raise OSError(
            f"it takes up to {size / 1e6:,.0f} MB and {free / 1e6:,.0f} MB of the disk are free"
        )


def clear_leftovers(target: Path) -> None:
    """Puts right what a process left beside `target` that was killed while it wrote it.

    A folder that was moved away and has no successor comes back; the files that its successor has
    not taken over yet move there. What was not complete is removed.
    """
    for part in _PARTS:
        for path in target.parent.glob(f"{_stem(target)}-{part}-*"):
            if not path.is_dir() or path.is_symlink():
                path.unlink(missing_ok=True)
            elif part == "old" and not target.exists():
                path.rename(target)
            else:
                if part == "old":
                    _move_others(path, target)
                shutil.rmtree(path, ignore_errors=True)


def is_leftover(path: Path) -> bool:
    """Whether a file or folder is one that only a process that was killed leaves behind."""
    return path.name.startswith(_PREFIX)


_PREFIX = ".vae-explorer-"


def _stem(target: Path) -> str:
    """Of hidden names for one target: others may be written in the same folder at the same time."""
    digest = hashlib.blake2b(os.fsencode(target.name), digest_size=8).hexdigest()
    return f"{_PREFIX}{digest}"


def _beside(target: Path, part: str) -> Path:
    """A hidden name in the same folder, so that renaming it never copies."""
    return target.parent / f"{_stem(target)}-{part}-{secrets.token_hex(8)}"


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # before the name: a crash must not leave a folder of empty files


def _put_in_place(temporary: Path, target: Path) -> None:
    if not target.exists():
        temporary.rename(target)
        return
    old = _beside(target, "old")
    try:
        target.rename(old)
        temporary.rename(target)
        _move_others(old, target)
    except BaseException:
        if old.exists():
            if target.exists():
                target.rename(temporary)
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _move_others(old: Path, new: Path) -> None:
    """Files that `new` has no other of; either all are moved or none is."""
    moved: list[str] = []
    try:
        for path in list(old.iterdir()):
            if not os.path.lexists(new / path.name):
                path.rename(new / path.name)
                moved.append(path.name)
    except BaseException:
        for name in moved:
            (new / name).rename(old / name)
        raise


# --- Reading ---


def read_text(path: Path, most_bytes: int) -> str:
    """A text file in UTF-8. ValueError if it is something else or larger; OSError if unreadable."""
    try:
        return read_file(path, most_bytes).decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not a text in UTF-8 ({error.reason})") from error


def read_file(path: Path, most_bytes: int) -> bytes:
    """The content of a regular file.

    ValueError if it is something else or has more than `most_bytes`; OSError if it is unreadable.
    """
    check_regular(path, most_bytes)
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:  # it has grown since
        raise _too_large(len(content))
    return content


def check_regular(path: Path, most_bytes: int) -> None:
    """ValueError for links, which may lead anywhere, pipes, which may never end, and large files.

    For who has the file read by a library; who wants its content has `read_file`.
    """
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise ValueError("it is a symbolic link and no file of its own")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is no regular file")
    if status.st_size > most_bytes:
        raise _too_large(status.st_size)


def _too_large(size: int) -> ValueError:
    return ValueError(f"it has {size / 1e6:,.0f} MB, more than such a file may have")
