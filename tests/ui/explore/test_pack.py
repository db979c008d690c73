"""What is packed for the browser, evaluated with a small interpreter in NumPy."""

from __future__ import annotations

import dataclasses
import json
from types import MappingProxyType

import numpy as np
import pytest
import torch

from tests.helpers.double_precision import in_double
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.initialisation import initialise
from vae_explorer.model.population import Population
from vae_explorer.training.trainer import Trainer
from vae_explorer.ui.explore.canvas.pack import pack

ALL = tuple(ACTIVATIONS)
LEARNED = {name for name in ALL if ACTIVATIONS[name].parameters}
STRAIGHT = ("relu", "leaky_relu", "prelu", "hardtanh", "relu6", "hardswish", "squared_relu")
PER_PIXEL = 1e-4
SHAPES = {
    "one hidden layer": {"hidden": (48,), "latent": 2},
    "two hidden layers, Gaussian": {"hidden": (48, 24), "latent": 2, "output": "gaussian"},
    "20 latents": {"hidden": (48, 24), "latent": 20},
}


class Packed:
    """A header and its numbers, evaluated as their description says."""

    def __init__(self, population: Population, images: np.ndarray):
        header, blob = pack(population, images)
        self.header = json.loads(json.dumps(header))
        self.blob = blob
        self.floats = np.frombuffer(blob, "<f4").astype(np.float64)

    def part(self, offset: int, *shape: int) -> np.ndarray:
        return self.floats[offset : offset + np.prod(shape)].reshape(shape)

    @np.errstate(over="ignore", invalid="ignore")
    def run(self, member: int, side: str, x: np.ndarray) -> np.ndarray:
        for layer in self.header["members"][member][side]:
            x = x @ self.part(layer["weight"], layer["in"], layer["out"])
            x = x + self.part(layer["bias"], layer["out"])
            if layer["table"]:
                x = self.look_up(layer["table"], x)
            x = x.astype(np.float32)
        return x

    def look_up(self, table: dict, x: np.ndarray) -> np.ndarray:
        cubics = self.cubics(table)
        unit = np.arange(x.shape[1]) if table["rows"] > 1 else 0
        edges = table["low"] + table["step"] * np.arange(1, table["cells"])
        cell = np.searchsorted(edges, x, side="right")
        t = (x - table["low"]) / table["step"] - cell
        return sum(cubics[unit, cell, power] * t**power for power in range(4))

    def cubics(self, table: dict) -> np.ndarray:
        return self.part(table["offset"], table["rows"], table["cells"], 4)

    def decode(self, member: int, latents: np.ndarray) -> np.ndarray:
        output = self.run(member, "decoder", latents)
        if self.header["output"] == "gaussian":
            return output.clip(0, 1)
        return torch.sigmoid(torch.tensor(output)).numpy()

    def tables(self, member: int, *sides: str) -> list[dict | None]:
        sides = sides or ("encoder", "decoder")
        return [layer["table"] for side in sides for layer in self.header["members"][member][side]]


@pytest.fixture(scope="module", params=SHAPES)
def trained(request, digits):
    """A population of all activations after some steps, its packed form and test images."""
    experiment = Experiment(
        dataset="digits", activations=ALL, learning_rate=0.01, epochs=4, **SHAPES[request.param]
    )
    trainer = Trainer(experiment, digits)
    while not trainer.finished:
        trainer.step()
    assert set(trainer.frozen) <= {ALL.index("exponential")}
    images = digits.pixels(digits.test.images)
    return trainer.population, Packed(trainer.population, images), images


@pytest.fixture(scope="module", params=["codes", "prior", "wide"])
def decoded(request, trained):
    """Latents (K, N, L), the population's pictures of them and which of the pixels are known."""
    population, _, images = trained
    codes = population.encode(images)[0].numpy()
    random = np.random.default_rng(1)
    if request.param == "prior":
        codes = random.normal(size=codes.shape).astype(np.float32)
    if request.param == "wide":
        codes = random.uniform(-6, 6, size=codes.shape).astype(np.float32)
    truth = population.decode(codes).numpy()
    # Exponentials of exponentials come to sums of which float32 holds no digit, or overflow: there
    # PyTorch's own pixels say nothing.
    known = np.abs(in_double(population).decode(codes).numpy() - truth) < PER_PIXEL / 2
    shares = known.mean((1, 2))
    shares[ALL.index("exponential")] += 0.9 if request.param == "wide" else 0
    assert shares.min() > 0.99
    return codes, truth, known


@pytest.fixture
def population():
    """Makes a population on digits that has been initialised and no more."""

    def make(**settings):
        made = Population(Experiment(**{"dataset": "digits", "hidden": (12,), **settings}))
        initialise(made)
        return made

    return make


@pytest.fixture
def images(digits):
    return digits.pixels(digits.test.images[:50])


@pytest.mark.parametrize("index", range(len(ALL)), ids=ALL)
def test_every_activation_encodes_as_the_population_does(trained, index):
    population, packed, images = trained
    truth = np.concatenate(population.encode(images), axis=2)[index]
    got = packed.run(index, "encoder", images)
    assert np.abs(got - truth).max() < PER_PIXEL * max(1, np.abs(truth).max())


@pytest.mark.parametrize("index", range(len(ALL)), ids=ALL)
def test_every_activation_decodes_as_the_population_does(trained, decoded, index):
    _, packed, _ = trained
    latents, truth, known = (part[index] for part in decoded)
    assert np.abs(packed.decode(index, latents) - truth)[known].max() < PER_PIXEL


def test_learned_parameters_had_left_their_start(trained):
    population, packed, _ = trained
    for index, name in enumerate(ALL):
        rows = {table["rows"] for table in packed.tables(index) if table}
        assert rows <= ({48, 24} if name in LEARNED else {1})
        for key, start in ACTIVATIONS[name].parameters.items():
            value = population.parameters.values[f"decoder.0.activation.{key}"][index]
            assert (value - start).abs().max() > 1e-3


def test_kinks_fall_between_cells(trained):
    _, packed, _ = trained
    for index in range(len(ALL)):
        for table in filter(None, packed.tables(index)):
            assert np.log2(table["step"]) % 1 == 0
            assert table["step"] <= 1
            assert (table["low"] / table["step"]) % 1 == 0


@pytest.mark.parametrize("name", STRAIGHT)
def test_what_is_made_of_lines_and_parabolas_is_exact_and_small(trained, name):
    _, packed, _ = trained
    for table in filter(None, packed.tables(ALL.index(name))):
        assert table["step"] == 1
        if name not in LEARNED:
            x = np.linspace(-8, 8, 1001)
            truth = ACTIVATIONS[name].function(torch.tensor(x)).numpy()
            np.testing.assert_allclose(packed.look_up(table, x[:, None])[:, 0], truth, atol=1e-6)


def test_neighbouring_cells_join(trained):
    _, packed, _ = trained
    for index in range(len(ALL)):
        for table in filter(None, packed.tables(index)):
            cubics = packed.cubics(table)
            ends, starts = cubics[:, :-1].sum(2), cubics[:, 1:, 0]
            usual = np.abs(starts) < 1e30  # the exponential overflows further on
            np.testing.assert_allclose(ends[usual], starts[usual], rtol=1e-5, atol=1e-5)


def test_offsets_fill_the_blob_without_gaps(trained):
    _, packed, _ = trained
    parts = []
    for member in packed.header["members"]:
        for layer in (*member["encoder"], *member["decoder"]):
            parts += [(layer["weight"], layer["in"] * layer["out"]), (layer["bias"], layer["out"])]
            if table := layer["table"]:
                parts.append((table["offset"], 4 * table["rows"] * table["cells"]))
    parts.sort()
    ends = [offset + size for offset, size in parts]
    assert [offset for offset, _ in parts] == [0, *ends[:-1]]
    assert ends[-1] == packed.header["floats"] == len(packed.blob) // 4
    assert np.isfinite(packed.floats).all()


def test_the_header_says_what_the_networks_are(trained):
    population, packed, _ = trained
    assert packed.header["output"] == population.experiment.output
    assert packed.header["latent"] == population.latent
    assert packed.header["imageSize"] == 64
    first = packed.header["members"][0]
    assert [layer["in"] for layer in first["encoder"]] == [64, *population.experiment.hidden]
    assert first["encoder"][-1]["out"] == 2 * population.latent
    assert [layer["out"] for layer in first["decoder"]] == [*population.experiment.hidden[::-1], 64]


@pytest.mark.parametrize("name", ["linear", "dropout", "average_pooling"])
def test_what_is_linear_needs_no_table(population, images, name):
    packed = Packed(population(activations=(name,)), images)
    assert packed.tables(0) == [None] * 4


def test_average_pooling_is_in_the_next_weights(population, images):
    made = population(activations=("average_pooling",))
    packed = Packed(made, images)
    weight = made.parameters.values["decoder.1.weight"][0].numpy()  # (12, 64)
    layer = packed.header["members"][0]["decoder"][1]
    # A unit inside hands a third to each neighbour; the outermost units average two.
    shares = np.zeros((12, 12))
    for unit in range(12):
        near = [n for n in (unit - 1, unit, unit + 1) if 0 <= n < 12]
        shares[near, unit] = 1 / len(near)
    np.testing.assert_allclose(packed.part(layer["weight"], 12, 64), shares @ weight, atol=1e-6)


def test_encoder_and_decoder_have_each_their_own_function(population, images, random):
    made = population(activations=("sine", "swish"), decoder_activations=("relu", "squared_relu"))
    packed = Packed(made, images)
    latents = random.normal(size=(20, 2))
    truth = made.decode(latents).numpy()
    codes = made.encode(images)[0].numpy()
    for index in range(4):
        np.testing.assert_allclose(packed.decode(index, latents), truth[index], atol=PER_PIXEL)
        got = packed.run(index, "encoder", images)[:, :2]
        np.testing.assert_allclose(got, codes[index], atol=PER_PIXEL)


@pytest.mark.parametrize(
    "shape", [{"hidden": (), "latent": 1}, {"hidden": (1,), "latent": 1}, {"decoder_hidden": ()}]
)
def test_the_smallest_networks(population, images, random, shape):
    made = population(activations=("tanh", "prelu", "average_pooling"), **shape)
    packed = Packed(made, images[:1])
    latents = random.normal(size=(5, made.latent))
    for index in range(3):
        truth = made.decode(latents)[index].numpy()
        np.testing.assert_allclose(packed.decode(index, latents), truth, atol=PER_PIXEL)


def test_beyond_its_ends_a_table_goes_straight_on(population, images):
    packed = Packed(population(activations=("softplus", "swish")), images)
    for index in range(2):
        for table in filter(None, packed.tables(index)):
            far = np.full((1, 12), 1e4)
            np.testing.assert_allclose(packed.look_up(table, far), 1e4, rtol=1e-2)
            np.testing.assert_allclose(packed.look_up(table, -far), 0, atol=200)


def test_weights_that_ran_away_still_pack(population, images):
    made = population(activations=("exponential", "squared_relu", "swish", "relu"))
    values = made.parameters.values
    values["decoder.0.weight"][0] *= 1e6
    values["decoder.0.weight"][1] *= 1e6
    values["encoder.0.weight"][2] = torch.nan
    values["decoder.0.weight"][2] = torch.inf
    values["encoder.0.weight"][3] *= 1e30
    packed = Packed(made, images)
    for index in range(4):
        for table in filter(None, packed.tables(index)):
            assert np.isfinite(packed.cubics(table)).all()
            assert packed.cubics(table).size <= 4 * 16_386


def test_a_new_activation_needs_no_word_about_the_browser(population, images, random, monkeypatch):
    wave = dataclasses.replace(
        ACTIVATIONS["sine"], name="sine", function=lambda x: torch.sin(3 * x) / (1 + x.square())
    )
    changed = MappingProxyType({**ACTIVATIONS, "sine": wave})
    monkeypatch.setattr("vae_explorer.ui.explore.canvas.pack.ACTIVATIONS", changed)
    monkeypatch.setattr("vae_explorer.model.layers.ACTIVATIONS", changed)
    made = population(activations=("sine",))
    latents = random.normal(size=(20, 2))
    truth = made.decode(latents)[0].numpy()
    np.testing.assert_allclose(Packed(made, images).decode(0, latents), truth, atol=PER_PIXEL)


def test_what_mixes_units_and_bends_is_refused(population, images, monkeypatch):
    softmax = dataclasses.replace(
        ACTIVATIONS["average_pooling"], function=lambda x: torch.softmax(x, dim=-1)
    )
    changed = MappingProxyType({**ACTIVATIONS, "average_pooling": softmax})
    monkeypatch.setattr("vae_explorer.ui.explore.canvas.pack.ACTIVATIONS", changed)
    monkeypatch.setattr("vae_explorer.model.layers.ACTIVATIONS", changed)
    made = population(activations=("average_pooling",))
    with pytest.raises(ValueError, match=r"^Average pooling mixes units and is not linear"):
        pack(made, images)
