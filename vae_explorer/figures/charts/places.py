"""Where panels of one size lie in a figure, and what names and frames each: for charts of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vae_explorer.figures.style import NEUTRAL, faded

TITLE_SIZE = 15  # px, of names above panels


@dataclass(frozen=True)
class Places:
    """Panels row by row, numbered from 0. Domains are in shares of the figure from its corner."""

    panels: int
    columns: int
    gap: float = 0.0  # at either side of a panel, of the figure's width
    head: float = 0.0  # above a panel's axes, of a row's height
    foot: float = 0.0  # below them

    @property
    def rows(self) -> int:
        """At least one, so that a chart of nothing has a height."""
        return -(-max(self.panels, 1) // self.columns)

    def across(self, panel: int) -> list[float]:
        column = panel % self.columns
        return [column / self.columns + self.gap, (column + 1) / self.columns - self.gap]

    def upwards(self, panel: int) -> list[float]:
        row = panel // self.columns
        return [1 - (row + 1 - self.foot) / self.rows, 1 - (row + self.head) / self.rows]

    def is_leftmost(self, panel: int) -> bool:
        return panel % self.columns == 0

    def is_lowest(self, panel: int) -> bool:
        """Whether no other panel is below, be it in the last row or not."""
        return panel + self.columns >= self.panels


def axis_number(index: int) -> str:
    """What Plotly puts after "x" or "y"; the name of the first axis has no number."""
    return str(index + 1) if index else ""


def anchors(axis: str) -> dict[str, str]:
    """What puts a trace on the axes with this number."""
    return {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}


def title_above(axis: str, text: str) -> dict[str, Any]:
    """A text above the left end of a panel."""
    return {
        "text": text,
        **{"x": 0, "xref": f"x{axis} domain", "xanchor": "left"},
        **{"y": 1, "yref": f"y{axis} domain", "yanchor": "bottom"},
        "showarrow": False,
        "font": {"size": TITLE_SIZE},
    }


def frame(axis: str) -> dict[str, Any]:
    return {
        "type": "rect",
        **{"xref": f"x{axis} domain", "yref": f"y{axis} domain"},
        **{"x0": 0, "x1": 1, "y0": 0, "y1": 1},
        "line": {"color": faded(NEUTRAL, 0.5), "width": 1},
    }
