"""network.js in a real browser against PyTorch: every activation of the registry."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page

import vae_explorer
from tests.helpers.double_precision import in_double
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import load_dataset
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.initialisation import initialise
from vae_explorer.model.population import Population
from vae_explorer.training.trainer import Trainer
from vae_explorer.ui.explore.canvas.pack import pack

ALL = tuple(ACTIVATIONS)
SCRIPT = Path(vae_explorer.__file__).parent / "ui" / "explore" / "canvas" / "network.js"
TOLERANCE = 1e-3  # per pixel, and for codes relative to the largest
IMAGES = 40
CASES = {  # any two of images, latents and output together
    "digits, 2 latents": {"dataset": "digits", "hidden": (64,), "latent": 2},
    "digits, 20 latents, Gaussian": {
        **{"dataset": "digits", "hidden": (48, 32), "latent": 20, "output": "gaussian"}
    },
    "MNIST, 2 latents, Gaussian": {
        **{"dataset": "mnist", "hidden": (96,), "latent": 2, "output": "gaussian"}
    },
    "MNIST, 20 latents": {"dataset": "mnist", "hidden": (96, 64), "latent": 20},
}

# Floats go to the page and come back as base64 of their bytes.
HELPERS = """
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);
const textOf = (lists) => {
  let text = "";
  for (const list of lists) {
    const bytes = new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
    for (const byte of bytes) text += String.fromCharCode(byte);
  }
  return btoa(text);
};
const rowsOf = (floats, width) => Array.from(
  { length: floats.length / width }, (_, row) => floats.subarray(row * width, (row + 1) * width),
);
"""
UNPACK = "([header, blob]) => { window.members = unpackNetworks(header, bytesOf(blob).buffer); }"
ENCODE = """([k, images, size]) => textOf(rowsOf(floatsOf(images), size).flatMap((pixels) => {
  const { mean, logVariance } = members[k].encode(pixels);
  return [mean.slice(), logVariance.slice()];
}))"""
DECODE = """([k, latents, size]) => textOf(
  rowsOf(floatsOf(latents), size).map((latent) => members[k].decode(latent).slice()),
)"""


LOST = """([k, images, latents, sizes]) => {
  const [pixels, codes] = [rowsOf(floatsOf(images), sizes[0]), rowsOf(floatsOf(latents), sizes[1])];
  return codes.map((latent, n) => members[k].lost(pixels[n], latent));
}"""


def text_of(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def floats_of(text: str, width: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, width)


@pytest.fixture(scope="module")
def page(browser) -> Iterator[Page]:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content("<!doctype html><title>Networks</title>")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    page.add_script_tag(content=HELPERS)
    yield page
    page.close()
    assert not errors, errors


class Truth:
    """What PyTorch makes of some images and latents, for all members."""

    def __init__(self, population: Population, images: np.ndarray):
        self.population, self.images = population, images
        self.codes = [part.numpy() for part in population.encode(images)]  # 2 of (K, N, L)
        random = np.random.default_rng(0)
        shape = self.codes[0].shape
        latents = {
            "codes": self.codes[0],
            "prior": random.normal(size=shape),
            "out to 6": random.uniform(-6, 6, size=shape),
        }
        self.latents = {where: values.astype(np.float32) for where, values in latents.items()}
        self.pixels = {where: population.decode(z).numpy() for where, z in self.latents.items()}
        # Exponentials of exponentials come to sums of which float32 holds no digit, or overflow:
        # there PyTorch's own pixels say nothing.
        double = in_double(population)
        self.known = {
            where: np.abs(double.decode(z).numpy() - self.pixels[where]) < TOLERANCE / 4
            for where, z in self.latents.items()
        }


@pytest.fixture(scope="module", params=CASES)
def truth(request, page) -> Truth:
    """All activations after a few real steps, unpacked in the page."""
    experiment = Experiment(
        **{"activations": ALL, "learning_rate": 0.01, "batch_size": 32}, **CASES[request.param]
    )
    dataset = load_dataset(experiment.dataset)
    trainer = Trainer(experiment, dataset)
    while trainer.step_number < 20:
        trainer.step()
    images = dataset.pixels(dataset.test.images[:500])
    header, blob = pack(trainer.population, images)
    page.evaluate(UNPACK, [header, base64.b64encode(blob).decode()])
    return Truth(trainer.population, images[:IMAGES])


@pytest.mark.parametrize("index", range(len(ALL)), ids=ALL)
def test_the_browser_encodes_as_pytorch_does(page, truth, index):
    text = page.evaluate(ENCODE, [index, text_of(truth.images), truth.images.shape[1]])
    heads = floats_of(text, 2 * truth.population.latent)
    for got, codes in zip(np.split(heads, 2, axis=1), truth.codes):
        assert np.abs(got - codes[index]).max() < TOLERANCE * max(1, np.abs(codes[index]).max())


@pytest.mark.parametrize("where", ["codes", "prior", "out to 6"])
@pytest.mark.parametrize("index", range(len(ALL)), ids=ALL)
def test_the_browser_decodes_as_pytorch_does(page, truth, index, where):
    latents, pixels = truth.latents[where][index], truth.pixels[where][index]
    text = page.evaluate(DECODE, [index, text_of(latents), latents.shape[1]])
    known = truth.known[where][index]
    assert known.mean() > (0.1 if ALL[index] == "exponential" and where == "out to 6" else 0.99)
    assert np.abs(floats_of(text, pixels.shape[1]) - pixels)[known].max() < TOLERANCE


@pytest.mark.parametrize("index", [ALL.index(name) for name in ("relu", "tanh", "prelu")])
def test_the_browser_finds_the_reconstruction_error_that_pytorch_finds(page, truth, index):
    codes, images = truth.codes[0][index], truth.images
    sizes = [images.shape[1], codes.shape[1]]
    lost = page.evaluate(LOST, [index, text_of(images), text_of(codes), sizes])
    population = truth.population
    output = population.decoder.forward(torch.from_numpy(truth.codes[0]))
    with torch.no_grad():
        expected = population.output.reconstruction(output, torch.from_numpy(images))[index]
    np.testing.assert_allclose(lost, expected, rtol=1e-3)


def test_the_numbers_may_lie_anywhere_in_a_buffer(page, digits):
    population = Population(Experiment(dataset="digits", activations=("swish",), hidden=(8,)))
    initialise(population)
    images = digits.pixels(digits.test.images[:20])
    header, blob = pack(population, images)
    codes = page.evaluate(
        """([header, moved, image]) => {
          const [member] = unpackNetworks(header, bytesOf(moved).buffer, 12);
          return Array.from(member.encode(floatsOf(image)).mean);
        }""",
        [header, base64.b64encode(bytes(12) + blob + bytes(5)).decode(), text_of(images[0])],
    )
    assert codes == pytest.approx(population.encode(images)[0][0, 0].tolist(), abs=TOLERANCE)


def test_what_is_returned_is_used_again_by_the_next_call(page, truth):
    population, images = truth.population, truth.images
    kept = page.evaluate(
        """([latent, image]) => {
          const [first, second] = members;
          const zeros = new Float32Array(latent), pixels = floatsOf(image);
          return [
            first.decode(zeros) === first.decode(zeros.map(() => 1)),
            first.encode(pixels).mean === first.encode(pixels).mean,
            first.decode(zeros).buffer !== second.decode(zeros).buffer,
          ];
        }""",
        [population.latent, text_of(images[0])],
    )
    assert kept == [True, True, True]
