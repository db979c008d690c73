"""Cut the embedded images from the published files.

    python -m vae_explorer.data.make_embedded --source FOLDER

FOLDER holds the standard IDX files of each set of OpenML in folders named like the sets. Of
each class a fixed number of images is drawn without replacement with a fixed seed, apart for
training and test, and kept in the published order. Prints the table of the data card,
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
SEED = 0


def make_embedded(info: DatasetInfo, source: Path, output: Path) -> Iterator[Path]:
    """Cut one set from `source` into `output`, which is made; yield each file once written.

    Raises
    ------
    DataError
        The published files cannot be read.
    ValueError
        A class has too few images.
    OSError
        A file cannot be written.
    """
    train, test = read_folder(info, source)
    parts = (*_cut(info, train, TRAIN_PER_CLASS), *_cut(info, test, TEST_PER_CLASS))
    output.mkdir(parents=True, exist_ok=True)
    for name, part in zip(IDX_NAMES, parts, strict=True):
        path = output / f"{name}.gz"
        write_idx(path, part)
        yield path


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
        for info in (each for each in DATASETS.values() if each.openml):
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
