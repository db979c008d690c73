"""Runs as one file to take away: their folders, zipped."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from vae_explorer.reason import reason
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.files import read_file
from vae_explorer.saved.race import parse_race
from vae_explorer.saved.run import (
    METRICS_NAME,
    MODEL_NAME,
    RECORD_NAME,
    StoreError,
    absolute,
    read_record,
)

# Of a race's zip that is made or opened. The largest race, 60 million weights and 540 VAEs, has 240
# MB of weights, up to 170 MB of pictures, and some 80 MB of curves, numbers and a report.
MOST_BYTES = 512 * 2**20
_MOST_ENTRIES = 1000  # a race has 4 files, and 3 for each of its twelve shapes at most
_MOST_RUNS = 12  # shapes of a race
_ENTRY = b"PK\x01\x02"  # each file's line in the directory begins so, and other bytes hardly ever
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a zip can name: the same run is the same file
# How each file of a run is packed. Weights hardly shrink, and would take by far the longest.
_FILES = {
    RECORD_NAME: zipfile.ZIP_DEFLATED,
    METRICS_NAME: zipfile.ZIP_DEFLATED,
    MODEL_NAME: zipfile.ZIP_STORED,
}


def zip_folder(folder: str | Path) -> bytes:
    """A saved run as a zip of one folder of its name. StoreError as for `zip_folders`."""
    return zip_folders([folder])


def zip_folders(folders: Iterable[str | Path]) -> bytes:
    """Saved runs as a zip of a folder each, of the same names; one that comes again has a number.

    The files of a run alone are packed, with no times, so the same runs make the same zip.

    Raises
    ------
    StoreError
        There is no run in a folder, or a file of it is missing or no file of its own.
    """
    buffer = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(buffer, "w") as archive:
        for folder in map(absolute, folders):
            read_record(folder)  # or StoreError
            name = _free_name(folder.resolve().name, taken)
            taken.add(name)
            for file, method in _FILES.items():
                entry = zipfile.ZipInfo(f"{name}/{file}", _MOMENT)
                entry.compress_type = method
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, _content(folder / file))
    return buffer.getvalue()


def _free_name(name: str, taken: set[str]) -> str:
    number, wanted = 1, name
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _content(path: Path) -> bytes:
    try:
        return read_file(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {reason(error)}.") from error


def zip_all(folder: Path) -> bytes:
    """Every file below a saved race's folder as a zip of one folder of its name.

    Raises
    ------
    StoreError
        It would have more than MOST_BYTES, and could not be opened again.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _MOMENT)
            entry.compress_type = _FILES.get(path.name, zipfile.ZIP_DEFLATED)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    if buffer.tell() > MOST_BYTES:
        raise StoreError(
            f"The zip of the race would have {buffer.tell() / 1e6:,.0f} MB; at most "
            f"{MOST_BYTES / 1e6:,.0f} MB can be opened again."
        )
    return buffer.getvalue()


def race_of_zip(data: bytes) -> RaceRecord:
    """The race in a zip that `zip_all` made, without its weights. Nothing is unpacked to disk.

    Raises
    ------
    StoreError
        It is no zip, holds no race, or more than one, or the race is damaged.
    """
    with _opened(data, "race") as archive:
        return parse_race(partial(_entry, archive))


def unpack_runs(data: bytes, folder: Path) -> tuple[Path, ...]:
    """The saved runs of a zip, of one run or of a race, each in a new folder below `folder`.

    The three files of a run alone are unpacked, whatever else and wherever the zip says they are.

    Raises
    ------
    StoreError
        It is no zip, or holds no run, or a run in it is damaged.
    """
    with _opened(data, "run") as archive:
        names = archive.namelist()
        places = sorted(
            name.removesuffix(RECORD_NAME)
            for name in names
            if name == RECORD_NAME or name.endswith(f"/{RECORD_NAME}")
        )
        if not places or len(places) > _MOST_RUNS:
            raise StoreError(
                f"The zip holds {len(places)} saved runs; it must hold 1 to {_MOST_RUNS}."
            )
        targets = [folder / str(number) for number in range(1, len(places) + 1)]
        left = MOST_BYTES
        for target, place in zip(targets, places):
            target.mkdir()
            for file in _FILES:
                if place + file not in names:
                    raise ValueError(f"a run in it has no {file}")
                content = _bounded(archive, place + file, left)
                left -= len(content)
                (target / file).write_bytes(content)
            read_record(target)
    return tuple(targets)


@contextmanager
def _opened(data: bytes, what: str) -> Iterator[zipfile.ZipFile]:
    """A zip that a stranger may have made, to be read inside the with block.

    What fails there is a StoreError that says which: it is no zip, or it holds no `what`.
    """
    _check_size(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except StoreError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise StoreError(f"The file is no zip that can be read ({error}).") from error
    except (OSError, ValueError) as error:
        raise StoreError(f"The zip holds no {what} that can be read: {reason(error)}.") from error


def _bounded(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    """A file of it; what a zip says of its sizes may be a lie."""
    with archive.open(name) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError(f"{name} has more than {most_bytes / 1e6:,.0f} MB")
    return content


def _check_size(data: bytes) -> None:
    """Before anything is made of it: a list of a million files takes a minute to read."""
    if len(data) > MOST_BYTES:
        raise StoreError(
            f"The zip has {len(data) / 1e6:,.0f} MB; a race has at most {MOST_BYTES / 1e6:,.0f} MB."
        )
    entries = data.count(_ENTRY)
    if entries > _MOST_ENTRIES:
        raise StoreError(
            f"The zip holds some {entries:,} files; one of a race has at most {_MOST_ENTRIES:,}."
        )


def _entry(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    """The file of a name at the top of the zip, or of its one folder."""
    found = [info for info in archive.infolist() if info.filename.count("/") <= 1]
    found = [info for info in found if info.filename.rpartition("/")[2] == name]
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} files {name}, not one")
    return _bounded(archive, found[0].filename, most_bytes)
