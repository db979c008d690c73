"""How a race is judged once it has ended."""

from __future__ import annotations

from dataclasses import dataclass

from vae_explorer.experiment.settings import check_all, setting


@dataclass(frozen=True)
class Judging:
    """How a race is judged. Raises ConfigError for a value that it may not have."""

    bound_samples: int = setting(
        50,
        "Samples of the bound",
        "Draws of z for each image in the importance-weighted bound.",
        minimum=1,
        maximum=5000,
    )
    bound_images: int = setting(
        500,
        "Images of the bound",
        "Test images that the importance-weighted bound is taken over.",
        minimum=2,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_all(self)
