"""Numbers of the tables and figures of one report, in the order in which they come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Numbering:
    """Counts as it is asked."""

    tables: int = 0
    figures: int = 0

    def table(self) -> str:
        """ "Table 1", then "Table 2"."""
        self.tables += 1
        return f"Table {self.tables}"

    def figure(self) -> str:
        """ "Figure 1", then "Figure 2"."""
        self.figures += 1
        return f"Figure {self.figures}"
