"""The script cuts true images by its rule, and the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data import DATASETS, make_embedded
from vae_explorer.data.folder import IDX_NAMES, read_folder
from vae_explorer.data.sources import EMBEDDED_DIR

CUT = [info for info in DATASETS.values() if info.openml]


@pytest.fixture
def source(tmp_path: Path, write_set, monkeypatch) -> Path:
    """Published files in small, and a cut of 4 + 2 images a class."""
    monkeypatch.setattr(make_embedded, "TRAIN_PER_CLASS", 4)
    monkeypatch.setattr(make_embedded, "TEST_PER_CLASS", 2)
    names = [f"{name}.gz" for name in IDX_NAMES]
    for seed, info in enumerate(CUT):
        write_set(tmp_path / info.folders[0], names, train_per_class=9, test_per_class=5, seed=seed)
    return tmp_path


def cut(source: Path, output: Path) -> dict[str, bytes]:
    assert make_embedded.main(["--source", str(source), "--output", str(output)]) == 0
    return {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*.gz")}


def test_same_source_same_bytes(source: Path, tmp_path: Path) -> None:
    first = cut(source, tmp_path / "first")
    assert first == cut(source, tmp_path / "second")
    assert len(first) == len(IDX_NAMES) * len(DATASETS)


@pytest.mark.parametrize("info", CUT, ids=lambda info: info.name)
def test_cut_is_balanced_and_of_the_source(source: Path, tmp_path: Path, info) -> None:
    cut(source, tmp_path / "out")
    for kept, whole, per_class in zip(
        read_folder(info, tmp_path / "out"), read_folder(info, source), (4, 2), strict=True
    ):
        np.testing.assert_array_equal(np.bincount(kept.labels), np.full(10, per_class))
        places = {image.tobytes(): place for place, image in enumerate(whole.images)}
        positions = [places[image.tobytes()] for image in kept.images]
        assert positions == sorted(set(positions))
        np.testing.assert_array_equal(whole.labels[positions], kept.labels)


def test_digits_are_those_of_the_package(source: Path, tmp_path: Path) -> None:
    cut(source, tmp_path / "out")
    info = DATASETS["digits"]
    for made, kept in zip(read_folder(info, tmp_path / "out"), read_folder(info, EMBEDDED_DIR)):
        np.testing.assert_array_equal(made.images, kept.images)
        np.testing.assert_array_equal(made.labels, kept.labels)


def test_table_is_that_of_the_card(source: Path, tmp_path: Path, capsys) -> None:
    files = cut(source, tmp_path / "out")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["| file | bytes | SHA-256 |", "|---|---:|---|"]
    assert [line.split(" | ")[:2] for line in lines[2:]] == [
        [f"| {info.name}/{name}.gz", f"{len(files[str(Path(info.name, name + '.gz'))]):,}"]
        for info in DATASETS.values()
        for name in IDX_NAMES
    ]


def test_too_few_images(source: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(make_embedded, "TRAIN_PER_CLASS", 10)
    assert make_embedded.main(["--source", str(source), "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "Class 0 has 9 images; 10 are needed.\n"


def test_as_a_command(tmp_path: Path, run_python) -> None:
    absent = str(tmp_path / "absent")
    done = run_python("-m", "vae_explorer.data.make_embedded", "--source", absent)
    assert done.returncode == 1
    assert done.stderr == f"The data folder {absent} does not exist.\n"
