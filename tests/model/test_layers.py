"""Layers over the member axis: one buffer, groups of members, dropout, derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from vae_explorer.experiment.architecture import Chain
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.layers import Activate, Dense, Layer
from vae_explorer.model.network import Network
from vae_explorer.model.parameters import Parameters
from vae_explorer.model.randomness import InitialDraws


def activate(activations, dropout, width=4):
    """A hidden layer's activations by themselves, with their initial parameters."""
    return bound(Activate("a", width, activations, dropout))[0]


def bound(layer):
    """The layer with its initial weights, and all parameters."""
    shapes = layer.declare()
    parameters = Parameters({"other": (1, 1, 1), **shapes})
    layer.bind(parameters)
    members = max((shape[0] for shape in shapes.values()), default=1)
    layer.initialise(InitialDraws([0] * members, [True] * members))
    return layer, parameters


# --- Parameters ---


def test_parameters_lie_in_one_buffer_without_overlap_each_aligned():
    parameters = Parameters({"a": (2, 3, 5), "b": (2, 1, 1), "c": (2, 1, 7)})
    for number, value in enumerate(parameters.values.values(), start=1):
        value.fill_(number)
        assert value.is_contiguous()
        assert value.data_ptr() % 64 == 0
    counts = [(parameters.flat == number).sum().item() for number in (1, 2, 3)]
    assert counts == [30, 2, 14]
    assert parameters.gradients["c"].data_ptr() != parameters.values["c"].data_ptr()


def test_views_of_another_buffer_have_the_same_layout():
    parameters = Parameters({"a": (2, 3, 5), "b": (2, 1, 7)})
    parameters.flat.copy_(torch.arange(len(parameters.flat)))
    views = parameters.views_of(parameters.flat.clone())
    assert {name: view.tolist() for name, view in views.items()} == {
        name: value.tolist() for name, value in parameters.values.items()
    }


@pytest.mark.parametrize("members", [1, 3])
def test_gradient_norms_are_euclidean_over_all_of_a_member(members, random):
    parameters = Parameters({"a": (members, 3, 5), "b": (members, 1, 7)})
    drawn = [random.normal(size=value.shape) for value in parameters.gradients.values()]
    for gradient, values in zip(parameters.gradients.values(), drawn):
        gradient.copy_(torch.from_numpy(values))
    rows = np.concatenate([values.reshape(members, -1) for values in drawn], axis=1)
    expected = np.linalg.norm(rows, axis=1)
    np.testing.assert_allclose(parameters.gradient_norms(), expected, rtol=1e-6)


def test_one_member_that_is_not_finite_spoils_no_other_norm():
    parameters = Parameters({"a": (3, 2, 2)})
    parameters.gradients["a"][1] = float("nan")
    parameters.gradients["a"][2] = 2.0
    norms = parameters.gradient_norms().tolist()
    assert (norms[0], norms[2]) == (0.0, 4.0)
    assert np.isnan(norms[1])


# --- Dense ---


def test_dense_is_a_linear_layer_for_each_member(random):
    dense, _ = bound(Dense("d", 3, 5, gains=[1.0, 1.0]))
    dense.weight.copy_(torch.from_numpy(random.normal(size=(2, 3, 5))))
    dense.bias.copy_(torch.from_numpy(random.normal(size=(2, 1, 5))))
    inputs = torch.from_numpy(random.normal(size=(2, 6, 3))).float()
    for member in range(2):
        linear = nn.Linear(3, 5)
        linear.weight.data, linear.bias.data = dense.weight[member].T, dense.bias[member, 0]
        torch.testing.assert_close(dense.forward(inputs)[member], linear(inputs[member]).detach())


# --- Activate ---


def test_members_keep_their_places_whatever_the_order_of_functions():
    names = ["tanh", "relu", "relu", "tanh", "prelu", "linear", "prelu"]
    layer = activate(names, [0.0] * 7)
    x = torch.linspace(-2, 2, 12).view(1, 3, 4).expand(7, -1, -1).clone()
    functions = {
        "tanh": torch.tanh,
        "relu": torch.relu,
        "prelu": nn.PReLU(init=0.25),
        "linear": nn.Identity(),
    }
    with torch.no_grad():
        for name, output, inputs in zip(names, layer.forward(x), x):
            torch.testing.assert_close(output, functions[name](inputs))


def test_a_unit_learns_in_its_own_member_alone():
    names = ["prelu", "prelu", "tanh", "prelu"]
    layer, parameters = bound(Activate("a", 3, names, [0.0] * 4))
    slopes = parameters.values["a.slope"]
    assert slopes[:, 0, 0].tolist() == [0.25, 0.25, 0.0, 0.25]
    layer.forward_for_backward(torch.full((4, 2, 3), -1.0), None)
    gradient = torch.zeros(4, 2, 3)
    gradient[3, :, 1] = 1.0
    layer.backward(gradient)
    expected = torch.zeros(4, 1, 3)
    expected[3, 0, 1] = -2.0  # x = -1 on both images
    torch.testing.assert_close(parameters.gradients["a.slope"], expected)


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("tanh", lambda x: 1 - np.tanh(x) ** 2),
        ("relu", lambda x: (x > 0) * 1.0),
        ("exponential", np.exp),
        ("sine", np.cos),
        ("prelu", lambda x: np.where(x > 0, 1, 0.25)),
        ("linear", np.ones_like),
    ],
)
def test_derivative_is_the_functions(name, slope, random):
    x = random.normal(size=(2, 5, 4)).astype(np.float32)
    layer = activate([name, name], [0.0, 0.0])
    np.testing.assert_allclose(
        layer.derivative(torch.from_numpy(x)), slope(x), rtol=1e-5, atol=1e-6
    )


def test_derivative_leaves_its_input_without_a_graph():
    x = torch.ones(1, 2, 4)
    activate(["tanh"], [0.0]).derivative(x)
    assert not x.requires_grad


# --- Dropout ---


def test_dropout_zeroes_the_share_and_scales_the_rest():
    layer = activate(["linear", "linear"], [0.25, 0.0], width=50)
    x = torch.ones(2, 400, 50)
    uniform = torch.rand(400, 50, generator=torch.Generator().manual_seed(0)).expand(2, -1, -1)
    dropped, whole = layer.forward_for_backward(x.clone(), uniform)
    assert torch.equal(whole, x[1])
    assert sorted(dropped.unique().tolist()) == pytest.approx([0, 4 / 3])
    # 20,000 draws: the share has a standard deviation of 0.003.
    assert (dropped == 0).float().mean().item() == pytest.approx(0.25, abs=0.015)
    layer.backward(torch.ones(2, 400, 50))
    gradients = layer.input_gradient()
    torch.testing.assert_close(gradients[0], dropped)  # a unit that was dropped learns nothing
    assert torch.equal(gradients[1], x[1])


def test_nothing_is_dropped_in_evaluation():
    layer = activate(["tanh"], [0.5])
    x = torch.ones(1, 3, 4)
    torch.testing.assert_close(layer.forward(x), torch.tanh(x))


def test_the_dropout_activation_brings_a_rate_that_a_members_own_replaces():
    uniform = torch.full((1, 1, 4), 0.3)
    kept = {
        rate: activate(["dropout"], [rate]).forward_for_backward(torch.ones(1, 1, 4), uniform)
        for rate in (0.0, 0.5)
    }
    assert kept[0.0].flatten().tolist() == pytest.approx([1.25] * 4)
    assert kept[0.5].flatten().tolist() == [0.0] * 4


# --- Network ---


def test_hidden_gives_what_forward_passes_through(random):
    recipes = Experiment(dataset="digits", activations=("tanh", "relu")).members
    network = Network(Chain("encoder", (6, 5, 4, 3), "heads"), recipes)
    parameters = Parameters(network.declare())
    network.bind(parameters)
    parameters.flat.copy_(torch.from_numpy(random.normal(size=len(parameters.flat))))
    inputs = torch.from_numpy(random.normal(size=(2, 7, 6))).float()
    dense = network.titled
    assert list(dense) == ["encoder 1", "encoder 2", "heads"]
    (*first, first_output), (*second, second_output) = network.hidden(inputs)
    assert [first[0], second[0]] == ["encoder 1", "encoder 2"]
    assert [first[1], second[1]] == network.activations
    torch.testing.assert_close(first[2], dense["encoder 1"].forward(inputs))
    torch.testing.assert_close(first_output[0], torch.tanh(first[2][0]))
    torch.testing.assert_close(second[2], dense["encoder 2"].forward(first_output))
    torch.testing.assert_close(second_output[1], torch.relu(second[2][1]))
    torch.testing.assert_close(dense["heads"].forward(second_output), network.forward(inputs))


class Twice(Layer):
    """A layer of another kind: the smallest that a network may hold."""

    name = "twice"

    def declare(self):
        return {"twice.scale": (2, 1, 1)}

    def bind(self, parameters):
        self.scale = parameters.values["twice.scale"]
        self.scale_gradient = parameters.gradients["twice.scale"]

    def initialise(self, draws):
        self.scale.fill_(2)

    def forward(self, inputs):
        return inputs * self.scale

    def forward_for_backward(self, inputs, uniform):
        self.inputs = inputs
        return inputs * self.scale

    def backward(self, gradient):
        self.gradient = gradient
        self.scale_gradient.copy_((gradient * self.inputs).sum((1, 2), keepdim=True))

    def input_gradient(self):
        return self.gradient * self.scale


def test_a_layer_of_another_kind_takes_part_like_any_other(random, double):
    recipes = Experiment(dataset="digits", activations=("tanh", "silu")).members
    network = Network(Chain("encoder", (6, 5, 3), "heads"), recipes)
    network.layers.insert(1, Twice())
    parameters = Parameters(network.declare())
    assert list(parameters.shapes) == [
        "encoder.0.weight",
        "encoder.0.bias",
        "twice.scale",
        "encoder.1.weight",
        "encoder.1.bias",
    ]
    network.bind(parameters)
    network.initialise(InitialDraws([0, 1], [False, False]))
    inputs = torch.from_numpy(random.normal(size=(2, 7, 6))).requires_grad_()
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.values.items()}
    scaled = leaves["twice.scale"] * (
        inputs @ leaves["encoder.0.weight"] + leaves["encoder.0.bias"]
    )
    hidden = torch.stack([scaled[0].tanh(), torch.nn.functional.silu(scaled[1])])
    outputs = hidden @ leaves["encoder.1.weight"] + leaves["encoder.1.bias"]
    gradient = torch.from_numpy(random.normal(size=(2, 7, 3)))
    outputs.backward(gradient)
    with torch.no_grad():
        trained = network.forward_for_backward(inputs.detach(), {})
        torch.testing.assert_close(network.forward(inputs), outputs)
        torch.testing.assert_close(trained, outputs)
        network.backward(gradient)
        for name, leaf in leaves.items():
            torch.testing.assert_close(parameters.gradients[name], leaf.grad)
        torch.testing.assert_close(network.input_gradient(), inputs.grad)
