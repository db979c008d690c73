"""How the arms of a race are drawn and named, the same on charts and in tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.ui.style import Style, activation_style

if TYPE_CHECKING:
    from vae_explorer.experiment.arms import Arm

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
    return name if arm.value is None else f"{name} {arm.value:g}"
