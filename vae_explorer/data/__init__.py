"""The images: three bundled sets, the full MNIST-like sets, and what a user brings.

`load_dataset` is the way in. Importing this package needs NumPy only.
"""

from vae_explorer.data.dataset import DataError, Dataset, Split
from vae_explorer.data.sets import DATASETS, IMAGE_SETS, DatasetInfo
from vae_explorer.data.sources import (
    DATA_DIR_VARIABLE,
    are_own_images,
    images_folder,
    load_dataset,
    load_or_embedded,
)

__all__ = [
    "DATASETS",
    "DATA_DIR_VARIABLE",
    "IMAGE_SETS",
    "DataError",
    "Dataset",
    "DatasetInfo",
    "Split",
    "are_own_images",
    "images_folder",
    "load_dataset",
    "load_or_embedded",
]
