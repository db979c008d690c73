"""Sets by name: what each source gives, and what happens when it gives nothing."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data import (
    DATA_DIR_VARIABLE,
    DATASETS,
    IMAGE_SETS,
    DataError,
    are_own_images,
    images_folder,
    load_dataset,
    load_or_embedded,
    sources,
)
from vae_explorer.data.folder import IDX_NAMES


def test_facts() -> None:
    assert list(IMAGE_SETS) == ["embedded", "full"]
    levels = {name: info.levels for name, info in DATASETS.items()}
    assert levels | {"digits": 16, "mnist": 255, "fashion": 255} == levels
    for name, info in DATASETS.items():
        assert info.name == name and len(info.class_names) == 10
        assert info.licence.endswith(".") and info.source.endswith(".")


@pytest.mark.parametrize("name", DATASETS)
def test_embedded(name: str) -> None:
    dataset = load_dataset(name)
    assert dataset.info is DATASETS[name] and dataset.image_set == "embedded"
    assert dataset.origin.endswith(".") and dataset.info.label in dataset.origin
    for split in (dataset.train, dataset.test):
        assert split.images.dtype == split.labels.dtype == np.uint8
        assert split.images.shape == (len(split.labels), np.prod(dataset.info.image_shape))
        assert split.images.flags.c_contiguous
        assert not split.images.flags.writeable and not split.labels.flags.writeable
    assert dataset.train.images.max() == dataset.info.levels
    assert load_dataset(name).train is dataset.train
    assert not are_own_images(dataset.origin)


def test_every_digit_of_mnist_is_as_long_as_its_margin_leaves_room() -> None:
    dataset = load_dataset("mnist")
    for image in dataset.train.images[:500].reshape(-1, 28, 28) > 0:
        lengths = [np.ptp(np.flatnonzero(image.any(axis))) + 1 for axis in (0, 1)]
        assert max(lengths) == 28 - 2 * dataset.info.margin


@pytest.mark.parametrize("name", DATASETS)
def test_pixels(name: str) -> None:
    dataset = load_dataset(name)
    images = dataset.test.images[:5]
    pixels = dataset.pixels(images)
    assert pixels.dtype == np.float32 and pixels.shape == images.shape
    np.testing.assert_allclose(pixels, images / dataset.info.levels, rtol=1e-6)
    whole_range = dataset.pixels(np.arange(dataset.info.levels + 1, dtype=np.uint8))
    assert whole_range[0] == 0 and whole_range[-1] == 1
    assert np.all(np.diff(whole_range) > 0)


def test_full_digits_are_the_embedded_ones(tmp_path: Path) -> None:
    full = load_dataset("digits", "full", tmp_path / "absent")
    assert full.image_set == "full"
    assert full.train is load_dataset("digits").train and full.test is load_dataset("digits").test


def test_full_set_from_a_folder(tmp_path: Path, write_set) -> None:
    parts = write_set(tmp_path / "images" / "mnist")
    sentences: list[str] = []
    dataset = load_dataset("mnist", "full", str(tmp_path / "images"), sentences.append)
    np.testing.assert_array_equal(dataset.train.images, parts[0].reshape(-1, 784))
    np.testing.assert_array_equal(dataset.test.labels, parts[3])
    assert dataset.image_set == "full"
    assert dataset.origin == "30 training and 20 test images of MNIST, read from the folder images."
    assert are_own_images(dataset.origin)
    assert sentences == [f"Reading MNIST from {tmp_path / 'images'}."]


@pytest.mark.parametrize("packed", [True, False])
def test_all_that_was_published_is_said_to_be(packed, tmp_path: Path, write_set, monkeypatch):
    names = [f"{name}.gz" for name in IDX_NAMES] if packed else IDX_NAMES
    train_images, train_labels, test_images, test_labels = write_set(tmp_path / "these", names)
    published = tuple(
        hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
        for images, labels in ((train_images, train_labels), (test_images, test_labels))
    )
    small = replace(DATASETS["mnist"], full_sizes=(30, 20), published=published)
    monkeypatch.setattr(sources, "DATASETS", {"mnist": small})
    assert load_dataset("mnist", "full", tmp_path / "these").origin == (
        "30 training and 20 test images of MNIST, the full published set, from IDX files."
    )
    assert not are_own_images(load_dataset("mnist", "full", tmp_path / "these").origin)
    write_set(tmp_path / "others", seed=1)
    assert load_dataset("mnist", "full", tmp_path / "others").origin == (
        "30 training and 20 test images of MNIST, read from the folder others."
    )


def test_embedded_images_are_not_the_full_set() -> None:
    for name in ("mnist", "fashion"):
        embedded = load_dataset(name)
        assert not sources.is_published(embedded.info, embedded.train, embedded.test)


def test_environment_names_the_folder_and_the_argument_overrules(
    tmp_path: Path, write_set, monkeypatch
) -> None:
    write_set(tmp_path / "one" / "fashion", train_per_class=1)
    write_set(tmp_path / "two" / "fashion", train_per_class=2)
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "one"))
    assert len(load_dataset("fashion", "full").train.labels) == 10
    assert len(load_dataset("fashion", "full", tmp_path / "two").train.labels) == 20
    assert len(load_dataset("fashion").train.labels) == 10_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("images", "{here}/images"),
        ("/a/b", "/a/b"),
        ("", None),
        ("~no-such-user/x", "~no-such-user/x"),
    ],
)
def test_the_folder_means_the_same_in_every_process(tmp_path, monkeypatch, name, expected) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_DIR_VARIABLE, name)
    assert images_folder() == (expected and expected.format(here=tmp_path))
    assert images_folder("other") == str(tmp_path / "other")
    assert images_folder("") == ""  # which is refused, and no reason to look elsewhere


def test_home_is_understood(tmp_path: Path, write_set, monkeypatch) -> None:
    write_set(tmp_path / "mnist")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(load_dataset("mnist", "full", "~").train.labels) == 30


@pytest.mark.parametrize("load", [load_dataset, load_or_embedded])
def test_unknown_names(load) -> None:
    with pytest.raises(ValueError, match="no data set 'cifar'; it may be digits, mnist"):
        load("cifar")
    with pytest.raises(ValueError, match="no image set 'half'; it may be embedded, full"):
        load("mnist", "half")


def test_no_fallback_where_none_is_needed(tmp_path: Path, write_set) -> None:
    write_set(tmp_path)
    dataset, why = load_or_embedded("mnist", "full", tmp_path)
    assert why is None and dataset.image_set == "full"


def test_fallback(tmp_path: Path) -> None:
    dataset, why = load_or_embedded("mnist", "full", tmp_path / "absent")
    assert why == (
        f"The data folder {tmp_path / 'absent'} does not exist; "
        "the embedded images are used instead."
    )
    assert dataset.image_set == "embedded" and dataset.train is load_dataset("mnist").train


def test_broken_installation_is_said(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sources, "EMBEDDED_DIR", tmp_path)
    with pytest.raises(DataError, match="No files of MNIST"):
        load_or_embedded("mnist")


def test_import_is_light(run_python) -> None:
    program = (
        "import sys, vae_explorer.data as data; data.load_dataset('mnist');"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'torch', 'streamlit', 'plotly')"
        " if m in sys.modules])"
    )
    done = run_python("-c", program)
    assert (done.stdout, done.stderr) == ("[]\n", "")
