"""What is told of hidden layers, against NumPy, autograd and cases made to order."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.results.snapshot import BIN_EDGES
from vae_explorer.study import layers
from vae_explorer.study.layers import (
    first_not_finite,
    gradient_norms,
    histogram,
    layer_views,
    named_dense,
    unit_shares,
)

NAMES = ["encoder 1", "encoder 2", "heads", "decoder 1", "decoder 2", "output"]


def population_of(*activations, **settings):
    shape = {"hidden": (5, 4), "latent": 3}
    return Population(
        Experiment(dataset="digits", activations=activations, **{**shape, **settings})
    )


def numpy_histogram(values):
    values = values[~np.isnan(values)]
    return np.histogram(values.clip(BIN_EDGES[0], BIN_EDGES[-1]), BIN_EDGES)[0]


# --- Histograms ---


def test_histograms_are_numpys_for_each_member(random):
    values = (3 * random.normal(size=(3, 200, 7))).astype(np.float32)
    counts = histogram(torch.from_numpy(values))
    assert counts.dtype == np.int32
    np.testing.assert_array_equal(counts, [numpy_histogram(member.ravel()) for member in values])


def test_values_on_the_edges_are_counted_as_numpy_counts_them():
    counts = histogram(torch.from_numpy(BIN_EDGES.copy()).view(1, -1, 1))
    np.testing.assert_array_equal(counts[0], numpy_histogram(BIN_EDGES))


def test_what_lies_beyond_is_in_the_end_bins_and_nan_nowhere():
    values = torch.tensor([-1e30, -float("inf"), -7.0, 0.01, 6.5, float("inf"), float("nan")])
    counts = histogram(values.view(1, -1, 1))[0]
    assert (counts[0], counts[48], counts[-1], counts.sum()) == (3, 1, 2, 6)


def test_a_large_population_is_sampled_evenly_not_cut(monkeypatch, random):
    population = population_of("relu", "tanh", hidden=(4,))
    population.parameters.flat.normal_(generator=torch.Generator().manual_seed(0))
    images = torch.from_numpy(random.random((60, 64), dtype=np.float32))
    whole = layer_views(population, images)[0]
    monkeypatch.setattr(layers, "_MOST_VALUES", 2 * 20 * 4)
    sampled = layer_views(population, images)[0]
    pre_activation = population.encoder.hidden(images.expand(2, -1, -1))[0][2].numpy()
    expected = [numpy_histogram(member[::3].ravel()) for member in pre_activation]
    np.testing.assert_array_equal(sampled.pre_activation, expected)
    np.testing.assert_array_equal(sampled.dead, whole.dead)  # of all images, as before


# --- Layers ---


def test_a_view_shows_what_a_plain_vae_computes(plain_vae, randomise, random):
    population = population_of("tanh", "relu", output="gaussian")
    randomise(population)
    images = torch.from_numpy(random.random((50, 64), dtype=np.float32))
    views = layer_views(population, images)
    assert [view.name for view in views] == ["encoder 1", "encoder 2", "decoder 1", "decoder 2"]
    for member, function in enumerate((torch.tanh, torch.relu)):
        plain = plain_vae(population, member)
        expected = []
        with torch.no_grad():
            mean, _ = plain.encode(images)
            for chain, outputs in ((plain.encoder, images), (plain.decoder, mean)):
                for linear in chain.linears[:-1]:
                    pre_activations = linear(outputs)
                    outputs = function(pre_activations)
                    expected.append((pre_activations, outputs))
        for view, parts in zip(views, expected, strict=True):
            for counts, values in zip((view.pre_activation, view.output), parts):
                assert counts[member].sum() == values.numel()
                # A value within rounding of an edge may fall on either side of it.
                moved = np.abs(counts[member] - numpy_histogram(values.numpy().ravel())).sum()
                assert moved <= 4


def test_dead_and_saturated_units_are_counted_each_as_what_they_are():
    """One hidden layer of four units: ± a scale where its pixel, of the first four, is 1 or 0."""
    names = ("relu", "tanh", "sigmoid", "linear")
    population = population_of(*names, hidden=(4,), latent=1)
    named = population.parameters.values
    images = torch.zeros(100, 64)
    images[:, 0] = 1  # always on
    images[:, 1] = 0  # always off: dead for ReLU
    images[96:, 2] = 1  # off on 96 of 100 images: saturated for ReLU, and not dead
    images[94:, 3] = 1  # off on 94 of 100: neither
    for member, scale in enumerate((1.0, 4.0, 50.0, 50.0)):
        named["encoder.0.weight"][member, :4, :4] = 2 * scale * torch.eye(4)
        named["encoder.0.bias"][member] = -scale
    view = layer_views(population, images)[0]
    # ReLU: one dead, one flat on 96 % of the images.
    assert (view.dead[0], view.saturated[0]) == (0.25, 0.25)
    # tanh'(4) is 0.0013: flat everywhere, and yet not dead.
    assert (view.dead[1], view.saturated[1]) == (0.0, 1.0)
    # A sigmoid at 50 has a slope of 1e-22: dead everywhere.
    assert (view.dead[2], view.saturated[2]) == (1.0, 0.0)
    assert (view.dead[3], view.saturated[3]) == (0.0, 0.0)


def test_units_are_watched_as_training_has_them():
    """On all images, chunk by chunk, and in the decoder on a z that is drawn."""
    population = population_of("relu", "leaky_relu", "tanh", hidden=(4,), latent=1)
    named = population.parameters.values
    images = np.zeros((100, 64), dtype=np.float32)
    images[:, 0] = 1  # always on: linear for ReLU
    images[:, 1] = 0  # always off: dead for ReLU
    images[96:, 2] = 1
    images[:50, 3] = 1
    named["encoder.0.weight"][:, :4, :4] = 2 * torch.eye(4)
    named["encoder.0.bias"][:] = -1
    # Every mean is 0 and every deviation 1; units of the decoder turn at 0, −9, 0.5 and 9.
    named["decoder.0.weight"][:] = 1
    named["decoder.0.bias"][:] = torch.tensor([0.0, 9.0, -0.5, -9.0])
    encoder, decoder = unit_shares(population, images, seed=3)
    assert [encoder.name, decoder.name] == ["encoder 1", "decoder 1"]
    assert encoder.dead.tolist() == [0.25, 0, 0]
    assert encoder.saturated.tolist() == [0.25, 0.5, 0]  # LeakyReLU is flat below 0, not dead
    assert encoder.one_sided.tolist() == [0.5, 0.5, 0.5]
    assert decoder.dead.tolist() == [0.25, 0, 0]
    assert decoder.one_sided.tolist() == [0.5, 0.5, 0.5]
    # By the means alone, all of them 0, more of them would be dead.
    at_means = layer_views(population, torch.from_numpy(images))[1]
    assert at_means.dead.tolist() == [0.75, 0, 0.5]


def test_units_are_the_same_in_whatever_chunks(monkeypatch, random):
    population = population_of("relu", "silu")
    population.parameters.flat.normal_(generator=torch.Generator().manual_seed(0))
    images = random.random((50, 64), dtype=np.float32)
    together = unit_shares(population, images, seed=0)
    monkeypatch.setattr("vae_explorer.study.codes._MOST_OUTPUTS", 1)
    for one, other in zip(together, unit_shares(population, images, seed=0)):
        for what in ("dead", "saturated", "one_sided"):
            np.testing.assert_array_equal(getattr(one, what), getattr(other, what))
    with pytest.raises(ValueError, match="The pixels are of type uint8"):
        unit_shares(population, np.zeros((2, 64), np.uint8), seed=0)


def test_a_member_that_is_not_finite_leaves_the_others_views_alone(random):
    population = population_of("relu", "exponential")
    population.parameters.flat.normal_(generator=torch.Generator().manual_seed(0))
    images = torch.from_numpy(random.random((20, 64), dtype=np.float32))
    before = layer_views(population, images)
    population.parameters.values["encoder.0.bias"][1] = float("nan")
    for old, new in zip(before, layer_views(population, images)):
        np.testing.assert_array_equal(old.output[0], new.output[0])
        assert new.output[1].sum() == 0
        assert np.isfinite(new.dead).all()


def test_without_hidden_layers_there_is_nothing_to_view():
    assert layer_views(population_of("relu", hidden=()), torch.zeros(5, 64)) == ()


# --- Gradients ---


def test_gradient_norms_are_autograds(plain_vae, randomise, random):
    population = population_of("tanh", "swish", decoder_hidden=(6,))
    randomise(population)
    images = torch.from_numpy(random.random((2, 10, 64), dtype=np.float32))
    noise = torch.from_numpy(random.normal(size=(2, 10, 3)).astype(np.float32))
    population.backward(images, noise, torch.ones(2, 1, 1))
    names, norms = gradient_norms(population)
    assert list(names) == [*NAMES[:4], "output"]
    for member in range(2):
        plain = plain_vae(population, member)
        plain.loss(images[member], noise[member]).backward()
        linears = [*plain.encoder.linears, *plain.decoder.linears]
        expected = [linear.weight.grad.norm().item() for linear in linears]
        assert norms[member].tolist() == pytest.approx(expected, rel=1e-4)


def test_every_dense_layer_has_a_name():
    assert list(named_dense(population_of("relu"))) == NAMES
    assert list(named_dense(population_of("relu", hidden=()))) == [
        "heads",
        "output",
    ]


# --- Where it stopped being finite ---


def step(population):
    """A backward pass on white images."""
    members = len(population)
    images = torch.ones(members, 3, 64)
    noise = torch.ones(members, 3, population.latent)
    return population.backward(images, noise, torch.ones(members, 1, 1))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_the_layer_whose_output_overflows_is_named(name, output, randomise):
    population = population_of("linear", seeds=2, output=output)
    randomise(population)
    named_dense(population)[name].bias[1] = float("inf")
    step(population)
    assert first_not_finite(population, 1) == name


@pytest.mark.parametrize("name", NAMES)
def test_the_layer_with_a_weight_that_is_not_a_number_is_named(name, randomise):
    population = population_of("tanh", seeds=2, output="gaussian")
    randomise(population)
    named_dense(population)[name].weight[1] = float("nan")
    step(population)
    assert first_not_finite(population, 1) == name


def test_a_kl_that_overflows_is_that_of_its_head(randomise):
    population = population_of("relu", seeds=2)
    randomise(population)
    # exp(100 / 2) is finite in float32 and exp(100) is not: decoding goes well, the KL does not.
    # That the decoder's gradients are so large that their norms overflow is not where it began.
    named_dense(population)["heads"].bias[1, 0, population.latent :] = 100.0
    reconstruction, kl = step(population)
    assert reconstruction.isfinite().all()
    assert kl.isfinite().tolist() == [True, False]
    assert named_dense(population)["decoder 1"].weight_gradient.isfinite().all()
    assert not gradient_norms(population)[1][1, NAMES.index("decoder 1")] < np.inf
    assert first_not_finite(population, 1) == "heads"


def test_a_gradient_that_overflows_on_its_way_back_is_where_it_does(randomise):
    population = population_of("exponential", seeds=2, hidden=(3,), decoder_hidden=())
    randomise(population)
    # Hidden outputs are e^80, heads about 16: all is finite on the way there. On the way back the
    # head's weights get e^80 times a gradient of 10^13, and the encoder's 10^-34 of that.
    layers = named_dense(population)
    layers["encoder 1"].weight[1] = 0
    layers["encoder 1"].bias[1] = 80.0
    layers["heads"].weight[1] = 1e-34
    layers["output"].weight[1] = 1e12
    step(population)
    finite = {
        name: bool(dense.weight_gradient[1].isfinite().all())
        for name, dense in named_dense(population).items()
    }
    assert finite == {"encoder 1": True, "heads": False, "output": True}
    assert first_not_finite(population, 1) == "heads"


def test_gradients_whose_squares_overflow_are_named_as_well(randomise):
    population = population_of("linear", seeds=2)
    randomise(population)
    step(population)
    named_dense(population)["decoder 1"].weight_gradient[1, 0, 0] = 1e25
    assert not population.parameters.gradient_norms()[1].isfinite()
    assert first_not_finite(population, 1) == "decoder 1"
