"""The full sets from OpenML: downloaded once, in a process of its own, then kept as IDX files.

A process of its own can be given a timeout and ended whatever it hangs on, does not slow down the
page by parsing, and gives its gigabyte of parsed text back to the system.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vae_explorer.data.dataset import DataError, Split
from vae_explorer.data.folder import read_folder
from vae_explorer.data.paths import absolute_path
from vae_explorer.data.sets import DATASETS, DatasetInfo
from vae_explorer.reason import reason
from vae_explorer.version import ROOT

TIME_LIMIT_SECONDS = 900.0
REPORT_EVERY_SECONDS = 5.0

# Two pages that ask for a set at once wait for one download.
_DOWNLOADING = {name: threading.Lock() for name in DATASETS}


def read_openml(info: DatasetInfo, report: Callable[[str], None]) -> tuple[Split, Split]:
    """Training and test images of a full set, from the copy kept here or else from OpenML.

    Parameters
    ----------
    info : DatasetInfo
        A set that OpenML has.
    report : callable
        Called with a sentence every few seconds of a download.

    Raises
    ------
    DataError
        OpenML cannot be reached, is too slow, or sends something else; or the images
        cannot be kept.
    """
    folder = kept_folder(info)
    with _DOWNLOADING[info.name]:
        if os.path.isdir(folder):
            try:
                return read_folder(info, folder)
            except DataError:
                report(f"The copy of {info.label} in {folder} is unusable and is made anew.")
        _download(info, folder, report)
        return read_folder(info, folder)


def kept_folder(info: DatasetInfo) -> Path:
    """Where the IDX copy of a set lies: in scikit-learn's data home, beside its own cache.

    DataError where that has no meaning.
    """
    # What sklearn.datasets.get_data_home does, without the second that importing it takes.
    home = os.environ.get("SCIKIT_LEARN_DATA", os.path.join("~", "scikit_learn_data"))
    try:
        return absolute_path(home) / "vae_explorer" / info.name
    except ValueError as error:
        raise DataError(
            f"{info.label} from OpenML has nowhere to be kept: {error} SCIKIT_LEARN_DATA may name "
            "another folder."
        ) from error


def _download(info: DatasetInfo, folder: Path, report: Callable[[str], None]) -> None:
    report(f"Downloading {info.label} from OpenML, which is needed once and may take some minutes.")
    try:
        process = subprocess.Popen(
            _command(info, folder),
            env={**os.environ, "PYTHONPATH": _search_path()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
    except OSError as error:
        raise DataError(
            f"The download of {info.label} from OpenML cannot be started: {reason(error)}."
        ) from error
    with process:
        try:
            sentence = _wait(process, info, report)
        finally:
            process.kill()  # Nothing to end, unless waiting itself was cut short.
    if process.returncode != 0:
        raise DataError(
            sentence.strip()
            or f"The download of {info.label} from OpenML ended early (exit status "
            f"{process.returncode}), perhaps for lack of memory."
        )


def _wait(process: subprocess.Popen[str], info: DatasetInfo, report: Callable[[str], None]) -> str:
    """What the process has printed when it ends, which it must within the time limit."""
    started = time.monotonic()
    while True:
        try:
            return process.communicate(timeout=REPORT_EVERY_SECONDS)[0]
        except subprocess.TimeoutExpired:
            seconds = time.monotonic() - started
        if seconds >= TIME_LIMIT_SECONDS:
            raise DataError(f"{info.label} did not arrive from OpenML in {seconds:.0f} seconds.")
        report(f"Downloading {info.label} from OpenML: {seconds:.0f} s so far.")


def _command(info: DatasetInfo, folder: Path) -> list[str]:
    return [sys.executable, "-m", "vae_explorer.data.openml_fetch", info.name, str(folder)]


def _search_path() -> str:
    """PYTHONPATH with which the other process finds this package, however we found it."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
