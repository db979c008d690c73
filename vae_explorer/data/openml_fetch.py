"""Fetch a full set from OpenML and write it as IDX files; run as a process by `openml.py`.

    python -m vae_explorer.data.openml_fetch NAME FOLDER

Ends with status 0, or with status 1 and the sentence to show on standard output.
"""

import socket
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.dataset import DataError
from vae_explorer.data.folder import IDX_NAMES
from vae_explorer.data.idx import write_idx
from vae_explorer.data.sets import DATASETS, DatasetInfo
from vae_explorer.reason import reason

STALL_SECONDS = 20.0


def fetch(info: DatasetInfo, folder: Path) -> None:
    """Write the four IDX files of a set into `folder`.

    Raises
    ------
    DataError
        OpenML cannot be reached or sends something else, or the files cannot be
        written.
    """
    images, labels = _fetch_openml(info)
    train_size = info.full_sizes[0]
    # OpenML keeps the published order: the training images, then the test images.
    parts = (images[:train_size], labels[:train_size], images[train_size:], labels[train_size:])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, part in zip(IDX_NAMES, parts, strict=True):
            write_idx(folder / name, part)
    except OSError as error:
        raise DataError(f"{info.label} cannot be kept in {folder}: {reason(error)}.") from error


def _fetch_openml(info: DatasetInfo) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(N, height, width) images and (N,) labels."""
    from sklearn.datasets import fetch_openml

    assert info.openml is not None
    name, version = info.openml
    try:
        # The only parser that needs no pandas.
        bunch = fetch_openml(
            name, version=version, as_frame=False, parser="liac-arff", n_retries=1, delay=0.1
        )
    except Exception as error:  # Network, server, parser, disk: all end in a sentence.
        raise DataError(
            f"{info.label} cannot be had from OpenML, which may be down or out of reach from here "
            f"({_one_line(error)})."
        ) from error
    count = sum(info.full_sizes)
    height, width = info.image_shape
    pixels, targets = np.asarray(bunch.data), np.asarray(bunch.target)
    if pixels.shape != (count, height * width) or targets.shape != (count,):
        raise DataError(
            f"OpenML sent arrays of shape {pixels.shape} and {targets.shape} for {info.label}, "
            f"which has {count:,} images of {height * width} pixels."
        )
    images = _as_bytes(info, "pixels", pixels, info.levels)
    labels = _as_bytes(info, "labels", targets, len(info.class_names) - 1)
    return images.reshape(count, height, width), labels


def _as_bytes(
    info: DatasetInfo, what: str, values: NDArray[Any], highest: int
) -> NDArray[np.uint8]:
    try:
        numbers = values.astype(np.float64, copy=False)  # Labels come as strings.
    except ValueError:
        numbers = np.full(1, np.nan)
    with np.errstate(invalid="ignore"):  # The comparison finds what does not fit.
        as_bytes = numbers.astype(np.uint8)
    if as_bytes.max() > highest or not np.array_equal(as_bytes, numbers):
        raise DataError(
            f"OpenML sent {what} for {info.label} that are not whole numbers from 0 to {highest}."
        )
    return as_bytes


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def main(arguments: list[str]) -> int:
    name, folder = arguments
    # fetch_openml has no timeout of its own; nothing else runs in this process.
    socket.setdefaulttimeout(STALL_SECONDS)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        fetch(DATASETS[name], Path(folder))
    except DataError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
