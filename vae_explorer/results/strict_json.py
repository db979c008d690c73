"""JSON that a stranger may have written: of a bounded size, and with no more than JSON has."""

from __future__ import annotations

import json
from typing import Any

# A race of 540 VAEs that all diverged has a third of it: each is told of in 120 snapshots. As many
# take 100 MB and a second; a text of as many bytes may hold a hundred times what its values need.
MOST_VALUES = 1_000_000


def parse_json(text: str | bytes) -> Any:
    """What the text says; ValueError, with half a sentence, if it is no JSON or too much of it."""
    if isinstance(text, bytes):
        text = text.decode()
    values = sum(map(text.count, ",[{"))  # each but the first stands behind one of these
    if values > MOST_VALUES:
        raise ValueError(f"it has up to {values:,} values, more than {MOST_VALUES:,}")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
