"""What an activation is: its function, its name, where it comes from and how it behaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "linear": "No bend: however many layers, the network computes one linear map.",
        "saturating": "S-shaped: flat for large inputs of either sign, where gradients vanish.",
        "rectified": "Straight, or nearly: passes positive inputs, zeroes or damps negative ones.",
        "smooth rectified": "Like a rectifier, but with a curve in place of the kink.",
        "superlinear": "Outputs grow faster than inputs, so that large signals run away.",
        "periodic": "A wave: similar outputs come back at regular distances.",
        "local": "A bump: the unit answers only near one value.",
        "adaptive": "A blend of several functions, chosen by the input.",
    }
)

_OF_THE_ARTICLE = (
    *("linear", "exponential", "tanh", "sigmoid", "relu", "leaky_relu", "prelu"),
    *("average_pooling", "dropout"),
)


@dataclass(frozen=True)
class Activation:
    """One activation function f, what it is called, where it comes from and how it behaves.

    `function(x, **parameters)` maps pre-activations x of shape (K, N, H), for K members, N images
    and H units, to outputs of the same shape. Each parameter is a tensor that broadcasts against
    x, of shape (K, 1, H) in a network: one number for each unit of each member. Gradients flow to
    x and to every parameter.
    """

    name: str  # key in `ACTIVATIONS`, configurations and URLs
    label: str  # as the literature writes it
    formula: str  # LaTeX, of f(x)
    range: tuple[float, float]  # infimum and supremum of f, with the initial parameters
    intuition: str  # one sentence for a newcomer
    source: str  # title, authors, year
    family: str  # one of `FAMILIES`
    # 1 / sqrt(E[f(Z)^2]) for Z ~ N(0, 1): weights of standard deviation gain / sqrt(fan_in) keep
    # the second moment of pre-activations from layer to layer, where they are standard normal. The
    # first layer's are not, since pixels are small; to make up for that was measured to help
    # nothing (benchmarks/README.md). ReLU's is the sqrt(2) of Delving Deep into Rectifiers, He et
    # al., 2015. The zeroing that `dropout` brings is not counted.
    gain: float
    function: Callable[..., Tensor]
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)  # name: initial value
    elementwise: bool = True  # False where a unit's output depends on other units
    dropout: float = 0.0  # share of outputs that training zeroes at random, done by the layer

    @property
    def article(self) -> bool:
        """Whether it is one of the nine that the article names."""
        return self.name in _OF_THE_ARTICLE
