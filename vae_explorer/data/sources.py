"""Loading a set by name: from this package, from a folder, from OpenML."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from vae_explorer.data.dataset import DataError, Dataset, Split
from vae_explorer.data.folder import folder_path, read_folder
from vae_explorer.data.openml import read_openml
from vae_explorer.data.paths import absolute_path
from vae_explorer.data.sets import DATASETS, IMAGE_SETS, DatasetInfo

DATA_DIR_VARIABLE = "VAE_EXPLORER_DATA_DIR"
"""The environment variable that names the folder of full sets when `data_dir` does not."""

EMBEDDED_DIR = Path(__file__).parent / "embedded"
_OWN = "read from the folder "


def load_dataset(
    name: str,
    image_set: str = "embedded",
    data_dir: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Dataset:
    """Load a set of images.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.
    image_set : str, optional
        "embedded" for the images in this package, "full" for all that were published.
        The digits are embedded in full.
    data_dir : str or Path, optional
        Folder of IDX files of the full set, or of folders named like the sets. Without
        it the environment variable `VAE_EXPLORER_DATA_DIR` names the folder; without either
        the full set comes from OpenML, once.
    progress : callable, optional
        Called with a sentence at each step of what may take long.

    Raises
    ------
    ValueError
        There is no such `name` or `image_set`.
    DataError
        The images cannot be had; the message says why.
    """
    if name not in DATASETS:
        raise ValueError(f"There is no data set {name!r}; it may be {', '.join(DATASETS)}.")
    if image_set not in IMAGE_SETS:
        raise ValueError(f"There is no image set {image_set!r}; it may be {', '.join(IMAGE_SETS)}.")
    info = DATASETS[name]
    report = progress or (lambda sentence: None)
    if image_set == "embedded" or info.openml is None:
        train, test = read_folder(info, EMBEDDED_DIR)
        origin = "embedded in VAE Explorer"
    elif (folder := images_folder(data_dir)) is not None:
        report(f"Reading {info.label} from {folder}.")
        path = folder_path(folder)
        train, test = read_folder(info, path)
        # Saved runs keep this sentence and travel: the folder's path says nothing elsewhere.
        if is_published(info, train, test):
            origin = "the full published set, from IDX files"
        else:
            origin = _OWN + str(path.name or path)
    else:
        train, test = read_openml(info, report)
        origin = f"downloaded from OpenML ({info.openml[0]}, version {info.openml[1]})"
    return Dataset(info, train, test, image_set, _origin(info, train, test, origin))


def are_own_images(origin: str) -> bool:
    """Whether the `origin` of a Dataset says that a folder had other images than the published."""
    return f", {_OWN}" in origin


def images_folder(data_dir: str | Path | None = None) -> str | None:
    """The folder that is named here or else by the environment; None if neither names one.

    Absolute, so that it means the same in a process that works elsewhere; a name without a meaning
    comes back as it is, for whoever reads the folder to refuse it.
    """
    named = os.environ.get(DATA_DIR_VARIABLE) or None if data_dir is None else os.fspath(data_dir)
    if named is not None:
        with contextlib.suppress(ValueError):
            return str(absolute_path(named))
    return named


def is_published(info: DatasetInfo, train: Split, test: Split) -> bool:
    """Whether these are the images and labels of the full set, to the last pixel."""
    if (len(train.labels), len(test.labels)) != info.full_sizes:
        return False
    return (_checksum(train), _checksum(test)) == info.published


def _checksum(split: Split) -> str:
    found = hashlib.sha256(split.images.tobytes())
    found.update(split.labels.tobytes())
    return found.hexdigest()


def load_or_embedded(
    name: str,
    image_set: str = "embedded",
    data_dir: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Dataset, str | None]:
    """Load a set of images, or its embedded images with the sentence that says why.

    Takes what `load_dataset` takes. Only embedded files that are themselves damaged, which takes
    a broken installation, still raise `DataError`.

    Raises
    ------
    ValueError
        There is no such `name` or `image_set`.
    """
    try:
        return load_dataset(name, image_set, data_dir, progress), None
    except DataError as error:
        why = f"{str(error).removesuffix('.')}; the embedded images are used instead."
        return load_dataset(name), why


def _origin(info: DatasetInfo, train: Split, test: Split, where: str) -> str:
    return (
        f"{len(train.labels):,} training and {len(test.labels):,} test images of {info.label}, "
        f"{where}."
    )
