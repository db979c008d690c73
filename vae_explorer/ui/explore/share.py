"""Share and take away: link, QR code, GIFs, runs, code, and talks of saved views."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from vae_explorer.figures.gif import gif
from vae_explorer.figures.inline import svg_url
from vae_explorer.figures.page import file_name
from vae_explorer.figures.qr import qr_svg
from vae_explorer.standalone.keras import keras_script
from vae_explorer.standalone.pytorch import pytorch_script
from vae_explorer.study.codes import decode
from vae_explorer.study.latent import on_plane, path_along
from vae_explorer.ui.explore import presenter
from vae_explorer.ui.explore.canvas.canvas import canvas_html
from vae_explorer.ui.explore.copy_link import copy_link
from vae_explorer.ui.explore.model import LoadedModel
from vae_explorer.ui.explore.shown import Shown, images_shown
from vae_explorer.ui.explore.view import FIRST_IMAGE, FIRST_OWNED, FREE, THOUSAND, View
from vae_explorer.ui.shared.address import audience_problem, page_address
from vae_explorer.ui.shared.plain import plain

_OF_ALL = "The address holds all that you see, but for a drawing: whoever opens it sees the same."
_OF_THE_TAB = (
    "These VAEs are this browser tab's alone: elsewhere its address says that they are missing. "
    "Taken away as a page, the canvas works everywhere."
)
_GIF_STEPS = 16  # frames from pin to pin
_TRAVERSAL = np.linspace(-3, 3, 33)  # standard deviations
_SCRIPTS: dict[str, tuple[Callable[..., str], str]] = {
    "PyTorch": (pytorch_script, "vae_pytorch.py"),
    "Keras 3": (keras_script, "vae_keras.py"),
}


def share(model: LoadedModel, view: View, shown: Shown) -> None:
    """Draws the section."""
    st.markdown(_OF_THE_TAB if view.run else _OF_ALL)
    left, right = st.columns([4, 8], gap="large")
    with left:
        _link()
    with right:
        _downloads(model, view, shown)
        presenter.editor(view)
    _code(model, shown)


def _link() -> None:
    copy_link("copy_link")
    address = page_address()
    if address is None:
        return
    qr_code(address, 240)
    problem = audience_problem(address)
    if problem:
        st.caption(problem)


# --- Files ---


def _downloads(model: LoadedModel, view: View, shown: Shown) -> None:
    images = images_shown(shown.dataset.info.name, shown.dataset.image_set)
    with st.container(horizontal=True):
        title = f"{model.dataset.info.label}: " + ", ".join(model.names)
        st.download_button(
            "The canvas as a page",
            lambda: canvas_html(images, shown.packages, view, title),
            file_name(f"{view.dataset} {view.latent}", "html"),
            "text/html",
            icon=":material/html:",
            help="One file with the networks in it: it works anywhere, with no network.",
        )
        st.download_button(
            "Interpolation as GIF",
            lambda: interpolation_gif(model, view),
            file_name("interpolation", "gif"),
            "image/gif",
            icon=":material/animation:",
            disabled=len(view.pins) < 4,
            help="Through the pins on the plane, all activations side by side.",
        )
        st.download_button(
            "Traversal as GIF",
            lambda: traversal_gif(model),
            file_name("traversal", "gif"),
            "image/gif",
            icon=":material/swap_horiz:",
            help="Along the latent dimension that varies most, from −3 to 3 standard deviations.",
        )
        st.download_button(
            "Runs as zip",
            shown.runs,
            file_name(f"{view.dataset} {view.latent}", "zip"),
            "application/zip",
            icon=":material/folder_zip:",
            help="The saved runs that these VAEs come from: settings, results, curves, weights.",
        )


def interpolation_gif(model: LoadedModel, view: View) -> bytes:
    """The way through the pins, as the canvas plays it."""
    latents = [path_along(each, _GIF_STEPS, view.path) for each in pinned(model, view)]
    return _gif(model, np.stack(latents))


def pinned(model: LoadedModel, view: View) -> np.ndarray:
    """(K, P, L) every member's latents at the view's pins."""
    codes = _all_codes(model)
    latents = np.stack([_at_places(model, view, k, each) for k, each in enumerate(codes)])
    labels = model.dataset.test.labels
    for row, anchor in enumerate(view.pin_anchors):
        owner = FIRST_OWNED - anchor
        if 0 <= owner < len(codes):
            latents[:, row] = _same_image(model, owner, latents[owner, row])
        elif FIRST_IMAGE <= anchor < FIRST_IMAGE + len(labels):
            latents[:, row] = codes[:, anchor - FIRST_IMAGE]
        elif FREE < anchor < FIRST_IMAGE and (labels == anchor).any():
            latents[:, row] = codes[:, labels == anchor].mean(1)
    return latents


def _same_image(model: LoadedModel, owner: int, latent: np.ndarray) -> np.ndarray:
    """(K, L) the codes of what a member draws at a latent (L,); its own is that latent."""
    image = decode(model.population, latent[None])[owner]
    codes = model.population.encode(image)[0].numpy()[:, 0]
    codes[owner] = latent
    return codes


def _at_places(model: LoadedModel, view: View, k: int, codes: np.ndarray) -> np.ndarray:
    """Member k's latents (P, L) at the coordinates of pins, with its codes (N, L)."""
    centre, axes = model.plane(k, codes)
    base = centre.copy()
    if 0 <= view.image < len(codes) and model.population.latent > 2:
        base = codes[view.image].copy()
    if k == view.focus:
        for d, value in zip(view.slides[::2], view.slides[1::2]):
            if 0 <= d < len(base):
                base[d] = value / THOUSAND
    places = np.array(view.pins, dtype=np.float32).reshape(-1, 2) / THOUSAND
    return on_plane(places, base, centre, axes)


def traversal_gif(model: LoadedModel) -> bytes:
    """Each member's most active latent dimension, from the middle of its codes."""
    latents = []
    for codes in _all_codes(model):
        middle, deviation = codes.mean(0), codes.std(0)
        most = deviation.argmax()
        steps = np.tile(middle, (len(_TRAVERSAL), 1))
        steps[:, most] += _TRAVERSAL * deviation[most]
        latents.append(steps)
    return _gif(model, np.stack(latents))


def _all_codes(model: LoadedModel) -> np.ndarray:
    """(K, N, L) means of the whole test set, which the canvas's plane comes from."""
    images = model.dataset.pixels(model.dataset.test.images)
    return model.population.encode(images)[0].numpy()


def _gif(model: LoadedModel, latents: np.ndarray) -> bytes:
    """Of latents (K, T, L)."""
    pixels = decode(model.population, latents.astype(np.float32))  # (K, T, D)
    frames = np.rint(pixels.swapaxes(0, 1) * 255).astype(np.uint8)
    return gif(frames, model.image_shape, model.names, model.colours)


# --- Code ---


def _code(model: LoadedModel, shown: Shown) -> None:
    with st.expander("Show me the code", icon=":material/code:"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            member = st.selectbox(
                "Of",
                range(len(model.members)),
                format_func=lambda k: model.names[k],
                key="share.member",
                width=220,
            )
            library = st.segmented_control(
                "In", list(_SCRIPTS), default="PyTorch", required=True, key="share.library"
            )
            write, name = _SCRIPTS[library]
            script = write(shown.alone(member), model.members[member])
            st.download_button("Download", script, name, icon=":material/download:")
        st.caption("It defines, trains and samples exactly this VAE, without this app.")
        st.code(script, language="python", height=420)


def qr_code(text: str, width: int) -> None:
    """Shows the code `width` px wide, or the sentence that says why there is none."""
    try:
        source = svg_url(qr_svg(text))
    except ValueError as error:
        st.caption(plain(str(error)))
        return
    st.html(  # which takes images, but no SVG elements
        '<img alt="QR code of the address of this page" '
        f'style="display: block; width: {width}px; max-width: 100%" '
        f'src="{source}">'
    )
