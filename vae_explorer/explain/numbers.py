"""Numbers as people read them."""

from __future__ import annotations

import math


def signed(value: float, digits: int) -> str:
    """ "+1.20" or "−1.20", with a real minus."""
    return f"{value:+.{digits}f}".replace("-", "−")


def plain(value: float, digits: int) -> str:
    """ "1.20" or "−1.20"; "–" for what is no number."""
    return f"{value:.{digits}f}".replace("-", "−") if math.isfinite(value) else "–"


def with_unit(label: str, unit: str) -> str:
    """ "Negative ELBO (nats)"; a quantity without a unit stands alone."""
    return f"{label} ({unit})" if unit else label
