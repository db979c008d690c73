"""Runs as one file to take away: their folders, zipped."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from vae_explorer.folders import check_regular
from vae_explorer.runs import Run
from vae_explorer.store import METRICS_NAME, MODEL_NAME, RECORD_NAME, StoreError, read_record

_MOST_SECONDS = 60.0
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a zip can name: the same run is the same file
# How each file of a run is packed. Weights hardly shrink, and would take by far the longest.
_FILES = {
    RECORD_NAME: zipfile.ZIP_DEFLATED,
    METRICS_NAME: zipfile.ZIP_DEFLATED,
    MODEL_NAME: zipfile.ZIP_STORED,
}


def zipped(run: Run, name: str = "vae-run") -> bytes:
    """The run as it is now, as a zip of one folder `name`.

    RuntimeError, with a sentence, if its process does not save it.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        run.save(folder)
        if not run.wait(lambda r: r.saved == str(folder) or r.state == "failed", _MOST_SECONDS):
            raise RuntimeError(f"The run was not saved within {_MOST_SECONDS:.0f} s.")
        if run.saved != str(folder):
            raise RuntimeError(run.error or "The run could not be saved.")
        return zip_folder(folder)


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
        for folder in (Path(folder).expanduser() for folder in folders):
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
        check_regular(path)
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise StoreError(f"{path} cannot be read: {error}.") from error
