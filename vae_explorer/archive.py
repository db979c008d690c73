"""A live run as one file to take away: its saved folder, zipped."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from vae_explorer.runs import Run

_MOST_SECONDS = 60.0


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
        archive = shutil.make_archive(str(Path(place) / "archive"), "zip", place, name)
        return Path(archive).read_bytes()
