"""The facts on each set of images: one entry a set."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

IMAGE_SETS = {"embedded": "Shipped with the app", "full": "Full set"}
"""Which images of a set: those shipped with the package, or all that were published; labels."""


@dataclass(frozen=True)
class DatasetInfo:
    """What is known of a set of images before any of them is read."""

    name: str
    """The key in `DATASETS`, as stored in configurations and addresses."""
    label: str
    """The name to show."""
    image_shape: tuple[int, int]
    """(height, width) in pixels."""
    class_names: tuple[str, ...]
    """Names of the classes; label k is `class_names[k]`."""
    levels: int
    """The highest pixel value: pixels are whole numbers from 0 to `levels`."""
    licence: str
    source: str
    full_sizes: tuple[int, int]
    """(training, test) images in the full set."""
    noun: str
    """What one image shows, with its article."""
    margin: int = 0
    """Pixels that what is shown keeps away from each edge."""
    published: tuple[str, str] | None = None
    """SHA-256 of the (training, test) pixels, row by row, and then labels of the full set."""
    folders: tuple[str, ...] = ()
    """Names, in lower case, that a folder of this set's IDX files goes by."""
    openml: tuple[str, int] | None = None
    """(name, version) of the full set on OpenML; None for the digits, which are embedded whole."""


_TEN_DIGITS = tuple("0123456789")

DATASETS: Mapping[str, DatasetInfo] = MappingProxyType(
    {
        info.name: info
        for info in (
            DatasetInfo(
                name="digits",
                label="Digits (8×8)",
                image_shape=(8, 8),
                class_names=_TEN_DIGITS,
                levels=16,
                licence="CC BY 4.0.",
                source=(
                    "Optical Recognition of Handwritten Digits by E. Alpaydin and C. Kaynak, "
                    "UCI Machine Learning Repository, 1998, as shipped with scikit-learn."
                ),
                full_sizes=(1_437, 360),
                noun="a digit",
                folders=("digits",),
            ),
            DatasetInfo(
                name="mnist",
                label="MNIST",
                image_shape=(28, 28),
                class_names=_TEN_DIGITS,
                levels=255,
                licence="CC BY-SA 3.0.",
                source="MNIST by Y. LeCun, C. Cortes and C. J. C. Burges, 1998.",
                full_sizes=(60_000, 10_000),
                noun="a digit",
                margin=4,
                published=(
                    "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
                    "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
                ),
                folders=("mnist",),
                openml=("mnist_784", 1),
            ),
            DatasetInfo(
                name="fashion",
                label="Fashion-MNIST",
                image_shape=(28, 28),
                class_names=(
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot",
                ),
                levels=255,
                licence="MIT, © 2017 Zalando SE.",
                source="Fashion-MNIST by H. Xiao, K. Rasul and R. Vollgraf, Zalando SE, 2017.",
                full_sizes=(60_000, 10_000),
                noun="a garment",
                margin=1,
                published=(
                    "16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157",
                    "9f1ec356a747bfe4ebab3cfb722d3694c9ca737e2570f6f90cf31d7b6fd689d4",
                ),
                folders=("fashion-mnist", "fashion", "fashionmnist", "fashion_mnist"),
                openml=("Fashion-MNIST", 1),
            ),
        )
    }
)
"""The sets by name, in the order in which to offer them."""
