"""A set from four IDX files in a folder, wherever the usual tools put them."""

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.dataset import DataError, Split
from vae_explorer.data.idx import read_idx
from vae_explorer.data.paths import absolute_path
from vae_explorer.data.sets import DATASETS, DatasetInfo
from vae_explorer.reason import reason

_FILES = (
    ("train-images", "idx3-ubyte"),
    ("train-labels", "idx1-ubyte"),
    ("t10k-images", "idx3-ubyte"),
    ("t10k-labels", "idx1-ubyte"),
)
IDX_NAMES = tuple("-".join(parts) for parts in _FILES)
"""The standard names: training images and labels, test images and labels."""

FEWEST_TEST_IMAGES = 2
"""An interpolation joins two, and a loss has no error over one."""


def folder_path(name: str | Path) -> Path:
    """The absolute path of a folder, as `paths.absolute_path` has it, or DataError."""
    try:
        return absolute_path(name)
    except ValueError as error:
        raise DataError(f"The data folder cannot be read: {error}") from error


def read_folder(info: DatasetInfo, data_dir: Path) -> tuple[Split, Split]:
    """Training and test images of a set from `data_dir`, or from a folder in it named like it.

    Raises
    ------
    DataError
        A folder or file is missing, unreadable, or not what it should be.
    """
    files = find_files(info, folder_path(data_dir))
    # Remembered by size and time too, so that a file which was replaced is read again.
    return _read_files(info, tuple(_stamped(path) for path in files))


def find_files(info: DatasetInfo, data_dir: Path) -> tuple[Path, ...]:
    """The four files of a set, in the order of `IDX_NAMES`.

    Raises
    ------
    DataError
        There is no such folder, or not all of the files are in it.
    """
    for folder in _candidates(info, data_dir):
        present = set(_listing(folder))
        found = [next((n for n in _spellings(*f) if n in present), None) for f in _FILES]
        if any(found):
            for file, name in zip(_FILES, found, strict=True):
                if name is None:
                    raise DataError(
                        f"The folder {folder} lacks a file of {info.label}: "
                        f"none of {', '.join(_spellings(*file))} is there."
                    )
            return tuple(folder / name for name in found if name)
    names = " or ".join(info.folders)
    if _is_named_for_another(info, data_dir):
        raise DataError(
            f"The folder {data_dir} is named for another set than {info.label}, which may lie "
            f"in a folder named {names}."
        )
    raise DataError(
        f"No files of {info.label} are in {data_dir}: {', '.join(IDX_NAMES)} (or with .gz) may lie "
        f"in it, or in a folder in it named {names}."
    )


def _spellings(part: str, kind: str) -> tuple[str, ...]:
    # Unpacked files first: where both are kept, they are the faster to read.
    return tuple(f"{part}{joint}{kind}{end}" for end in ("", ".gz") for joint in ("-", "."))


def _candidates(info: DatasetInfo, data_dir: Path) -> list[Path]:
    """Folders to look in, the most telling name first; each may keep its files in `raw`."""
    named = [data_dir / name for name in _listing(data_dir) if name.lower() in info.folders]
    named.sort(key=lambda folder: info.folders.index(folder.name.lower()))
    if not _is_named_for_another(info, data_dir):
        named.append(data_dir)
    folders = [folder for base in named for folder in (base, base / "raw")]
    return [folder for folder in folders if os.path.isdir(folder)]


def _is_named_for_another(info: DatasetInfo, folder: Path) -> bool:
    """Whether a folder must hold another set: the files of all sets are named alike."""
    name = (folder.parent if folder.name == "raw" else folder).name.lower()
    return any(name in other.folders for other in DATASETS.values() if other.name != info.name)


def _listing(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError as error:
        raise DataError(f"The data folder {folder} does not exist.") from error
    except NotADirectoryError as error:
        raise DataError(f"The data folder {folder} is a file, not a folder.") from error
    except (OSError, ValueError) as error:
        raise DataError(f"The data folder {folder} cannot be read: {reason(error)}.") from error


def _stamped(path: Path) -> tuple[Path, int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {reason(error)}.") from error
    return path, status.st_size, status.st_mtime_ns


@lru_cache(maxsize=5)  # the three embedded sets, and the full two
def _read_files(info: DatasetInfo, files: tuple[tuple[Path, int, int], ...]) -> tuple[Split, Split]:
    train_images, train_labels, test_images, test_labels = (path for path, _, _ in files)
    train_size, test_size = info.full_sizes
    train = _read_split(info, train_images, train_labels, train_size)
    test = _read_split(info, test_images, test_labels, test_size)
    if len(test.labels) < FEWEST_TEST_IMAGES:
        raise DataError(
            f"{test_images} holds {len(test.labels)} test image; at least {FEWEST_TEST_IMAGES} "
            "are needed."
        )
    return train, test


def _read_split(info: DatasetInfo, images_path: Path, labels_path: Path, max_items: int) -> Split:
    labels = read_idx(labels_path, (), max_items)
    images = read_idx(images_path, info.image_shape, max_items)
    if len(labels) != len(images):
        raise DataError(
            f"{labels_path} holds {len(labels):,} labels for the {len(images):,} images of "
            f"{images_path.name}."
        )
    _check_labels(info, labels_path, labels)
    return Split(images.reshape(len(images), -1), labels)


def _check_labels(info: DatasetInfo, path: Path, labels: NDArray[np.uint8]) -> None:
    highest = len(info.class_names) - 1
    if labels.max() > highest:
        position = int(np.argmax(labels > highest))
        raise DataError(
            f"{path} holds the label {labels[position]} at position {position:,}, but labels "
            f"of {info.label} go from 0 to {highest}."
        )
