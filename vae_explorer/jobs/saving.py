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
        job.save(folder, _MOST_SECONDS)
        return zip_folder(folder)


def zipped_race(
    job: Job, saved: SavedRace, reference: str, report: str, name: str = "vae-race"
) -> bytes:
    """A race with all its runs as a zip of one folder `name`.

    RuntimeError, with a sentence, if its process does not save the runs.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / name
        job.save(folder, _MOST_SECONDS)
        save_race(folder, saved, reference, report)
        return zip_all(folder)
