"""Cut the embedded images from the published files.

    python -m vae_explorer.data.make_embedded --source FOLDER

FOLDER holds the standard IDX files of each set of OpenML in folders named like the sets. Of
each class a fixed number of images is drawn without replacement with a fixed seed, apart for
training and test, and kept in the published order. The digits are scikit-learn's, all of them; it
takes seconds to import, which nothing else may have to wait for. Prints the table of the data card,
`embedded/README.md`. The same source makes the same files, byte for byte with the same zlib.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.dataset import DataError, Split
from vae_explorer.data.folder import IDX_NAMES, read_folder
from vae_explorer.data.idx import write_idx
from vae_explorer.data.sets import DATASETS, DatasetInfo
from vae_explorer.data.sources import EMBEDDED_DIR
from vae_explorer.data.stratify import draw_per_class

TRAIN_PER_CLASS = 1_000
TEST_PER_CLASS = 200
DIGITS_TEST_PER_CLASS = 36
SEED = 0


def make_embedded(info: DatasetInfo, source: Path, output: Path) -> Iterator[Path]:
    """Cut one set from `source`, the digits from scikit-learn, into `output`, which is made.

    Yields each file once written.

    Raises
    ------
    DataError
        The published files cannot be read.
    ValueError
        A class has too few images.
    OSError
        A file cannot be written.
    """
    if info.openml is None:
        parts = _digits(info)
    else:
        train, test = read_folder(info, source)
        parts = (*_cut(info, train, TRAIN_PER_CLASS), *_cut(info, test, TEST_PER_CLASS))
    output.mkdir(parents=True, exist_ok=True)
    for name, part in zip(IDX_NAMES, parts, strict=True):
        path = output / f"{name}.gz"
        write_idx(path, part)
        yield path


def _digits(info: DatasetInfo) -> tuple[NDArray[np.uint8], ...]:
    from sklearn.datasets import load_digits

    pixels, labels = (part.astype(np.uint8) for part in load_digits(return_X_y=True))
    images = pixels.reshape(-1, *info.image_shape)
    test = draw_per_class(labels, DIGITS_TEST_PER_CLASS, SEED)
    train = np.setdiff1d(np.arange(len(labels)), test)
    return images[train], labels[train], images[test], labels[test]


def _cut(
    info: DatasetInfo, split: Split, per_class: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    kept = draw_per_class(split.labels, per_class, SEED)
    return split.images[kept].reshape(-1, *info.image_shape), split.labels[kept]


def main(arguments: Sequence[str] | None = None) -> int:
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser("python -m vae_explorer.data.make_embedded", None, summary)
    parser.add_argument("--source", type=Path, required=True, help="folder of the published files")
    parser.add_argument("--output", type=Path, default=EMBEDDED_DIR, help="folder to write to")
    options = parser.parse_args(arguments)
    print("| file | bytes | SHA-256 |\n|---|---:|---|")
    try:
        for info in DATASETS.values():
            for path in make_embedded(info, options.source, options.output / info.name):
                content = path.read_bytes()
                digest = hashlib.sha256(content).hexdigest()
                print(f"| {info.name}/{path.name} | {len(content):,} | `{digest}` |")
    except (DataError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
