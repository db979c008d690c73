"""The latent canvas: networks, images and codes shipped to the browser, and played with there.

Two components: one carries the heavy package, whose message the browser keeps while it does not
change; the other draws, and tells Python of what is worth sharing. The scripts stand beside this
file and become one module each; nothing is built, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from vae_explorer.experiment.settings import facts
from vae_explorer.figures.inline import beside
from vae_explorer.figures.page import POLICY
from vae_explorer.figures.style import activation_style, class_colour
from vae_explorer.study.latent import plane_axes, turned_towards
from vae_explorer.ui.explore.canvas.pack import pack
from vae_explorer.ui.explore.view import FIRST_IMAGE, FURTHEST, MOST_PINS, MOST_SLIDES, View

if TYPE_CHECKING:
    from vae_explorer.data import Dataset
    from vae_explorer.model.population import Population
    from vae_explorer.results.members import MemberResult


_PACKAGE_JS = beside(__file__, "network.js", "space.js", "package.js")
_CANVAS_JS = beside(
    __file__,
    *("path.js", "picture.js", "plane.js", "pad.js", "controls.js", "members.js", "image.js"),
    *("dimensions.js", "strip.js", "hand.js", "overlay.js", "kept.js", "canvas.js"),
)
_PLACE = '<div class="place"></div>\n'

_PACKAGE = st.components.v2.component("vae_explorer_package", js=_PACKAGE_JS)
_CANVAS = st.components.v2.component(
    "vae_explorer_canvas", html=_PLACE, css=beside(__file__, "canvas.css"), js=_CANVAS_JS
)


@dataclass(frozen=True)
class Package:
    """Something that is shipped to the browser once, by a name that its content gives it."""

    name: str
    content: bytes
    identity: str | None = None  # of a VAE, whatever its weights are
    plane: tuple[np.ndarray, np.ndarray] | None = field(default=None, compare=False, repr=False)


def images_package(dataset: Dataset) -> Package:
    """The test images with their labels, and how they are shown."""
    names = dataset.info.class_names
    facts = {
        "noun": dataset.info.noun,
        "shape": list(dataset.info.image_shape),
        "margin": dataset.info.margin / max(dataset.info.image_shape),
        "levels": dataset.info.levels,
        "class_names": list(names),
        "class_colours": [class_colour(c) for c in range(len(names))],
        "most_pins": MOST_PINS,
        "most_slides": MOST_SLIDES,
        "first_image": FIRST_IMAGE,  # of a pin's anchors
        "furthest": FURTHEST,
    }
    arrays = {"images": dataset.test.images, "labels": dataset.test.labels.astype(np.uint8)}
    return _package(facts, arrays)


def member_package(
    population: Population,
    dataset: Dataset,
    result: MemberResult | None = None,
    label: str | None = None,
    identity: str | None = None,
    before: Package | None = None,
) -> Package:
    """A population of one: its networks, and its codes of the test images with their plane.

    With its `result`, what it reached on test images; `label` where it is not its activation's.
    Packages of one `identity` are the same VAE at other steps of its training: its plane lies as it
    did `before`.
    """
    pixels = dataset.pixels(dataset.test.images)
    networks, numbers = pack(population, pixels)
    mean, log_variance = (codes[0].numpy() for codes in population.encode(pixels))
    centre, axes = plane_axes(mean)
    if before is not None and before.plane is not None:
        axes = turned_towards(axes, before.plane[1])
    member, latent = population.members[0], population.latent
    facts = {
        "label": label or member.label,
        "identity": identity,
        "colour": activation_style(member.activation_key).colour,
        "latent": latent,
        **_reached(result, population.experiment.parameters_per_member),
        "axis_names": ["z₁", "z₂"] if latent <= 2 else ["axis 1", "axis 2"],
        "networks": networks,
    }
    codes = {"mean": mean, "log_variance": log_variance, "centre": centre, "axes": axes}
    arrays = {name: values.astype("<f4") for name, values in codes.items()}
    made = _package(facts, {**arrays, "numbers": np.frombuffer(numbers, dtype="<f4")})
    return replace(made, identity=identity, plane=(centre, axes))


def _reached(result: MemberResult | None, parameters: int) -> dict[str, str]:
    """What is said of a member beside its name, and at length."""
    size = f"It has {parameters:,} parameters."
    if result is None:
        return {"loss": "", "reached": size}
    if result.test_loss is None or result.test_reconstruction is None or result.test_kl is None:
        return {"loss": "", "reached": f"Its negative ELBO on test images has no number. {size}"}
    loss, parts = result.test_loss, (result.test_reconstruction, result.test_kl)
    said = f"Negative ELBO on test images: {loss:.1f} nats, of which reconstruction {parts[0]:.1f}"
    return {
        "loss": f"{loss:.1f}",
        "reached": f"{said} and KL {parts[1]:.1f}; lower is better. {size}",
    }


def _package(facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Package:
    """A header in JSON, its length before it as uint32, and 4-byte aligned the arrays."""
    parts: list[bytes] = []
    places = {}
    start = 0
    for name, array in arrays.items():
        content = array.tobytes()
        places[name] = [start, array.size]
        parts.append(content + bytes(-len(content) % 4))
        start += len(parts[-1])
    body = b"".join(parts)
    text = json.dumps({**facts, "places": places}).encode()
    name = hashlib.sha256(text + body).hexdigest()[:16]
    text = json.dumps({**facts, "places": places, "name": name}).encode()
    text += b" " * (-(4 + len(text)) % 4)
    return Package(name, len(text).to_bytes(4, "little") + text + body)


def canvas_html(images: Package, members: Sequence[Package], view: View, title: str) -> str:
    """The canvas as one page that needs nothing else: it opens anywhere, without a network."""
    packages = [base64.b64encode(each.content).decode() for each in (images, *members)]
    return _PAGE.format(
        policy=POLICY,
        title=html.escape(title),
        css=beside(__file__, "page.css", "canvas.css"),
        place=_PLACE,
        package=_as_constant(_PACKAGE_JS, "open"),
        canvas=_as_constant(_CANVAS_JS, "show"),
        packages=json.dumps(packages),
        data=json.dumps(_data(images, members, view, view_id="")),
    )


def _data(images: Package, members: Sequence[Package], view: View, view_id: str) -> dict[str, Any]:
    """What the canvas is told."""
    return {
        "images": images.name,
        "members": [member.name for member in members],
        "view": view.to_canvas(),
        "view_id": view_id,
        "labels": {name: facts(View, name)["choices"] for name in ("background", "path", "same")},
        "present": view.present,
    }


def _as_constant(script: str, name: str) -> str:
    """A component's module as part of another: what it exports has a name."""
    return script.replace("export default function", f"const {name} = function")


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{policy}
<title>{title}</title>
<style>
{css}</style>
</head>
<body>
<h1>{title}</h1>
{place}
<script type="module">
{package}
for (const text of {packages}) {{
  open({{ data: Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) }});
}}
</script>
<script type="module">
{canvas}
show({{ data: {data}, parentElement: document.body, setStateValue() {{}} }});
</script>
</body>
</html>
"""


def latent_canvas(
    images: Package,
    members: Sequence[Package],
    view: View,
    view_id: str,
    on_change: Callable[[], None],
) -> None:
    """Draws the canvas. `view` is taken when `view_id` changes; after that the canvas has its own.

    What it tells of its own is `st.session_state["canvas"]["view"]`, for `View.from_canvas`.
    """
    _CANVAS(
        data=_data(images, members, view, view_id),
        key="canvas",
        height="content",
        on_view_change=on_change,
    )
    with st.container(gap=None):
        for each in (images, *members):  # the browser keeps those that it has had
            _PACKAGE(data=each.content, key=f"package.{each.name}", height=1)
