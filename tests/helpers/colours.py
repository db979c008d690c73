"""How far apart colours are, to any eyes and on either theme."""

import numpy as np

WHITE, DARK, DARKER = "#ffffff", "#191816", "#0e1117"
# Machado, Oliveira and Fernandes, 2009: what is left of linear RGB without one kind of cone.
VISIONS = {
    "full": np.eye(3),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear_rgb(colour: str) -> np.ndarray:
    """WCAG 2.2, relative luminance: the three channels of "#rrggbb", linear in light."""
    s = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light, dark = sorted(
        (float(linear_rgb(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str, vision: np.ndarray) -> float:
    """100 times the Euclidean distance in Oklab; 2 is about what can just be seen."""
    seen = [np.clip(vision @ linear_rgb(c), 0, 1) for c in (one, other)]
    return 100 * float(np.linalg.norm(OKLAB @ (np.cbrt(LMS @ seen[0]) - np.cbrt(LMS @ seen[1]))))
