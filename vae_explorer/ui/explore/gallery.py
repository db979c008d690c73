"""The gallery: reconstructions, samples of the prior, the manifold, and interpolations."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from vae_explorer.figures import images
from vae_explorer.figures.images import sheet
from vae_explorer.figures.inline import png_url
from vae_explorer.study.pictures import interpolations, manifold, prior_samples
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.model import LoadedModel
from vae_explorer.ui.explore.widgets import choice, start
from vae_explorer.ui.shared.downloads import images_buttons, kept_mosaic

_COLUMNS = 20  # images in a row
_ROWS = 6  # of samples, of all members together
_SIDE, _SIDE_OF_MANY = 15, 10  # of a manifold, in images; of each where they are more than three
_MOST_SEED = 999_999
_LOOKS = {
    "reconstructions": "Look for what a VAE drops or invents: blurred strokes, another digit's "
    "shape.",
    "samples": "Look for samples that are no image of the set: the same random z for every "
    "VAE, decoded.",
    "manifold": "Look for where one class turns into another, and for regions of blur between "
    "them.",
    "interpolation": "Look for the step at which one class becomes another: the same two images "
    "in every row.",
}


@st.fragment
def gallery(model: LoadedModel) -> None:
    """One of four kinds of decoded images."""
    sentence = st.empty()  # above the choice that it depends on
    kind = choice("gallery")
    sentence.markdown(_LOOKS[kind])
    if kind == "reconstructions":
        _reconstructions(model)
    elif kind == "samples":
        _samples(model)
    elif kind == "manifold":
        _manifolds(model)
    else:
        _interpolations(model)
    state.remember()


def _bytes(images_in: np.ndarray) -> np.ndarray:
    """Pixels in [0, 1] as uint8, 255 is white; what is not a number is black."""
    return np.round(np.nan_to_num(images_in) * 255).astype(np.uint8)


# --- Reconstructions ---


def _reconstructions(model: LoadedModel) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        which = choice("which")
        if which == "random":
            _draw_button("Other images")
    rows = _chosen(model, which)
    pixels = model.pixels[rows]
    mean = model.codes.mean[:, rows]
    decoded = model.population.decode(mean, diverged=True).numpy()
    errors = model.codes.reconstruction[:, rows].mean(1)
    names = [f"{name}, {error:.0f}" for name, error in zip(model.names, errors)]
    png = images.reconstruction_grid(
        _bytes(pixels), _bytes(decoded), model.image_shape, colours=model.colours
    )
    kept_mosaic(
        png,
        ["Test images", *names],
        "Test images above the reconstructions of each activation",
        "Reconstructions",
    )
    st.caption(
        "Behind each name: mean reconstruction error of these images in nats, of the posterior's "
        "mean, z = μ." + (" Hardest for all VAEs together." if which == "hardest" else "")
    )


def _chosen(model: LoadedModel, which: str) -> np.ndarray:
    """Rows of the images to reconstruct."""
    if which == "classes":
        return model.of_each_class(2)[:_COLUMNS]
    if which == "random":
        draw = np.random.default_rng(st.session_state["explore.draw"])
        return draw.choice(len(model.labels), min(_COLUMNS, len(model.labels)), replace=False)
    errors = model.codes.reconstruction
    finite = errors[np.isfinite(errors).all(1)]
    together = finite.mean(0) if len(finite) else np.zeros(len(model.labels))
    return np.argsort(-together, kind="stable")[:_COLUMNS]


def _draw_button(label: str) -> None:
    """A button that goes to the next seed."""
    start("explore.draw")

    def draw_next() -> None:
        seed = st.session_state["explore.draw"]
        st.session_state["explore.draw"] = (int(seed) + 1) % _MOST_SEED

    st.button(label, icon=":material/casino:", on_click=draw_next, key="explore.draw_next")


# --- Samples ---


def _samples(model: LoadedModel) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        start("explore.temperature")
        temperature = st.slider(
            "Temperature: standard deviation of z",
            *(0.0, 2.0),
            step=0.1,
            key="explore.temperature",
            width=360,
        )
        _draw_button("Other samples")
    members = len(model.members)
    each = max(1, _ROWS // members)
    seed = int(st.session_state["explore.draw"])
    samples = prior_samples(model.population, each * _COLUMNS, temperature, seed)
    rows = _bytes(samples).reshape(members * each, _COLUMNS, -1)
    colours = [colour for colour in model.colours for _ in range(each)]
    names = [name if i == 0 else "" for name in model.names for i in range(each)]
    kept_mosaic(
        images.path_grid(rows, model.image_shape, colours=colours),
        names,
        "Images decoded from random latents, a row for each activation",
        "Prior samples",
    )
    st.caption(
        "z ~ N(0, temperature² I), the same draws in the same places for every VAE. At 1 these are "
        "samples of the model; near 0 all are the image of the origin; above 1 they come from "
        "where few codes were in training."
    )


# --- Manifold ---


def _manifolds(model: LoadedModel) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        spacing = choice("spacing")
        start("explore.extent")
        extent = st.slider(
            "Reach: standard deviations of the prior",
            *(0.5, 4.0),
            step=0.5,
            key="explore.extent",
            width=300,
        )
    side = _SIDE if len(model.members) <= 3 else _SIDE_OF_MANY
    found = manifold(model.population, side, extent, spacing, model.codes.mean)
    sheets = [sheet(grid, model.image_shape, side) for grid in _bytes(found)]
    _side_by_side(model, sheets, side)
    where = "the plane of z₁ and z₂"
    if model.population.latent > 2:
        where = "the plane of each VAE's first two principal axes, through the middle of its codes"
    elif model.population.latent == 1:
        where = "the line of z, row by row"
    st.caption(f"{side} × {side} places in {where}, from −{extent:g} to {extent:g}, decoded.")


def _side_by_side(model: LoadedModel, sheets: list[bytes], side: int) -> None:
    """Square pictures with their members' names above, as large as fit a screen."""
    count = len(sheets)
    columns = min(count, 3) if count != 4 else 4
    width = 520 if count <= 2 else 420 if count == 3 else 300 if count == 4 else 230
    # Small images are enlarged in blocks; large ones would lose lines if they were shrunk so.
    blocks = "pixelated" if side * model.image_shape[0] < width else "auto"
    cells = "".join(
        f'<figure style="margin:0;flex:0 1 calc({100 / columns:.3f}% - 1rem);max-width:{width}px">'
        f'<figcaption style="border-left:6px solid {colour};padding-left:0.5rem;'
        f'margin-bottom:0.3rem">{html.escape(name)}</figcaption>'
        f'<img alt="Images decoded on a grid of the latent plane of {html.escape(name)}" '
        f'style="width:100%;image-rendering:{blocks};display:block" '
        f'src="{png_url(png)}"></figure>'
        for name, colour, png in zip(model.names, model.colours, sheets)
    )
    room = f"calc({columns * width}px + {columns - 1}rem)"
    style = f"display:flex;flex-wrap:wrap;gap:0.6rem 1rem;max-width:{room}"
    st.html(f'<div style="{style}">{cells}</div>')
    with st.container(horizontal=True, gap="small"):
        for name, png in zip(model.names, sheets):
            grid = f"A grid of the latent plane of {name}"
            images_buttons(png, grid, f"Manifold of {name}", of=name)


# --- Interpolation ---


def _interpolations(model: LoadedModel) -> None:
    last = len(model.dataset.test.labels) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ends = []
        for place, label in (("start", "From image"), ("end", "To image")):
            key = f"explore.{place}"
            start(key, allowed=range(last + 1))
            number = st.number_input(label, 0, last, key=key, width=130)
            ends.append(int(number))
            _thumbnail(model, int(number))

        def draw_pair() -> None:
            pair = np.random.default_rng().choice(last + 1, 2, replace=False)
            for place, number in zip(("start", "end"), pair):
                st.session_state[f"explore.{place}"] = int(number)

        st.button("Random pair", icon=":material/casino:", on_click=draw_pair, key="explore.pair")
        start("explore.steps")
        steps = st.slider("Steps", 3, _COLUMNS, key="explore.steps", width=200)
        kind = choice("way")
    paths = interpolations(model.population, model.test_pixels(ends), int(steps), kind)
    kept_mosaic(
        images.path_grid(_bytes(paths), model.image_shape, colours=model.colours),
        model.names,
        "Images decoded along the way between two test images, a row for each activation",
        "Interpolation",
    )
    st.caption(
        "The first and the last column are the two images' reconstructions. "
        + (
            "The path is straight."
            if kind == "linear"
            else "The path turns around the origin at a constant angle."
        )
    )


def _thumbnail(model: LoadedModel, number: int) -> None:
    pixels = model.test_pixels([number])
    label = model.class_names[model.dataset.test.labels[number]]
    source = png_url(sheet(_bytes(pixels), model.image_shape, 1))
    st.html(
        f'<img alt="Test image {number}, {html.escape(label)}" title="{html.escape(label)}" '
        'style="height:40px;image-rendering:pixelated;display:block" '
        f'src="{source}">',
        width="content",
    )
