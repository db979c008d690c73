"""A small set in the published layout, and a machine with no data folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vae_explorer import data
from vae_explorer.data import DATA_DIR_VARIABLE
from vae_explorer.data.folder import IDX_NAMES
from vae_explorer.data.idx import write_idx

Parts = tuple[NDArray[np.uint8], ...]


def small_set(train_per_class: int = 3, test_per_class: int = 2, seed: int = 0) -> Parts:
    """Training images (N, 28, 28) and labels (N,), then those of the test, in random order."""
    random = np.random.default_rng(seed)
    parts: list[NDArray[np.uint8]] = []
    for per_class in (train_per_class, test_per_class):
        labels = random.permutation(np.repeat(np.arange(10, dtype=np.uint8), per_class))
        parts += [random.integers(0, 256, (len(labels), 28, 28), dtype=np.uint8), labels]
    return tuple(parts)


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def write_set() -> Callable[..., Parts]:
    """Writes a small set into a folder, which is made, and returns its parts."""

    def write(folder: Path, names: Iterable[str] = IDX_NAMES, **sizes: int) -> Parts:
        folder.mkdir(parents=True, exist_ok=True)
        parts = small_set(**sizes)
        for name, part in zip(names, parts, strict=True):
            write_idx(folder / name, part)
        return parts

    return write


@pytest.fixture
def run_python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python with these arguments in a process of its own that finds this package."""
    here = str(Path(data.__file__).parents[2])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": here},
            capture_output=True,
            text=True,
        )

    return run
