"""The pretrained catalogue: VAEs that are there before anybody has trained one.

`pretrained/` holds saved runs, a folder each, with float16 weights, and catalogue.json, which lists
them with what they reach. `python -m vae_explorer pretrain` makes it again from `recipes`. Runs of
one set and latent size differ in activations and learning rate alone, so members of several make
one population. Reading the catalogue needs no PyTorch; loading members does.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.reason import reason
from vae_explorer.results.members import MemberResult
from vae_explorer.saved import recipes
from vae_explorer.saved.fields import parse_object
from vae_explorer.saved.files import read_text, replace_file
from vae_explorer.saved.run import (
    METRICS_NAME,
    MODEL_NAME,
    RECORD_NAME,
    Chosen,
    StoreError,
    absolute,
    check_model,
    load_chosen,
    read_record,
)
from vae_explorer.saved.run_json import RunRecord
from vae_explorer.version import ROOT

if TYPE_CHECKING:
    from vae_explorer.model.population import Population

PRETRAINED = ROOT / "pretrained"
CATALOGUE_NAME = "catalogue.json"
FORMAT = "vae-explorer catalogue"
VERSION = 1  # grows when a reader of the version before would misread what is written

_MOST_BYTES = 4 * 1024**2
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # no path leads out of the folder


# --- Reading ---


@dataclass(frozen=True)
class Entry:
    """A pretrained run: what it is and what it reaches, without its weights."""

    name: str
    folder: Path
    record: RunRecord

    @property
    def experiment(self) -> Experiment:
        return self.record.experiment

    @property
    def dataset(self) -> str:
        return self.experiment.dataset

    @property
    def latent(self) -> int:
        return self.experiment.latent


@dataclass(frozen=True)
class Catalogue:
    """The entries that can be used, and a sentence for each that cannot."""

    folder: Path
    entries: tuple[Entry, ...]
    problems: tuple[str, ...]

    def latents(self, dataset: str) -> tuple[int, ...]:
        """Latent sizes that there are for a set of images, rising."""
        return tuple(sorted({entry.latent for entry in self._of(dataset)}))

    def activations(self, dataset: str, latent: int) -> tuple[str, ...]:
        """Activations with trained weights for a set and latent size, in the registry's order."""
        found = self.results(dataset, latent)
        return tuple(name for name in ACTIVATIONS if name in found and not found[name].frozen)

    def diverged(self, dataset: str, latent: int) -> Mapping[str, str]:
        """Activations that did not survive training, which `activations` leaves out, and why."""
        found = self.results(dataset, latent)
        return {name: result.frozen.reason for name, result in found.items() if result.frozen}

    def results(self, dataset: str, latent: int) -> Mapping[str, MemberResult]:
        """What each activation reaches on a set with a latent size."""
        return {
            name: entry.record.results[row]
            for name, (entry, row) in self._places(dataset, latent).items()
        }

    def experiment(self, dataset: str, latent: int, activations: Sequence[str]) -> Experiment:
        """The experiment whose members these activations are; StoreError if one is not there.

        Its learning rate is the first one's. Of one activation alone it is exactly what trained it.
        """
        places = self._places(dataset, latent)
        if not places:
            raise StoreError(
                f"The pretrained catalogue {self.folder} has nothing for {dataset} in {latent} "
                "latent dimensions."
            )
        for name in activations:
            if name not in places:
                raise StoreError(
                    f"The pretrained catalogue {self.folder} has no {name} for {dataset} in "
                    f"{latent} latent dimensions."
                )
        if len(set(activations)) < len(activations):
            raise StoreError(f"An activation is asked for twice: {', '.join(activations)}.")
        first = places[activations[0]] if activations else next(iter(places.values()))
        return first[0].experiment.replace(activations=list(activations))

    def chosen(self, dataset: str, latent: int, activations: Sequence[str]) -> tuple[Chosen, ...]:
        """Which runs hold these activations' members, and where."""
        places = self._places(dataset, latent)
        rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, name in enumerate(activations):
            entry, row = places[name]
            rows[entry.name].append((place, row))
        entries = {entry.name: entry for entry, _ in places.values()}
        return tuple(
            Chosen(entries[name].folder, entries[name].experiment, tuple(pairs))
            for name, pairs in rows.items()
        )

    def _of(self, dataset: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.dataset == dataset]

    def _places(self, dataset: str, latent: int) -> dict[str, tuple[Entry, int]]:
        """The entry that holds each activation, and its member there: the first that survived."""
        survived: dict[str, tuple[Entry, int]] = {}
        diverged: dict[str, tuple[Entry, int]] = {}
        for entry in self._of(dataset):
            if entry.latent == latent:
                for row, name in enumerate(entry.experiment.activations):
                    frozen = entry.record.results[row].frozen
                    (diverged if frozen else survived).setdefault(name, (entry, row))
        return diverged | survived


def load_members(
    catalogue: Catalogue, dataset: str, latent: int, activations: Sequence[str]
) -> Population:
    """The population of exactly these activations, in this order.

    Only their weights are read, from whichever entries hold them.

    Raises
    ------
    StoreError
        An activation is not in the catalogue or is named twice, or its weights are damaged.
    ConfigError
        No activation is named.
    """
    experiment = catalogue.experiment(dataset, latent, activations)
    return load_chosen(experiment, catalogue.chosen(dataset, latent, activations))


def read_catalogue(folder: str | Path = PRETRAINED) -> Catalogue:
    """What there is in a folder of pretrained runs. Never fails: what is wrong is in `problems`.

    Takes milliseconds, and no PyTorch: weights are looked at only as far as their header.
    """
    try:
        return _read(absolute(folder))
    except StoreError as error:
        return Catalogue(Path(folder), (), (str(error),))


def _read(folder: Path) -> Catalogue:
    if not folder.is_dir():
        return Catalogue(folder, (), (f"There is no pretrained catalogue: {folder} is missing.",))
    problems = []
    try:
        names = _listed(folder / CATALOGUE_NAME)
    except (OSError, ValueError) as error:
        problems.append(
            f"{folder / CATALOGUE_NAME} cannot be read: {reason(error)}; the runs beside it are "
            "listed."
        )
        names = _run_folders(folder)
    entries: list[Entry] = []
    for name in names:
        try:
            entries.append(_entry(folder / name, entries))
        except StoreError as error:
            problems.append(f"The pretrained entry {name} is left out: {error}")
    return Catalogue(folder, tuple(entries), tuple(problems))


def _listed(path: Path) -> list[str]:
    """The names in catalogue.json."""
    values = parse_object(read_text(path, _MOST_BYTES))
    if values.get("format") != FORMAT or values.get("version") != VERSION:
        raise ValueError(f"it is not {FORMAT!r} of version {VERSION}")
    entries = values.get("entries")
    if not isinstance(entries, list):
        raise ValueError("its 'entries' is no list")
    return list(dict.fromkeys(_listed_name(entry) for entry in entries))


def _listed_name(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("an entry in it has no name that a folder may have")
    return name


def _run_folders(folder: Path) -> list[str]:
    found = (path.name for path in folder.iterdir() if (path / RECORD_NAME).is_file())
    return sorted(name for name in found if _NAME.fullmatch(name))


def _entry(folder: Path, before: Iterable[Entry]) -> Entry:
    """The run in a folder, if it can stand beside those before it."""
    record = read_record(folder)
    check_model(folder, record.experiment)
    if not (folder / METRICS_NAME).is_file():
        raise StoreError(f"{folder} has no {METRICS_NAME}.")
    experiment = record.experiment
    if len(experiment.members) != len(experiment.activations) or experiment.decoder_activations:
        raise StoreError(f"{folder} holds more than one VAE for an activation.")
    for entry in before:
        same = (entry.dataset, entry.latent) == (experiment.dataset, experiment.latent)
        if same and not _alike(entry.experiment, experiment):
            raise StoreError(
                f"{folder} differs from {entry.name} in more than activations and learning rate."
            )
    return Entry(folder.name, folder, record)


def _alike(one: Experiment, other: Experiment) -> bool:
    """Whether two runs' members can stand in one population."""
    return (
        dataclasses.replace(one, activations=other.activations, learning_rate=other.learning_rate)
        == other
    )


# --- Writing ---


def write_catalogue(folder: Path) -> Path:
    """Writes catalogue.json on the entries of RECIPES that are in the folder."""
    entries = []
    for name in recipes.RECIPES:
        if (folder / name / RECORD_NAME).is_file():
            entries.append(Entry(name, folder / name, read_record(folder / name)))
    path = folder / CATALOGUE_NAME
    try:
        replace_file(path, catalogue_text(entries).encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {reason(error)}.") from error
    return path


def catalogue_text(entries: Iterable[Entry]) -> str:
    """What catalogue.json says of entries: nats per image over the test set, seconds, bytes."""
    values = {
        "format": FORMAT,
        "version": VERSION,
        "entries": [_facts(entry) for entry in entries],
    }
    return json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _facts(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        "name": entry.name,
        "experiment": record.experiment.to_dict(),
        "data_origin": record.info.data_origin,
        "training_seconds": record.results[0].seconds,
        "bytes": {
            name: (entry.folder / name).stat().st_size
            for name in (RECORD_NAME, METRICS_NAME, MODEL_NAME)
        },
        "members": [
            {
                "activation": result.recipe.activation_key,
                "test_elbo": None if result.test_loss is None else -result.test_loss,
                "test_reconstruction": result.test_reconstruction,
                "test_kl": result.test_kl,
                "active_latents": result.active_latents,
                "diverged": None if result.frozen is None else result.frozen.reason,
                "settles": row not in record.info.unsettled,
            }
            for row, result in enumerate(record.results)
        ],
    }
