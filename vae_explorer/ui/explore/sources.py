"""Trained VAEs beside the pretrained ones: of this tab's trainings, and of saved runs."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import streamlit as st

from vae_explorer.data import DATASETS, are_own_images
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.saving import zipped, zipped_runs
from vae_explorer.results.members import MemberResult, member_results
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.run import RECORD_NAME, StoreError, load_some, read_record
from vae_explorer.saved.run_json import RunRecord
from vae_explorer.saved.zips import unpack_runs, zip_folder
from vae_explorer.ui.shared import session, sidebar

if TYPE_CHECKING:
    from vae_explorer.model.population import Population

PAGES = (sidebar.TRAIN.page, sidebar.COMPARE.page)
RUNS_VARIABLE = "VAE_EXPLORER_RUNS"
_OPENED = "explore.opened"
_ANSWER_SECONDS = 1.5  # for which weights that were never had are waited for
_MOST_RUNS = 200  # of a folder
_MOST_OPENED = 3  # zips of a session
_LIST_SECONDS = 5.0  # for which a folder is taken to hold what it held


@dataclass(frozen=True, eq=False)
class Taken:
    """Some members as they are now: `version` tells these weights from later ones."""

    version: Hashable
    load: Callable[[], Population]
    results: Sequence[MemberResult]


class Source(Protocol):
    """The VAEs of one experiment, with their weights; `name` is what an address calls it."""

    name: str

    @property
    def experiment(self) -> Experiment: ...

    @property
    def is_live(self) -> bool:
        """Whether newer weights may come."""

    @property
    def state(self) -> str:
        """How far it is, or where it comes from."""

    @property
    def notice(self) -> str | None:
        """A sentence, where the images that are shown are not those that it was trained on."""

    def take(self, shape: int, members: tuple[int, ...]) -> Taken:
        """Members of a shape. StoreError if their weights cannot be had."""

    def runs(self) -> bytes:
        """The saved run, or runs, as a zip."""


# --- This tab's own trainings ---


class Training:
    """A job of this tab."""

    notice = None

    def __init__(self, job: Job):
        self._job = job
        self.name = job.name

    @property
    def _record(self) -> RaceRecord:
        assert self._job.record is not None  # `trainings` gives no other
        return self._job.record

    @property
    def experiment(self) -> Experiment:
        return self._record.experiment

    @property
    def is_live(self) -> bool:
        return self._job.is_live

    @property
    def state(self) -> str:
        snapshot = self._job.snapshot
        assert snapshot is not None  # there is a history
        far = f"epoch {snapshot.epoch:.1f} of {snapshot.epochs}"
        return far if self.is_live else f"{far}, ended"

    def take(self, shape: int, members: tuple[int, ...]) -> Taken:
        from vae_explorer.saved import weights

        job, record = self._job, self._record
        snapshot = next((each for each in record.history.at(-1) if each.shape == shape), None)
        held = job.weights
        mine = held is not None and (held.shape, held.members) == (shape, members)
        newer = snapshot is not None and held is not None and held.step < snapshot.step
        if job.can_be_told and (newer or not mine):
            job.ask_weights(shape, members)
            job.settle(_ANSWER_SECONDS)
            held = job.weights
        if snapshot is None or held is None or (held.shape, held.members) != (shape, members):
            raise StoreError(
                "The weights of these VAEs cannot be had: their training has not come to them, "
                "its process has ended, or it is too busy to answer. Load the page again to try "
                "anew."
            )
        assert job.ready is not None  # there are snapshots
        experiment, content = record.experiment.shapes[shape], held.content
        results = member_results(experiment, snapshot, job.ready.train_images)
        return Taken(
            held.step,
            lambda: weights.from_bytes(content, experiment, members),
            [results[member] for member in members],
        )

    def runs(self) -> bytes:
        return zipped(self._job) if self._job.judging is None else zipped_runs(self._job)


def trainings() -> dict[str, Training]:
    """Those of this tab that have VAEs, by the page that has them."""
    jobs = {page: session.current_job(page) for page in PAGES}
    return {
        page: Training(job)
        for page, job in jobs.items()
        if job is not None and job.record is not None and len(job.record.history)
    }


# --- Saved runs ---


class Saved:
    """A saved run in a folder; `place` keeps the folder where nobody else does."""

    is_live = False

    def __init__(self, folder: Path, label: str, name: str, place: object = None):
        self._folder, self.place = folder, place
        self.label, self.name = label, name
        self.record: RunRecord = read_record(folder)

    @property
    def experiment(self) -> Experiment:
        return self.record.experiment

    @property
    def state(self) -> str:
        losses = [result.test_loss for result in self.record.results]
        known = [loss for loss in losses if loss is not None]
        if not known:
            return "no test loss"
        reached = (
            f"{min(known):.1f}" if len(known) == 1 else f"{min(known):.1f} to {max(known):.1f}"
        )
        return f"test loss {reached}"

    @property
    def notice(self) -> str | None:
        if not are_own_images(self.record.info.data_origin):
            return None
        return f"It was trained on {self.record.info.data_origin} They are not with it."

    def take(self, shape: int, members: tuple[int, ...]) -> Taken:
        results = [self.record.results[member] for member in members]
        return Taken("saved", lambda: load_some(self._folder, members), results)

    def runs(self) -> bytes:
        return zip_folder(self._folder)


def runs_folder() -> Path | None:
    """Where the app was told that saved runs are: `VAE_EXPLORER_RUNS`, or `-- --runs FOLDER`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--runs")
    given = parser.parse_known_args(sys.argv[1:])[0].runs or os.environ.get(RUNS_VARIABLE)
    return Path(given).expanduser().absolute() if given else None


def saved() -> tuple[dict[str, Saved], list[str]]:
    """The runs of the folder and those that were opened, and a sentence for each that cannot be."""
    folder = runs_folder()
    found, problems = ([], []) if folder is None else _in_folder(folder)
    opened = st.session_state.get(_OPENED, {})
    return {each.name: each for each in found} | opened, problems


@st.cache_resource(ttl=_LIST_SECONDS, show_spinner=False)
def _in_folder(folder: Path) -> tuple[list[Saved], list[str]]:
    if not folder.is_dir():
        return [], [f"There is no folder {folder} of saved runs."]
    paths = sorted(path.parent for path in folder.rglob(RECORD_NAME))
    found, problems = [], []
    for path in paths[:_MOST_RUNS]:
        label = path.relative_to(folder).as_posix()
        try:
            found.append(Saved(path, label, _name(label)))
        except StoreError as error:
            problems.append(str(error))
    if len(paths) > _MOST_RUNS:
        problems.append(f"{folder} has {len(paths):,} runs; the first {_MOST_RUNS} are listed.")
    return found, problems


def open_zip(data: bytes, label: str) -> list[Saved]:
    """Takes the runs of a zip, of a run or of a race, into this session. StoreError if it can't."""
    place = tempfile.TemporaryDirectory(prefix="vae-explorer-")  # goes with the last who has it
    folders = unpack_runs(data, Path(place.name))
    digest = hashlib.sha256(data).hexdigest()
    found = []
    for number, folder in enumerate(folders, 1):
        which = label if len(folders) == 1 else f"{label}, shape {number}"
        found.append(Saved(folder, which, _name(f"{digest}/{number}"), place))
    opened = st.session_state.setdefault(_OPENED, {})
    opened.update({each.name: each for each in found})
    places = list(dict.fromkeys(each.place for each in opened.values()))
    for old in places[:-_MOST_OPENED]:  # what a session may keep on this disk has an end
        for name in [name for name, each in opened.items() if each.place is old]:
            del opened[name]
    return found


def _name(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:8]


# --- All of them ---


def find(name: str) -> Source | None:
    """The one that an address calls so; None if there is none here."""
    if not name:
        return None
    found = (each for each in trainings().values() if each.name == name)
    return next(found, None) or saved()[0].get(name)


def title(source: Source) -> str:
    """What it is, in a few words."""
    experiment = source.experiment
    count = len(experiment.members)
    return f"{DATASETS[experiment.dataset].label}, {count} VAE{'s' * (count > 1)}"
