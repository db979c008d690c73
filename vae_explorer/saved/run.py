"""Saved runs: a folder each, with all that it takes to look at a run again.

run.json holds the experiment, the results and how they came about (`run_json`), metrics.csv the
curves (`metrics`), model.safetensors the weights. A folder is read as if a stranger had sent it:
nothing in it is executed, no link is followed, and memory is taken only for weights that are there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vae_explorer.data.paths import absolute_path
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.reason import reason
from vae_explorer.results.members import MemberResult
from vae_explorer.results.snapshot import Curves
from vae_explorer.saved import metrics
from vae_explorer.saved.fields import parse_object
from vae_explorer.saved.files import check_regular, read_text, replace_folder, try_to_write
from vae_explorer.saved.run_json import FORMAT, RunInfo, RunRecord
from vae_explorer.saved.run_record import record_of

if TYPE_CHECKING:  # PyTorch takes seconds: a page that lists runs needs nothing of it
    from vae_explorer.model.population import Population
    from vae_explorer.training.trainer import Trainer

RECORD_NAME = "run.json"
METRICS_NAME = "metrics.csv"
MODEL_NAME = "model.safetensors"

_MOST_RECORD_BYTES = 16 * 1024**2
_MOST_HEADER_BYTES = 2**20  # of a file of weights: a line of some 100 a parameter
_FLOAT_BYTES = 4
_T = TypeVar("_T")


class StoreError(ValueError):
    """A run cannot be saved or loaded; the message is one sentence that says what and where."""


@dataclass(frozen=True, eq=False)
class SavedRun:
    """All of a saved run."""

    folder: Path
    experiment: Experiment
    results: tuple[MemberResult, ...]  # in the order of experiment.members
    info: RunInfo
    curves: Curves
    population: Population


def absolute(folder: str | Path) -> Path:
    """The absolute path of a folder, as `data.paths.absolute_path` has it, or StoreError."""
    try:
        return absolute_path(folder)
    except ValueError as error:
        raise StoreError(str(error)) from error


# --- Saving ---


def save_run(folder: str | Path, trainer: Trainer, half: bool = False, draws: int = 1) -> Path:
    """Saves a run, finished or not, and returns its absolute folder.

    Folders on the way there are made. A run that is already there is replaced, in one move and
    only when the new one is complete; files that are no part of a run stay. What a process that was
    killed had left beside it is cleared. Between the ends of
    epochs the test set is evaluated first, so that the results are those of the saved weights.

    Parameters
    ----------
    folder : str or Path
    trainer : Trainer
    half : bool, optional
        Round the weights to float16, for half the size; the results are then of the rounded ones.
    draws : int, optional
        Of z for each test image, that the losses are the mean of. The curves have one: the spread
        of a mean over seeds by one is wider than the seeds' own.

    Raises
    ------
    StoreError
        What is there is no run, or cannot be written to, or weights are too large for `half`;
        nothing was touched.
    """
    from vae_explorer.saved import weights

    target = check_target(folder, trainer.experiment)
    try:
        model = weights.to_bytes(trainer.population, half)
        with weights.rounded_to_half(trainer.population) if half else nullcontext():
            record = record_of(trainer, draws, anew=half)
        files = {
            RECORD_NAME: record.to_json().encode(),
            METRICS_NAME: metrics.to_csv(trainer.curves(), record.experiment.members).encode(),
            MODEL_NAME: model,
        }
        replace_folder(target, files)
    except (OSError, weights.TooLarge) as error:
        raise _unsavable(target, error) from error
    return target


def check_target(folder: str | Path, experiment: Experiment) -> Path:
    """The absolute path of a folder where a run of `experiment` can be saved.

    To be called before hours of training, not after. Leaves nothing behind.

    Raises
    ------
    StoreError
        Something else than a run is there, the place cannot be written to, or the disk is full.
    """
    target = absolute(folder)
    members = len(experiment.members)
    largest = members * (
        _FLOAT_BYTES * experiment.parameters_per_member + metrics.MOST_BYTES_A_MEMBER
    )
    try:
        _check_replaceable(target)
        try_to_write(target, largest)
    except OSError as error:
        raise _unsavable(target, error) from error
    return target


def _check_replaceable(target: Path) -> None:
    try:
        kind = target.lstat().st_mode
    except FileNotFoundError:
        return  # the usual case: there is nothing to replace
    if stat.S_ISLNK(kind):
        raise StoreError(f"{target} is a symbolic link; name the folder that it leads to.")
    if not stat.S_ISDIR(kind):
        raise StoreError(f"{target} is a file, and a run is a folder; choose another name.")
    if os.path.ismount(target):
        raise StoreError(f"{target} is a mounted disk; name a new folder in it.")
    if any(target.iterdir()) and not is_run(target):
        raise StoreError(
            f"{target} is there already and is no run of VAE Explorer; choose another name."
        )


def is_run(folder: Path) -> bool:
    """Whether the folder holds a run of VAE Explorer, as far as its run.json says."""
    try:
        text = read_text(folder / RECORD_NAME, _MOST_RECORD_BYTES)
        return parse_object(text).get("format") == FORMAT
    except (OSError, ValueError):
        return False


def _unsavable(target: Path, error: Exception) -> StoreError:
    return StoreError(f"The run cannot be saved as {target}: {reason(error)}.")


# --- Loading ---


def load(folder: str | Path) -> Population:
    """The population of a saved run, ready to `encode` and `decode`.

    Raises
    ------
    StoreError
        There is no run in the folder, or what it takes is damaged.
    """
    return _read_population(_run_folder(folder), read_record(folder).experiment)


def load_run(folder: str | Path) -> SavedRun:
    """All of a saved run.

    Raises
    ------
    StoreError
        There is no run in the folder, or a part of it is damaged.
    """
    path, record = _run_folder(folder), read_record(folder)
    return SavedRun(
        folder=path,
        experiment=record.experiment,
        results=record.results,
        info=record.info,
        curves=_read_curves(path, record),
        population=_read_population(path, record.experiment),
    )


def read_record(folder: str | Path) -> RunRecord:
    """The experiment, results and origin of a saved run, without its curves and weights.

    For a list of runs: quick, and without PyTorch.

    Raises
    ------
    StoreError
        There is no run in the folder, or its run.json is damaged.
    """
    return _parse(_run_folder(folder) / RECORD_NAME, _MOST_RECORD_BYTES, RunRecord.from_json)


def _read_curves(folder: Path, record: RunRecord) -> Curves:
    members, last = record.experiment.members, record.info.step

    def parse(text: str) -> Curves:
        curves = metrics.from_csv(text, members)
        if len(curves.step) and curves.step[-1] > last:
            raise ValueError(f"it goes on to step {curves.step[-1]}, and the run to {last}")
        return curves

    return _parse(folder / METRICS_NAME, metrics.MOST_BYTES_A_MEMBER * len(members), parse)


def _read_population(
    folder: Path, experiment: Experiment, rows: Sequence[int] | None = None
) -> Population:
    from vae_explorer.saved import weights

    with _model_of(folder, experiment) as path:
        return weights.read_population(path, experiment, rows)


def check_model(folder: str | Path, experiment: Experiment) -> None:
    """StoreError if the weights of a saved run of `experiment` are missing or cut short.

    Quick, and without PyTorch.
    """
    from safetensors import SafetensorError, safe_open

    with _model_of(_run_folder(folder), experiment) as path:
        try:
            with safe_open(path, framework="np"):
                pass  # it has read the header and held the file's length against it
        except SafetensorError as error:
            raise ValueError(f"it is not in the safetensors format ({error})") from error


def load_some(folder: str | Path, rows: Sequence[int]) -> Population:
    """Some members of a saved run, in this order; their weights alone are read.

    Raises
    ------
    StoreError
        There is no run in the folder, or its weights are damaged.
    """
    return _read_population(_run_folder(folder), read_record(folder).experiment, rows)


@dataclass(frozen=True)
class Chosen:
    """Members of a saved run, and which of a new population they become."""

    folder: Path
    experiment: Experiment  # of the saved run
    pairs: tuple[tuple[int, int], ...]  # (member of the new population, member of the run)


def load_chosen(experiment: Experiment, chosen: Sequence[Chosen]) -> Population:
    """A population of an experiment out of members of saved runs that have its widths.

    Reads the chosen members' weights alone. All members must be chosen, each with its recipe.

    Raises
    ------
    StoreError
        The weights of one of the runs are missing or damaged.
    """
    from vae_explorer.model.population import Population
    from vae_explorer.saved import weights

    for part in chosen:  # before memory is taken
        with _model_of(part.folder, part.experiment) as path:
            weights.check_header(path, part.experiment)
    population = Population(experiment)
    for part in chosen:
        with _model_of(part.folder, part.experiment) as path:
            weights.copy_members(population, path, part.experiment, part.pairs)
    return population


def most_model_bytes(experiment: Experiment) -> int:
    """What a file of weights may have: with room for its header and activations' own parameters."""
    weights = len(experiment.members) * experiment.parameters_per_member
    return 2 * _FLOAT_BYTES * weights + _MOST_HEADER_BYTES


@contextmanager
def _model_of(folder: Path, experiment: Experiment) -> Iterator[Path]:
    """The weights' file, to be read inside the with block: what fails there is a StoreError."""
    path = folder / MODEL_NAME
    try:
        check_regular(path, most_model_bytes(experiment))
        with path.open("rb") as file:
            if int.from_bytes(file.read(8), "little") > _MOST_HEADER_BYTES:
                raise ValueError("it is not in the safetensors format: its header is too long")
        yield path
    except (OSError, ValueError) as error:
        raise _unloadable(path, error) from error


# --- Files ---


def _run_folder(folder: str | Path) -> Path:
    """The absolute path of a folder that has a run.json."""
    path = absolute(folder)
    try:
        if not path.exists():
            raise StoreError(f"There is no folder {path}.")
        if not path.is_dir():
            raise StoreError(f"{path} is a file; a saved run is a folder.")
        if RECORD_NAME not in os.listdir(path):
            raise StoreError(f"{path} is no saved run: it has no {RECORD_NAME}.")
    except OSError as error:
        raise _unloadable(path, error) from error
    return path


def _parse(path: Path, most_bytes: int, parse: Callable[[str], _T]) -> _T:
    """What `parse` makes of a text file."""
    try:
        return parse(read_text(path, most_bytes))
    except (OSError, ValueError) as error:
        raise _unloadable(path, error) from error


def _unloadable(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path} cannot be read: {reason(error)}.")
