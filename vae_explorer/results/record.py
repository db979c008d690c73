"""All there is of a race that has ended: its numbers, what it showed, and the images it showed."""

from __future__ import annotations

from dataclasses import dataclass

from vae_explorer.results.history import History, ProbeImages
from vae_explorer.results.race import Race


@dataclass(frozen=True, eq=False)
class SavedRace:
    """All of a saved race but its weights."""

    race: Race
    history: History
    probe: ProbeImages
