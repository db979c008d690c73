"""A set is found where the usual tools put it, and what is wrong with a folder is said."""

import os
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data import DATASETS, DataError, Split
from vae_explorer.data.folder import IDX_NAMES, find_files, read_folder
from vae_explorer.data.idx import write_idx

MNIST = DATASETS["mnist"]
FASHION = DATASETS["fashion"]


def complaint(data_dir: Path, info=MNIST) -> str:
    with pytest.raises(DataError) as caught:
        read_folder(info, data_dir)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message
    return message


def same(splits: tuple[Split, Split], parts: tuple[np.ndarray, ...]) -> bool:
    (train, test), flat = splits, [part.reshape(len(part), -1).squeeze() for part in parts]
    return all(map(np.array_equal, (train.images, train.labels, test.images, test.labels), flat))


@pytest.mark.parametrize("ending", ["-ubyte", "-ubyte.gz"])
@pytest.mark.parametrize("joint", ["-", "."])
def test_spellings(tmp_path: Path, write_set, joint: str, ending: str) -> None:
    stems = ("train-images*idx3", "train-labels*idx1", "t10k-images*idx3", "t10k-labels*idx1")
    parts = write_set(tmp_path, [stem.replace("*", joint) + ending for stem in stems])
    splits = read_folder(MNIST, tmp_path)
    assert same(splits, parts)
    for array in (splits[0].images, splits[0].labels, splits[1].images, splits[1].labels):
        assert array.dtype == np.uint8 and array.flags.c_contiguous and not array.flags.writeable


@pytest.mark.parametrize("where", [".", "mnist", "MNIST", "MNIST/raw", "raw"])
def test_folders_of_mnist(tmp_path: Path, write_set, where: str) -> None:
    parts = write_set(tmp_path / where)
    assert same(read_folder(MNIST, tmp_path), parts)


@pytest.mark.parametrize(
    "where", [".", "fashion", "fashion-mnist", "Fashion-MNIST", "FashionMNIST/raw", "fashion_mnist"]
)
def test_folders_of_fashion(tmp_path: Path, write_set, where: str) -> None:
    parts = write_set(tmp_path / where)
    assert same(read_folder(FASHION, tmp_path), parts)


def test_sets_side_by_side_are_told_apart(tmp_path: Path, write_set) -> None:
    flat = write_set(tmp_path, seed=1)
    fashion = write_set(tmp_path / "FashionMNIST" / "raw", seed=2)
    assert same(read_folder(FASHION, tmp_path), fashion)
    assert same(read_folder(MNIST, tmp_path), flat)


@pytest.mark.parametrize("where", ["mnist", "MNIST/raw"])
def test_folder_of_the_other_set_is_refused(tmp_path: Path, write_set, where: str) -> None:
    parts = write_set(tmp_path / where)
    assert same(read_folder(MNIST, tmp_path / where), parts)
    message = complaint(tmp_path / where, FASHION)
    assert "named for another set than Fashion-MNIST" in message and "fashion-mnist" in message


def test_relative_folder(tmp_path: Path, write_set, monkeypatch) -> None:
    parts = write_set(tmp_path / "sets" / "mnist")
    monkeypatch.chdir(tmp_path / "sets")
    assert same(read_folder(MNIST, Path(".")), parts)


def test_one_copy_is_shared_until_a_file_is_replaced(tmp_path: Path, write_set) -> None:
    write_set(tmp_path, seed=1)
    first = read_folder(MNIST, tmp_path)
    assert read_folder(MNIST, tmp_path)[0] is first[0]
    parts = write_set(tmp_path, seed=2)
    os.utime(tmp_path / IDX_NAMES[0], ns=(1, 1))
    assert same(read_folder(MNIST, tmp_path), parts)


def test_missing_folder(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert complaint(absent) == f"The data folder {absent} does not exist."


def test_file_for_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is a file, not a folder" in complaint(tmp_path / "file")


def test_unreadable_folder(tmp_path: Path, monkeypatch) -> None:
    def refuse(folder: Path) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    assert complaint(tmp_path) == f"The data folder {tmp_path} cannot be read: Permission denied."


def test_impossible_folder() -> None:
    assert "cannot be read" in complaint(Path("a\0b"))


def test_empty_folder(tmp_path: Path) -> None:
    message = complaint(tmp_path)
    assert f"No files of MNIST are in {tmp_path}" in message
    assert all(name in message for name in (*IDX_NAMES, "mnist"))


def test_missing_file(tmp_path: Path, write_set) -> None:
    write_set(tmp_path / "mnist")
    (tmp_path / "mnist" / IDX_NAMES[3]).unlink()
    message = complaint(tmp_path)
    assert f"The folder {tmp_path / 'mnist'} lacks" in message
    for name in ("t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"):
        assert f"{name}," in message and f"{name}.gz" in message


def test_dangling_link(tmp_path: Path, write_set) -> None:
    write_set(tmp_path)
    (tmp_path / IDX_NAMES[0]).unlink()
    (tmp_path / IDX_NAMES[0]).symlink_to(tmp_path / "gone")
    assert f"{tmp_path / IDX_NAMES[0]} cannot be read" in complaint(tmp_path)


def test_folder_for_file(tmp_path: Path, write_set) -> None:
    write_set(tmp_path)
    (tmp_path / IDX_NAMES[0]).unlink()
    (tmp_path / IDX_NAMES[0]).mkdir()
    assert f"{tmp_path / IDX_NAMES[0]} cannot be read" in complaint(tmp_path)


def test_counts_that_differ(tmp_path: Path, write_set) -> None:
    _, labels, _, _ = write_set(tmp_path)
    write_idx(tmp_path / IDX_NAMES[1], labels[:-1])
    message = complaint(tmp_path)
    assert "29 labels for the 30 images" in message and IDX_NAMES[0] in message


def test_label_out_of_range(tmp_path: Path, write_set) -> None:
    _, _, _, labels = write_set(tmp_path)
    labels[7] = 10
    write_idx(tmp_path / IDX_NAMES[3], labels)
    message = complaint(tmp_path)
    assert "the label 10 at position 7" in message and "0 to 9" in message


def test_more_test_images_than_were_published(tmp_path: Path, write_set) -> None:
    write_set(tmp_path)
    write_idx(tmp_path / IDX_NAMES[3], np.zeros(10_001, np.uint8))
    assert "10,001 items, but it may hold 1 to 10,000" in complaint(tmp_path)


def test_files_come_in_the_order_of_their_names(tmp_path: Path, write_set) -> None:
    write_set(tmp_path)
    assert find_files(MNIST, tmp_path) == tuple(tmp_path / name for name in IDX_NAMES)
