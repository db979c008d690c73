"""What the Explore page shows: one frozen object, which the URL carries whole.

Places in the latent plane, and values of latent dimensions, travel as whole thousandths.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from vae_explorer.data import DATASETS
from vae_explorer.experiment.limits import MAX_MEMBERS
from vae_explorer.experiment.recipe import activations_setting
from vae_explorer.experiment.settings import (
    ConfigError,
    check_all,
    from_query,
    setting,
    to_query,
    to_text,
)
from vae_explorer.study.latent import PATH_LABELS

MOST_SHOWN = 6  # members side by side; more would be too small to see
MOST_PINS = 12
MOST_SLIDES = 8  # latent dimensions with a slider of their own
FREE = -1  # the anchor of a pin that is the same coordinates in every VAE, and nothing else
FIRST_OWNED = -2  # from here down: what the first, the second, ... VAE draws at its coordinates
FIRST_IMAGE = 10  # anchors from here on are test images; those from 0 on are classes
THOUSAND = 1000
FURTHEST = 50  # of a place from the middle, in units of the plane

# What the sections under the canvas show of themselves, each with a widget of its own.
LOOKS = (
    *("projection", "axes", "colour", "gallery", "which", "temperature", "draw", "spacing"),
    *("extent", "start", "end", "steps", "way", "member", "relative"),
)

# What the canvas changes by itself, beside lists of places.
_CANVAS_OWN = ("focus", "same", "background", "path", "image", "minus", "plus", "amount")
# What an address meant that names pins and not what is held equal: it was made when nothing but
# coordinates could be.
_BEFORE = {"same": "place", "pins": "-1200,800,1200,-800", "anchors": ""}
_OF_PINS = tuple(_BEFORE)

# What means nothing in another latent space.
PLACES = ("pins", "anchors", "slides", "window", "image", "hidden", "minus", "plus", "amount")


@dataclasses.dataclass(frozen=True)
class View:
    """A view of pretrained VAEs. Raises ConfigError for a value that it may not have."""

    dataset: str = setting(
        "mnist",
        "Images",
        "The set of images that the VAEs learned.",
        choices={name: info.label for name, info in DATASETS.items()},
    )
    latent: int = setting(
        2, "Latent size", "Dimensions of the latent space.", minimum=1, maximum=128
    )
    activations: tuple[str, ...] = activations_setting(
        ("relu", "tanh", "silu"),
        "Activations",
        "The VAEs to look at, side by side.",
        most=MOST_SHOWN,
    )
    run: str = setting(
        "",
        "Of a training",
        "Which of this tab's trainings the VAEs are of; empty is the pretrained catalogue.",
        pattern=r"([0-9a-f]{8})?",
        like="3f2a91bc",
    )
    members: tuple[int, ...] = setting(
        (),
        "VAEs",
        "Which of its VAEs, by their number; none is the first of each activation.",
        minimum=0,
        maximum=MAX_MEMBERS - 1,
        longest=MOST_SHOWN,
    )
    focus: int = setting(
        0,
        "Plane of",
        "Which of the VAEs gives the plane and its dots.",
        minimum=0,
        maximum=MOST_SHOWN - 1,
    )
    same: str = setting(
        "image",
        "Held equal",
        "What the VAEs are compared by: the image, which each keeps at a place of its own, or the "
        "coordinates, at which each has another image.",
        choices={"image": "Same image", "place": "Same coordinates"},
    )
    background: str = setting(
        "manifold",
        "Background",
        "Behind the dots: decoded images, the density of all codes, or nothing.",
        choices={"manifold": "Manifold", "density": "Density", "none": "Plain"},
    )
    hidden: tuple[int, ...] = setting(
        (), "Hidden classes", "Classes that are not drawn.", minimum=0, maximum=9, longest=10
    )
    pins: tuple[int, ...] = setting(
        (0, 0, 0, 0),
        "Pins",
        "Points of the plane that interpolations go through.",
        minimum=-FURTHEST * THOUSAND,
        maximum=FURTHEST * THOUSAND,
        longest=2 * MOST_PINS,
    )
    anchors: tuple[int, ...] = setting(
        (FIRST_IMAGE + 71, FIRST_IMAGE + 36),  # with handwriting a 1 and a 0, both typical
        "Anchors",
        "What each pin is: −1 the same coordinates in every VAE; −2 and below the image that the "
        "first, the second, … VAE draws at them; 0 to 9 the mean of that class; 10 and above a "
        "test image, the first of them 10. Pins without one are as −1.",
        minimum=FIRST_OWNED - MOST_SHOWN + 1,
        maximum=FIRST_IMAGE + 9_999,
        longest=MOST_PINS,
    )
    path: str = setting(
        "linear",
        "Path",
        "Interpolation along straight lines or great circles.",
        choices=PATH_LABELS,
    )
    image: int = setting(
        0, "Image", "The test image that is encoded; −1 is none.", minimum=-1, maximum=9_999
    )
    minus: int = setting(
        0, "Minus", "Class whose mean latent arithmetic takes away.", minimum=0, maximum=9
    )
    plus: int = setting(1, "Plus", "Class whose mean it adds.", minimum=0, maximum=9)
    amount: float = setting(
        0.0, "Amount", "How much of the difference is added.", minimum=0.0, maximum=1.5
    )
    slides: tuple[int, ...] = setting(
        (),
        "Slides",
        "Latent dimensions that were slid away from the image's code, each with its value.",
        minimum=-FURTHEST * THOUSAND,
        maximum=FURTHEST * THOUSAND,
        longest=2 * MOST_SLIDES,
    )
    window: tuple[int, ...] = setting(
        (),
        "Window",
        "Middle and half the width of the part of the plane that is seen.",
        minimum=-FURTHEST * THOUSAND,
        maximum=FURTHEST * THOUSAND,
        longest=3,
    )
    section: str = setting(
        "none",
        "Look closer",
        "What is shown under the canvas.",
        choices={
            "none": "Nothing",
            "projections": "Projections",
            "gallery": "Gallery",
            "activations": "Activation outputs",
            "share": "Share and take away",
        },
    )
    projection: str = setting(
        "direct",
        "Projection",
        "Of the codes.",
        choices={"direct": "Latent space", "pca": "Principal axes", "tsne": "t-SNE"},
    )
    axes: int = setting(2, "Axes", "Of the projection.", minimum=2, maximum=3)
    colour: str = setting(
        "class",
        "Colour by",
        "Of the dots.",
        choices={"class": "Class", "reconstruction": "Reconstruction error", "kl": "KL divergence"},
    )
    gallery: str = setting(
        "reconstructions",
        "Gallery",
        "Which images are shown.",
        choices={
            "reconstructions": "Reconstructions",
            "samples": "Prior samples",
            "manifold": "Manifold",
            "interpolation": "Interpolation",
        },
    )
    which: str = setting(
        "classes",
        "Which images",
        "Which test images are reconstructed.",
        choices={"classes": "Every class", "random": "At random", "hardest": "Hardest"},
    )
    temperature: float = setting(
        1.0, "Temperature", "Standard deviation of the samples.", minimum=0.0, maximum=2.0
    )
    draw: int = setting(0, "Draw", "Seed of what is drawn.", minimum=0, maximum=999_999)
    spacing: str = setting(
        "quantiles",
        "Spacing",
        "Of the manifold's grid.",
        choices={"quantiles": "Equal shares of the prior", "even": "Even steps"},
    )
    extent: float = setting(2.0, "Extent", "Of an even grid.", minimum=0.5, maximum=4.0)
    start: int = setting(0, "From", "Test image.", minimum=0, maximum=9_999)
    end: int = setting(1, "To", "Test image.", minimum=0, maximum=9_999)
    steps: int = setting(11, "Steps", "Of the interpolation.", minimum=3, maximum=20)
    way: str = setting("linear", "Path", "Of the interpolation.", choices=PATH_LABELS)
    member: int = setting(
        0, "Units of", "Whose units are shown.", minimum=0, maximum=MOST_SHOWN - 1
    )
    relative: bool = setting(True, "Values", "To each unit's mean.")
    present: bool = setting(False, "Presenter mode", "Larger type, no menus.")

    def __post_init__(self) -> None:
        check_all(self)
        for name in ("pins", "slides"):
            if len(getattr(self, name)) % 2:
                raise ConfigError(
                    f"{name} are pairs of numbers; one stands alone; the default view is shown."
                )
        if self.window and (len(self.window) != 3 or self.window[2] <= 0):
            raise ConfigError(
                "window must be three numbers, the last above 0; the default view is shown."
            )

    def replace(self, **changes: Any) -> View:
        """The same view with some settings changed, checked again."""
        return dataclasses.replace(self, **changes)

    def to_query(self) -> dict[str, str]:
        """The settings that differ from the default, as strings for a URL.

        Where it names pins it says all of them, and what is held equal: addresses of before, in
        which coordinates were, do not.
        """
        query = to_query(self)
        for name in _OF_PINS if query.keys() & set(_OF_PINS) else ():
            query[name] = to_text(getattr(self, name))
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[View, list[str]]:
        """A view from URL parameters, and a sentence for each one that was ignored."""
        is_of_before = "same" not in query and {"pins", "anchors"} & query.keys()
        view, notices = from_query(cls, {**_BEFORE, **query} if is_of_before else query)
        unknown = sorted(set(query) - {each.name for each in dataclasses.fields(cls)})
        if unknown:
            names = ", ".join(repr(name[:30]) for name in unknown[:3])
            notices.append(f"The address has no use for {names}.")
        return view, notices

    # --- The part of the view that the canvas changes by itself ---

    @property
    def pin_anchors(self) -> list[int]:
        """An anchor for every pin."""
        count = len(self.pins) // 2
        return [*self.anchors, *[FREE] * count][:count]

    def to_canvas(self) -> dict[str, Any]:
        """What the canvas starts from, with places in units of the plane."""
        places = [value / THOUSAND for value in self.pins]
        slides = [*self.slides]
        return {
            **{name: getattr(self, name) for name in _CANVAS_OWN},
            "hidden": list(self.hidden),
            "pins": [
                [*places[2 * i : 2 * i + 2], anchor] for i, anchor in enumerate(self.pin_anchors)
            ],
            "slides": [[d, value / THOUSAND] for d, value in zip(slides[::2], slides[1::2])],
            "window": [value / THOUSAND for value in self.window],
        }

    def from_canvas(self, told: Any) -> View:
        """This view with what the canvas told of its own; itself where that makes no sense."""
        try:
            pins = [round(value * THOUSAND) for x, y, _ in told["pins"] for value in (x, y)]
            anchors = [anchor for _, _, anchor in told["pins"]]
            while anchors and anchors[-1] == FREE:
                anchors.pop()
            slides = [n for d, value in told["slides"] for n in (d, round(value * THOUSAND))]
            window = [round(value * THOUSAND) for value in told["window"]]
            own = {name: told[name] for name in (*_CANVAS_OWN, "hidden")}
            if not own["amount"]:  # the canvas begins arithmetic with the image's own class
                own |= {"minus": self.minus, "plus": self.plus}
            return self.replace(pins=pins, anchors=anchors, slides=slides, window=window, **own)
        except (ConfigError, KeyError, TypeError, ValueError, OverflowError):
            return self
