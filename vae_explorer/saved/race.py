"""Saved races: a folder with all that it takes to look at a race again.

results.json holds the race in numbers (`race_json`), results.csv the same for a spreadsheet,
history.safetensors what it showed as it trained, runs/ a saved run a shape (`run`), and
report.html, which the page or the command line makes, all of it for people. As in `run`, a folder
is read as if a stranger had sent it.

The runs are written first: they took the longest, and each stands on its own. Numbers and history
follow together, results.json last: where it is there, the race is whole. In place of another race
its numbers go before the first of its runs does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vae_explorer.experiment.arms import places_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.reason import reason
from vae_explorer.results.history import History
from vae_explorer.results.race import Race
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.files import is_leftover, read_file, replace_file, replace_files
from vae_explorer.saved.history import from_bytes, to_bytes
from vae_explorer.saved.race_json import MOST_BYTES, from_json, to_csv, to_json
from vae_explorer.saved.run import StoreError, absolute, check_target, is_run, save_run

if TYPE_CHECKING:
    from vae_explorer.training.race import RaceTrainer

RESULTS_NAME = "results.json"
TABLE_NAME = "results.csv"
HISTORY_NAME = "history.safetensors"
REPORT_NAME = "report.html"
RUNS_NAME = "runs"
_BESIDE_RUNS = (RESULTS_NAME, REPORT_NAME, TABLE_NAME, HISTORY_NAME)  # in the order that they go

_MOST_HISTORY_BYTES = 256 * 2**20


def check_race_target(folder: str | Path, experiment: Experiment) -> Path:
    """The absolute path of a folder where a race of `experiment` can be saved.

    To be called before hours of training, not after. Leaves nothing behind.

    Raises
    ------
    StoreError
        Something else than a race is there, the place cannot be written to, or the disk is full.
    """
    target = absolute(folder)
    try:
        if target.exists() and not target.is_dir():
            raise StoreError(f"{target} is a file, and a race is a folder; choose another name.")
        if target.exists() and not _is_replaceable(target):
            raise StoreError(
                f"{target} is there already and is no race of VAE Explorer; choose another name."
            )
        check_target(target / RUNS_NAME / "1", experiment.shapes[0])
    except OSError as error:
        raise _unsavable(target, error) from error
    return target


def _is_replaceable(folder: Path) -> bool:
    """Whether a folder is empty, a race, or as much of one as a process that was killed leaves."""
    if (folder / RESULTS_NAME).is_file():
        return True
    runs = folder / RUNS_NAME
    beside = {path.name for path in folder.iterdir() if not is_leftover(path)} - {RUNS_NAME}
    if beside and not (beside <= {*_BESIDE_RUNS} and _saved_in(runs)):
        return False
    return all(map(_is_saved_run, _saved_in(runs)))


def _saved_in(runs: Path) -> list[Path]:
    return [path for path in runs.iterdir() if not is_leftover(path)] if runs.is_dir() else []


def _is_saved_run(path: Path) -> bool:
    return path.name.isdecimal() and not path.is_symlink() and is_run(path)


def _unsavable(target: Path, error: OSError) -> StoreError:
    return StoreError(f"The race cannot be saved as {target}: {reason(error)}.")


def save_runs(folder: str | Path, race: RaceTrainer) -> tuple[Path, ...]:
    """Saves a run for each shape that has begun, in `folder`/runs; returns their folders.

    Of another race that is there the numbers, history and report go first, and runs that are left
    of it go once all of these are complete.

    Raises
    ------
    StoreError
        A run cannot be written; those that are written already stay.
    """
    runs = absolute(folder) / RUNS_NAME
    begun = [trainer for trainer in race.trainers if trainer.step_number]
    try:
        for name in _BESIDE_RUNS if begun else ():
            (runs.parent / name).unlink(missing_ok=True)
        saved = tuple(save_run(runs / str(trainer.number + 1), trainer) for trainer in begun)
        for path in _saved_in(runs) if saved else ():
            if path not in saved and _is_saved_run(path):
                shutil.rmtree(path)
    except OSError as error:
        raise _unsavable(runs.parent, error) from error
    return saved


def save_race(folder: str | Path, record: RaceRecord, reference: str, report: str) -> Path:
    """Writes all files of a race but its runs; returns the folder.

    `reference` is the key of the arm that others are held against, `report` the page for people.

    Raises
    ------
    StoreError
        A file cannot be written.
    """
    target = save_results(folder, record, reference)
    save_report(target, report)
    return target


def save_results(folder: str | Path, record: RaceRecord, reference: str) -> Path:
    """Writes what a race can be loaded from, and its table; returns the folder.

    They are written beside those that are there and exchanged when all are complete. A report of
    another race that is there goes, since it would tell of other numbers.

    Raises
    ------
    StoreError
        A file cannot be written.
    """
    target = absolute(folder)
    files = {
        HISTORY_NAME: to_bytes(record.history, record.probe),
        TABLE_NAME: to_csv(record.judged).encode(),
        RESULTS_NAME: to_json(record.judged, reference).encode(),
    }
    try:
        replace_files(target, files)
        (target / REPORT_NAME).unlink(missing_ok=True)
    except OSError as error:
        raise _unsavable(target, error) from error
    return target


def save_report(folder: str | Path, report: str) -> None:
    """Writes the page for people beside a race's results.

    Raises
    ------
    StoreError
        The file cannot be written.
    """
    target = absolute(folder)
    try:
        replace_file(target / REPORT_NAME, report.encode())
    except OSError as error:
        raise _unsavable(target, error) from error


def load_race(folder: str | Path) -> RaceRecord:
    """All of a saved race but its weights; needs no PyTorch.

    Raises
    ------
    StoreError
        There is no race in the folder, or a file of it is damaged.
    """
    path = absolute(folder)
    if not os.path.lexists(path / RESULTS_NAME):
        raise StoreError(f"{path} is no saved race: it has no {RESULTS_NAME}.")
    try:
        return parse_race(lambda name, most_bytes: _content(path / name, most_bytes))
    except ValueError as error:
        raise StoreError(f"{path} cannot be read: {reason(error)}.") from error


def parse_race(read: Callable[[str, int], bytes]) -> RaceRecord:
    """A race from its files, wherever they are: `read` gives the content of one of a name.

    It is told how many bytes the file may have at most. ValueError, with what is wrong, for files
    that are no race.
    """
    try:
        race = from_json(read(RESULTS_NAME, MOST_BYTES).decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"{RESULTS_NAME} is not a text in UTF-8") from error
    history, probe = from_bytes(read(HISTORY_NAME, _MOST_HISTORY_BYTES), race.experiment)
    return RaceRecord(race.experiment, history, probe, _as_far_as(history, race), race.tuning)


def _as_far_as(history: History, race: Race) -> Race:
    """With the epochs of each member, which only files of before do not say, from the history."""
    if all(member.result.epochs is not None for member in race.members):
        return race
    reached = {snapshot.shape: snapshot.epoch for snapshot in history.at(-1) if snapshot.step}
    members = tuple(
        replace(member, result=replace(member.result, epochs=reached.get(shape, 0.0)))
        for (shape, _), member in zip(places_of(race.experiment), race.members)
    )
    return replace(race, members=members)


def _content(path: Path, most_bytes: int) -> bytes:
    try:
        return read_file(path, most_bytes)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} cannot be read: {reason(error)}") from error
