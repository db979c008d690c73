"""How a race is judged once it has ended."""

from __future__ import annotations

from dataclasses import dataclass

from vae_explorer.experiment.settings import check_all, setting

LEAST_DRAWS = 16  # by fewer, the luck of the draw is as large as that of the seeds


@dataclass(frozen=True)
class Judging:
    """How a race is judged. Raises ConfigError for a value that it may not have."""

    draws: int = setting(
        32,
        "Draws of z",
        "Draws of z for each test image, from which its ELBO and its importance-weighted bound "
        "are taken.",
        minimum=LEAST_DRAWS,
        maximum=5000,
    )

    def __post_init__(self) -> None:
        check_all(self)
