"""The one home of colours: an activation or a class looks the same on every chart and page.

Every colour has a contrast of 3:1 or more on both of Streamlit's backgrounds, white and #0e1117.
That leaves only a narrow band of lightness, so the ten colours were searched in it for the largest
distance as seen with full, red-blind, green-blind and blue-blind vision. Ten colours cannot tell
27 activations apart: dash and marker do it where the colour is shared, and no two that one is
likely to compare share one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vae_explorer.activations import ACTIVATIONS

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm

NEUTRAL = "#808495"  # reference lines and grids; Streamlit's own grey, 3:1 on both backgrounds

_ORANGE, _SKY, _GREEN, _VIOLET, _CRIMSON = "#ff5a2d", "#0096f0", "#0fa53c", "#a83cff", "#d20f69"
_BROWN, _TEAL, _GREY, _MAUVE, _INDIGO = "#a55a00", "#007887", "#879687", "#c369c3", "#785ac3"


FONT_SIZE = 13  # px, of all text in charts; the last row of a room can read it


@dataclass(frozen=True)
class Style:
    """How a line is drawn. The fields have the values that Plotly gives them."""

    colour: str  # "#rrggbb"
    dash: str
    symbol: str
    marker_colour: str  # the decoder's, where it has another activation than the encoder

    def line(self, width: float) -> dict[str, Any]:
        """Plotly's line, `width` px."""
        return {"color": self.colour, "dash": self.dash, "width": width}

    def marker(self, size: float) -> dict[str, Any]:
        """Plotly's marker, `size` px."""
        return {"color": self.marker_colour, "symbol": self.symbol, "size": size}


# Colour, dash, symbol. No two symbols are the same, so that encoder and decoder can both be read
# off one line: the line is the encoder's, the marker the decoder's.
_STYLES: dict[str, tuple[str, str, str]] = {
    "linear": (_GREY, "solid", "octagon"),
    "exponential": (_INDIGO, "solid", "triangle-right"),
    "tanh": (_SKY, "solid", "square"),
    "sigmoid": (_CRIMSON, "solid", "diamond"),
    "relu": (_ORANGE, "solid", "circle"),
    "leaky_relu": (_BROWN, "solid", "triangle-down"),
    "prelu": (_MAUVE, "solid", "pentagon"),
    "average_pooling": (_TEAL, "dash", "diamond-wide"),
    "dropout": (_VIOLET, "dash", "x"),
    "elu": (_TEAL, "solid", "hexagon"),
    "selu": (_MAUVE, "dash", "hexagon-open"),
    "celu": (_CRIMSON, "dot", "hexagon2-open"),
    "gelu": (_VIOLET, "solid", "cross"),
    "silu": (_GREEN, "solid", "triangle-up"),
    "swish": (_CRIMSON, "dash", "triangle-up-open"),
    "mish": (_INDIGO, "dash", "star"),
    "softplus": (_GREY, "dash", "triangle-left"),
    "softsign": (_ORANGE, "dash", "square-open"),
    "hardtanh": (_GREEN, "dash", "star-square"),
    "hardswish": (_SKY, "dash", "star-triangle-up"),
    "relu6": (_VIOLET, "dot", "circle-open"),
    "squared_relu": (_GREEN, "dot", "circle-cross-open"),
    "sine": (_ORANGE, "dot", "bowtie"),
    "snake": (_BROWN, "dash", "hourglass"),
    "gaussian": (_SKY, "dot", "diamond-tall"),
    "squareplus": (_MAUVE, "dot", "triangle-left-open"),
    "adaptive_mixture": (_TEAL, "dot", "hexagram"),
}

# An activation that was added to the registry and not yet here.
_NEW = (NEUTRAL, "longdashdot", "asterisk-open")

# Of the ten classes of a set of images, digits or clothes. Other shades than the activations have,
# and drawn as dots, never as lines.
CLASS_COLOURS: tuple[str, ...] = (
    "#6a5cff",
    "#f55f05",
    "#0a9be8",
    "#ee4fcf",
    "#a4600f",
    "#2aa63f",
    "#a83fbe",
    "#8a6c98",
    "#3c8060",
    "#8a9588",
)


def activation_style(key: str) -> Style:
    """The style of a member's activation key: ``relu``, or ``relu>tanh`` for encoder>decoder.

    No two keys have the same colour, dash and symbol together. Seeds share a style.
    """
    encoder, _, decoder = key.partition(">")
    colour, dash, symbol = _STYLES.get(encoder, _NEW)
    if not decoder:
        return Style(colour, dash, symbol, colour)
    marker_colour, _, symbol = _STYLES.get(decoder, _NEW)
    return Style(colour, dash, symbol, marker_colour)


def class_colour(label: int) -> str:
    """The colour of a class; a set of more than ten begins again."""
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]


def faded(colour: str, opacity: float) -> str:
    """A "#rrggbb" colour as Plotly's rgba, for bands and fills under a line of that colour."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def chart_layout(height: int, *, right: int = 8) -> dict[str, Any]:
    """The Plotly layout that all figures share, `height` px tall with a right margin of `right` px.

    It sets no colour of text and no background: those are the page's. The constant `uirevision`
    is what zoom survives new data by.
    """
    return {
        "template": {},  # Plotly's own would travel along, 7 kB a figure
        "uirevision": "keep",
        "height": height,
        "margin": {"l": 8, "r": right, "t": 30, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": FONT_SIZE},
        "hovermode": "closest",
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": FONT_SIZE},
        },
    }


def chart_axis(title: str = "", **settings: Any) -> dict[str, Any]:
    """A Plotly axis with the look that all figures share, and `settings` of its own."""
    return {
        "title": {"text": title, "font": {"size": FONT_SIZE}, "standoff": 6},
        "tickfont": {"size": FONT_SIZE},
        "gridcolor": faded(NEUTRAL, 0.22),
        "zeroline": False,
        "zerolinecolor": faded(NEUTRAL, 0.6),
        "zerolinewidth": 1,
        "automargin": True,
        **settings,
    }


_WIDTH = 2.8  # px, of a mean's line
_THINNEST = 1.6  # that of a sweep's smallest value
_FAINTEST = 0.6  # opacity of the same
_DASHES = ("solid", "dash", "dot", "longdash", "dashdot", "longdashdot")


@dataclass(frozen=True)
class ArmStyle:
    """An activation's style, and what tells the values of a sweep apart within it."""

    style: Style
    width: float  # px
    opacity: float

    def line(self) -> dict[str, Any]:
        """Plotly's line of the arm's mean."""
        return self.style.line(self.width)


def arm_styles(arms: Sequence[Arm]) -> tuple[ArmStyle, ...]:
    """A style an arm. A sweep's arms share the colour and symbol of their activation.

    Its largest value has the thickest line; smaller ones are thinner, fainter and dashed otherwise.
    """
    values: dict[str, list[float]] = {}
    for arm in arms:
        if arm.value is not None:
            values.setdefault(arm.activation_key, []).append(arm.value)
    return tuple(_arm_style(arm, sorted(values.get(arm.activation_key, []))) for arm in arms)


def _arm_style(arm: Arm, values: Sequence[float]) -> ArmStyle:
    """`values` are all that are swept with the arm's activation, in order."""
    style = activation_style(arm.activation_key)
    if arm.value is None or len(values) < 2:
        return ArmStyle(style, _WIDTH, 1.0)
    below = len(values) - 1 - values.index(arm.value)  # 0 for the largest
    share = 1 - below / (len(values) - 1)
    dashes = (style.dash, *(dash for dash in _DASHES if dash != style.dash))
    return ArmStyle(
        dataclasses.replace(style, dash=dashes[below % len(dashes)]),
        width=_THINNEST + share * (3.4 - _THINNEST),
        opacity=_FAINTEST + share * (1 - _FAINTEST),
    )


def activation_label(key: str) -> str:
    """What a person calls a member's activation key: ``ReLU``, or ``ReLU → Tanh``."""
    return " → ".join(ACTIVATIONS[name].label for name in key.split(">"))


def short_label(arm: Arm) -> str:
    """The arm's name where space is scarce: a swept value without the name of its setting."""
    name = activation_label(arm.activation_key)
    return name if arm.value is None else f"{name} {arm.value_text}"
