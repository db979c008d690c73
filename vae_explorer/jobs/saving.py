"""A job's run or race as a zip: its process saves it, and whoever asks waits for that."""

from __future__ import annotations

import tempfile
from pathlib import Path

from vae_explorer.jobs.job import Job
from vae_explorer.results.record import SavedRace
from vae_explorer.saved.race import save_race
from vae_explorer.saved.zips import zip_all, zip_folder

_MOST_SECONDS = 60.0


def zipped(job: Job, name: str = "vae-run") -> bytes:
    """The run as it is now, as a zip of one folder `name`.

    RuntimeError, with a sentence, if its process does not save it.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        _save(job, folder)
        return zip_folder(folder)


def _save(job: Job, folder: Path) -> None:
    """Has the run's process save it, and waits for that."""
    job.save(folder)
    if not job.wait(lambda r: r.saved == str(folder) or r.state == "failed", _MOST_SECONDS):
        raise RuntimeError(f"The run was not saved within {_MOST_SECONDS:.0f} s.")
    if job.saved != str(folder):
        raise RuntimeError(job.error or "The run could not be saved.")


def zipped_race(
    job: Job, saved: SavedRace, reference: str, report: str, name: str = "vae-race"
) -> bytes:
    """A race with all its runs as a zip of one folder `name`.

    RuntimeError, with a sentence, if its process does not save the runs.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        _save(job, folder)
        save_race(folder, saved, reference, report)
        return zip_all(folder)
