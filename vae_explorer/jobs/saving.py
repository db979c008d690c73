"""A job's run or race as a zip: its process saves it, and whoever asks waits for that."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vae_explorer.jobs.job import Job
from vae_explorer.reason import reason
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.race import save_race
from vae_explorer.saved.run import StoreError
from vae_explorer.saved.zips import zip_all, zip_folder

_MOST_SECONDS = 60.0


def zipped(job: Job, name: str = "vae-run") -> bytes:
    """The run as it is now, as a zip of one folder `name`.

    RuntimeError, with a sentence that `job.save_refused` has too, if it cannot be saved.
    """
    with _saved(job, name) as folder:
        return zip_folder(folder)


def zipped_runs(job: Job, name: str = "vae-race") -> bytes:
    """The runs of a race that has no numbers, as a zip of one folder `name`.

    RuntimeError as of `zipped`.
    """
    with _saved(job, name) as folder:
        return zip_all(folder)


def zipped_race(
    job: Job, record: RaceRecord, reference: str, report: str, name: str = "vae-race"
) -> bytes:
    """A race with all its runs as a zip of one folder `name`. RuntimeError as of `zipped`."""
    with _saved(job, name) as folder:
        save_race(folder, record, reference, report)
        return zip_all(folder)


@contextmanager
def _saved(job: Job, name: str) -> Iterator[Path]:
    """A folder for a while, into which the job has saved what it trained.

    A page's download button says only that a file was not made, so the job keeps the reason.
    """
    try:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / name
            job.save(folder, _MOST_SECONDS)
            yield folder
    except (RuntimeError, StoreError) as error:
        why = str(error)
    except OSError as error:
        why = f"There is no place to save it for a while: {reason(error)}."
    except Exception as error:
        traceback.print_exc()
        why = f"An error came between ({type(error).__name__}: {str(error)[:200]})."
    else:
        job.save_refused = None
        return
    job.save_refused = why
    raise RuntimeError(why)
