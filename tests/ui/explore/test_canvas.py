"""What is shipped to the canvas, read back byte by byte, and what is made of its view."""

from __future__ import annotations

import dataclasses
import io
import json
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from tests.helpers.pages import Reader, assert_fetches_nothing
from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.saved.catalogue import read_catalogue
from vae_explorer.study.latent import linear_path, plane_axes
from vae_explorer.ui.explore.canvas.canvas import (
    Package,
    canvas_html,
    images_package,
    member_package,
)
from vae_explorer.ui.explore.share import interpolation_gif, traversal_gif
from vae_explorer.ui.explore.view import View


def population(latent: int, activations=("relu", "tanh")) -> Population:
    made = Population(
        Experiment(dataset="digits", activations=activations, hidden=(8,), latent=latent)
    )
    draw = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for value in made.parameters.values.values():
            value.copy_(torch.randn(value.shape, generator=draw))
    return made


def member(latent: int) -> Package:
    return member_package(population(latent, ("relu",)), load_dataset("digits"))


def arrays(package: Package, **types) -> tuple[dict, dict[str, np.ndarray]]:
    """The header and the arrays, as the browser finds them."""
    length = int.from_bytes(package.content[:4], "little")
    assert (4 + length) % 4 == 0
    header = json.loads(package.content[4 : 4 + length])
    body = package.content[4 + length :]
    assert header["name"] == package.name
    found = {}
    for name, (start, count) in header["places"].items():
        assert start % 4 == 0
        found[name] = np.frombuffer(body, types.get(name, "<f4"), count, start)
    return header, found


@pytest.mark.parametrize("latent", [1, 2, 5])
def test_a_member_is_shipped_with_its_codes_and_their_plane(latent):
    vae, dataset = population(latent, ("relu",)), load_dataset("digits")
    header, found = arrays(member_package(vae, dataset))
    mean, log_variance = vae.encode(dataset.pixels(dataset.test.images))
    np.testing.assert_array_equal(found["mean"], mean[0].numpy().ravel())
    np.testing.assert_array_equal(found["log_variance"], log_variance[0].numpy().ravel())
    axes = found["axes"].reshape(latent, 2)
    np.testing.assert_allclose(axes.T @ axes, np.diag([1, float(latent > 1)]), atol=1e-5)
    assert header["networks"]["floats"] == len(found["numbers"])
    assert (header["label"], header["latent"]) == ("ReLU", latent)


def test_a_member_says_what_it_reached():
    vae, dataset = population(2, ("relu",)), load_dataset("digits")
    result = read_catalogue().results("digits", 2)["relu"]
    header, _ = arrays(member_package(vae, dataset, result))
    assert header["loss"] == f"{result.test_loss:.1f}"
    assert header["reached"] == (
        f"Negative ELBO on test images: {result.test_loss:.1f} nats, of which reconstruction "
        f"{result.test_reconstruction:.1f} and KL {result.test_kl:.1f}; lower is better. It has "
        f"{sum(value[0].numel() for value in vae.parameters.values.values()):,} parameters."
    )
    header, _ = arrays(member_package(vae, dataset, dataclasses.replace(result, test_loss=None)))
    assert header["loss"] == ""
    assert header["reached"].startswith("Its negative ELBO on test images has no number. It has ")


def test_images_and_labels_are_shipped_as_they_are():
    dataset = load_dataset("digits")
    header, found = arrays(images_package(dataset), images=np.uint8, labels=np.uint8)
    np.testing.assert_array_equal(found["images"], dataset.test.images.ravel())
    np.testing.assert_array_equal(found["labels"], dataset.test.labels)
    assert header["levels"] == found["images"].max() == 16


def test_the_same_vae_is_the_same_package():
    assert member(2) == member(2)
    assert member(2).name != member(3).name


def test_the_page_of_a_canvas_escapes_its_title():
    page = canvas_html(images_package(load_dataset("digits")), [member(2)], View(), "<script>&")
    assert "<script>&" not in page


def test_the_page_of_a_canvas_fetches_nothing():
    page = Reader(canvas_html(images_package(load_dataset("digits")), [member(2)], View(), "A"))
    assert_fetches_nothing(page)


@dataclass
class Model:
    population: Population
    names = ("ReLU", "Tanh")
    colours = ("#ff0000", "#00ff00")
    image_shape = (8, 8)

    @property
    def dataset(self):
        return load_dataset("digits")

    def plane(self, k, codes):
        return plane_axes(codes)


def corners(gif: bytes, count: int) -> np.ndarray:
    """The first member's image in the first `count` frames, a pixel of each 21 × 21 block."""
    frames = ImageSequence.Iterator(Image.open(io.BytesIO(gif)))
    pixels = np.array([np.array(frame.convert("L")) for frame in frames])
    return pixels[:count, 22:180:21, 22:180:21]


@pytest.mark.parametrize("latent", [2, 5])
def test_the_gif_of_a_path_shows_what_is_decoded_between_the_pins(latent):
    vaes = population(latent)
    view = View(pins=(-1000, 500, 2000, -500), anchors=(), same="place", image=7)
    images = load_dataset("digits").test.images / np.float32(16)
    codes = vaes.encode(images)[0].numpy()[0]
    centre, axes = plane_axes(codes)
    base = codes[7] if latent > 2 else centre
    ends = [
        base + (np.array(pin, dtype=np.float32) - (base - centre) @ axes) @ axes.T
        for pin in ((-1, 0.5), (2, -0.5))
    ]
    path = linear_path(ends[0][None], ends[1][None], 17)[0]
    expected = vaes.decode(path.astype(np.float32)).numpy()[0].reshape(-1, 8, 8)
    shown = corners(interpolation_gif(Model(vaes), view), 17)
    assert np.abs(shown / 255 - expected).max() < 0.02


def test_the_gif_of_a_path_joins_the_images_that_a_vae_draws_at_its_pins():
    """Of which each other has its own code: here the first of what the second draws."""
    vaes, places = population(2), np.float32([[-1, 0.5], [2, -0.5]])
    view = View(pins=(-1000, 500, 2000, -500), anchors=(-3, -3), focus=1)
    images = vaes.decode(places).numpy()[1]
    ends = vaes.encode(images)[0].numpy()[0]
    path = linear_path(ends[:1], ends[1:], 17)[0]
    expected = vaes.decode(path.astype(np.float32)).numpy()[0].reshape(-1, 8, 8)
    shown = corners(interpolation_gif(Model(vaes), view), 17)
    assert np.abs(shown / 255 - expected).max() < 0.02


def test_the_gif_of_a_traversal_moves_along_the_dimension_that_varies_most():
    vaes = population(3)
    codes = vaes.encode(load_dataset("digits").test.images / np.float32(16))[0].numpy()[0]
    most, steps = codes.std(0).argmax(), np.tile(codes.mean(0), (33, 1))
    steps[:, most] += np.linspace(-3, 3, 33) * codes.std(0)[most]
    expected = vaes.decode(steps.astype(np.float32)).numpy()[0].reshape(-1, 8, 8)
    assert np.abs(corners(traversal_gif(Model(vaes)), 33) / 255 - expected).max() < 0.02
