"""The images in the package are those that its data card describes."""

import hashlib
import re

import numpy as np
import pytest

from vae_explorer.data import DATASETS, Split, load_dataset
from vae_explorer.data.sources import EMBEDDED_DIR

CARD = (EMBEDDED_DIR / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\S+\.gz) \| ([\d,]+) \| `([0-9a-f]{64})` \|$", CARD, re.MULTILINE)


def test_card_lists_every_file() -> None:
    files = {path.relative_to(EMBEDDED_DIR).as_posix() for path in EMBEDDED_DIR.glob("*/*")}
    assert {name for name, _, _ in ROWS} == files and len(ROWS) == len(files)


@pytest.mark.parametrize(("name", "size", "digest"), ROWS)
def test_file_is_that_of_the_card(name: str, size: str, digest: str) -> None:
    content = (EMBEDDED_DIR / name).read_bytes()
    assert f"{len(content):,}" == size
    assert hashlib.sha256(content).hexdigest() == digest


def test_total_size() -> None:
    total = sum(int(size.replace(",", "")) for _, size, _ in ROWS)
    assert total <= 8_000_000
    assert f"{total:,} bytes together" in CARD


def test_card_names_authors_and_licences() -> None:
    for words in (
        *("LeCun", "Cortes", "Burges", "CC BY-SA 3.0"),
        *("Xiao", "Rasul", "Vollgraf", "Zalando SE", "MIT", "Permission is hereby granted"),
        *("Alpaydin", "Kaynak", "CC BY 4.0"),
        "python -m vae_explorer.data.make_embedded --source FOLDER",
    ):
        assert words in CARD


@pytest.mark.parametrize("name", ["mnist", "fashion"])
def test_classes_are_balanced(name: str) -> None:
    dataset = load_dataset(name)
    assert dataset.train.images.shape == (10_000, 784)
    assert dataset.test.images.shape == (2_000, 784)
    np.testing.assert_array_equal(np.bincount(dataset.train.labels), np.full(10, 1_000))
    np.testing.assert_array_equal(np.bincount(dataset.test.labels), np.full(10, 200))


def test_digits_are_stratified_and_whole() -> None:
    from sklearn.datasets import load_digits

    dataset = load_dataset("digits")
    assert dataset.train.images.shape == (1_437, 64)
    assert dataset.test.images.shape == (360, 64)
    np.testing.assert_array_equal(np.bincount(dataset.test.labels), np.full(10, 36))
    pixels, labels = load_digits(return_X_y=True)
    ours = [rows(dataset.train), rows(dataset.test)]
    theirs = np.column_stack([pixels, labels])
    np.testing.assert_array_equal(ordered(np.concatenate(ours)), ordered(theirs))


def test_no_set_waits_for_scikit_learn(run_python) -> None:
    """It takes seconds to import, in each process that trains."""
    done = run_python(
        "-c",
        "import sys\nfrom vae_explorer.data import DATASETS, load_dataset\n"
        "for name in DATASETS:\n    load_dataset(name)\n"
        "print(*{'sklearn', 'scipy', 'pandas'} & set(sys.modules))",
    )
    assert done.stdout == "\n"


@pytest.mark.parametrize("name", DATASETS)
def test_no_image_twice_nor_in_both_parts(name: str) -> None:
    dataset = load_dataset(name)
    images = [image.tobytes() for part in (dataset.train, dataset.test) for image in part.images]
    assert len(set(images)) == len(images)


@pytest.mark.parametrize(("name", "mean"), [("mnist", 0.1307), ("fashion", 0.2860)])
def test_brightness_is_that_of_the_published_set(name: str, mean: float) -> None:
    dataset = load_dataset(name)
    assert dataset.pixels(dataset.train.images).mean() == pytest.approx(mean, abs=0.003)


@pytest.mark.parametrize(("name", "least"), [("digits", 0.85), ("mnist", 0.78), ("fashion", 0.64)])
def test_labels_belong_to_their_images(name: str, least: float) -> None:
    """The nearest class mean of the training images names most test images."""
    dataset = load_dataset(name)
    train, test = dataset.pixels(dataset.train.images), dataset.pixels(dataset.test.images)
    means = np.stack([train[dataset.train.labels == k].mean(axis=0) for k in range(10)])  # (10, D)
    nearest = (test @ means.T - (means**2).sum(axis=1) / 2).argmax(axis=1)
    assert np.mean(nearest == dataset.test.labels) > least


def rows(split: Split) -> np.ndarray:
    return np.column_stack([split.images, split.labels])


def ordered(table: np.ndarray) -> np.ndarray:
    return table[np.lexsort(table.T)]
