"""How the Compare page looks at a race: one frozen object, which the URL carries whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from vae_explorer.experiment.settings import check_all, from_query, setting, to_query
from vae_explorer.results.race import QUANTITIES
from vae_explorer.results.snapshot import LAYER_VALUES
from vae_explorer.study.latent import PATH_LABELS


@dataclasses.dataclass(frozen=True)
class RaceView:
    """A view of any race. Raises ConfigError for a value that it may not have."""

    reference: str = setting(
        "first",
        "Held against",
        "The key of the arm that the others are compared with; first is the first of a race.",
        pattern=r"[a-z0-9_]{1,40}(>[a-z0-9_]{1,40})?(@[0-9.e+-]{1,24})?",
        like="first, relu, relu>tanh or relu@0.5",
    )
    judged: str = setting(
        "test_loss",
        "Judged by",
        "What the standings are of.",
        choices={name: each.label for name, each in QUANTITIES.items()},
    )
    chart: str = setting(
        "curves",
        "Chart",
        "What stands beside the leaderboard.",
        choices={
            each: each.capitalize() for each in ("curves", "sweep", "grid", "differences", "tuning")
        },
    )
    pictures: str = setting(
        "latents",
        "Side by side",
        "What is shown of every arm.",
        choices={
            "latents": "Latent space",
            "manifold": "Manifold",
            "reconstructions": "Reconstructions",
            "interpolation": "Interpolation",
            "samples": "Samples",
            "histograms": "Histograms",
            "values": "Values over time",
            "gradients": "Gradients over time",
        },
    )
    aligned: bool = setting(True, "Aligned", "Latent spaces turned towards the first.")
    way: str = setting("linear", "Path", "Of interpolations.", choices=PATH_LABELS)
    histogram: str = setting("output", "Histograms of", "What units do.", choices=LAYER_VALUES)

    def __post_init__(self) -> None:
        check_all(self)

    def replace(self, **changes: Any) -> RaceView:
        """The same view with some settings changed, checked again."""
        return dataclasses.replace(self, **changes)

    def to_query(self) -> dict[str, str]:
        """The settings that differ from the default, as strings for a URL."""
        return to_query(self)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[RaceView, list[str]]:
        """A view from URL parameters, and a sentence for each one of them that was ignored."""
        return from_query(cls, query)
