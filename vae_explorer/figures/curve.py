"""A small drawing of an activation function: an image, which is there without a chart's library."""

from __future__ import annotations

import html
from itertools import groupby

import numpy as np

from vae_explorer.figures.inline import svg_url
from vae_explorer.figures.style import NEUTRAL

LEFT, RIGHT, BOTTOM, TOP = -4.0, 4.0, -1.6, 2.8  # of every drawing: slopes and floors compare
WIDTH, HEIGHT = 240, 132  # px: one unit is as long on both axes


def curve_image(x: np.ndarray, values: np.ndarray, colour: str, description: str) -> str:
    """An HTML img of `curve_svg`, as wide as there is room."""
    source = svg_url(curve_svg(x, values, colour))
    return (
        f'<img alt="{html.escape(description)}" src="{source}" '
        f'style="display: block; width: 100%; aspect-ratio: {WIDTH} / {HEIGHT}">'
    )


def curve_svg(x: np.ndarray, values: np.ndarray, colour: str) -> str:
    """The line through `values` at `x`, both (N,), over the axes; what is not finite is a gap."""
    points = [(a, b) for a, b in zip(_across(x), _down(values))]
    pieces = [
        list(piece) for finite, piece in groupby(points, lambda p: np.isfinite(p[1])) if finite
    ]
    lines = "".join(
        f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in piece)}"/>' for piece in pieces
    )
    across, down = float(_across(np.zeros(1))[0]), float(_down(np.zeros(1))[0])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="M0 {down:.1f}H{WIDTH}M{across:.1f} 0V{HEIGHT}" stroke="{NEUTRAL}" '
        f'stroke-opacity="0.5"/><g fill="none" stroke="{colour}" stroke-width="3" '
        f'stroke-linejoin="round">{lines}</g></svg>'
    )


def _across(x: np.ndarray) -> np.ndarray:
    return (x - LEFT) / (RIGHT - LEFT) * WIDTH


def _down(y: np.ndarray) -> np.ndarray:
    """Pixels below the top; a little beyond the drawing, where its edge hides them, at most."""
    pixels = (TOP - y) / (TOP - BOTTOM) * HEIGHT
    return np.where(np.isfinite(y), np.clip(pixels, -HEIGHT, 2 * HEIGHT), np.nan)
