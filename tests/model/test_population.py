"""A population against plain torch.nn VAEs with the same weights, one a member."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.helpers.small_experiment import ALL, experiment
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.model.population import Population
from vae_explorer.training.optimiser import MemberwiseAdam

BATCH = 6
EXACT = {"rtol": 1e-9, "atol": 1e-11}  # in float64
SHAPES = {
    "one hidden layer": {"hidden": (5,)},
    "decoder deeper": {"hidden": (5,), "decoder_hidden": (3, 4, 6)},
    "encoder deeper": {"hidden": (6, 5, 4), "decoder_hidden": (3,)},
    "encoder alone has hidden layers": {"hidden": (4, 3), "decoder_hidden": ()},
    "decoder alone has hidden layers": {"hidden": (), "decoder_hidden": (4,)},
    "no hidden layers": {"hidden": (), "decoder_hidden": ()},
    "one latent": {"hidden": (4,), "latent": 1},
    "128 latents": {"hidden": (4,), "latent": 128},
    "layers of one unit": {"hidden": (1, 1), "latent": 1},
}


@pytest.fixture
def batch(random):
    """Images and noise of their own for every member, and numbers for dropout."""

    def draw(population, drops=False):
        members, size = len(population), population.image_size
        images = torch.tensor(random.random((members, BATCH, size)))
        noise = torch.tensor(random.normal(size=(members, BATCH, population.latent)))
        sides = {
            "encoder": population.experiment.hidden,
            "decoder": population.experiment.decoder_widths,
        }
        dtype = torch.get_default_dtype()
        uniforms = {
            f"{side}.{index}.activation": torch.tensor(random.random((members, BATCH, width))).to(
                dtype
            )
            for side, widths in sides.items()
            for index, width in enumerate(widths)
        }
        return images.to(dtype), noise.to(dtype), uniforms if drops else {}

    return draw


def assert_gradients_agree(population, member, plain):
    for name, gradient in plain.by_name(gradients=True).items():
        torch.testing.assert_close(
            population.parameters.gradients[name][member],
            gradient,
            **EXACT,
            msg=lambda text, name=name: f"{population.members[member]}, {name}: {text}",
        )


def assert_backward_agrees(population, plain_vae, batch, free_bits=0.0, drops=False):
    images, noise, uniforms = batch(population, drops)
    kl_weight = torch.linspace(0.5, 2, len(population)).view(-1, 1, 1)
    reconstruction, kl = population.backward(images, noise, kl_weight, free_bits, uniforms)
    for member, recipe in enumerate(population.members):
        plain = plain_vae(population, member)
        masks = []
        if drops:
            depth = len(population.experiment.hidden)
            sides = [recipe.encoder_activation] * depth
            sides += [recipe.decoder_activation] * len(population.experiment.decoder_widths)
            rates = [recipe.dropout or ACTIVATIONS[name].dropout for name in sides]
            masks = [(u[member] >= rate) / (1 - rate) for u, rate in zip(uniforms.values(), rates)]
        inputs = images[member], noise[member]
        plain.loss(*inputs, kl_weight[member].item(), free_bits, masks).backward()
        assert_gradients_agree(population, member, plain)
        parts = [part.sum(-1).mean() for part in plain.losses(*inputs, masks)[1:]]
        expected = [plain.losses(*inputs, masks)[0].mean(), *parts]
        torch.testing.assert_close([reconstruction[member], kl[member]], expected, **EXACT)


# --- One member against torch.nn, in float32 as the app computes ---


@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_one_member_encodes_decodes_and_loses_as_a_plain_vae(output, plain_vae, randomise, batch):
    population = Population(experiment(activations=("silu",), output=output))
    randomise(population)
    plain = plain_vae(population, 0)
    images, noise, _ = batch(population)
    with torch.no_grad():
        for ours, theirs in zip(population.encode(images), plain.encode(images[0])):
            torch.testing.assert_close(ours[0], theirs)
        torch.testing.assert_close(population.decode(noise)[0], plain.decode(noise[0]))
        reconstruction, kl, mean = population.losses(images, noise)
        expected = plain.losses(images[0], noise[0])
        torch.testing.assert_close(reconstruction[0], expected[0])
        torch.testing.assert_close(kl[0], expected[1].sum(-1))
        torch.testing.assert_close(mean[0], plain.encode(images[0])[0])


def test_decoded_images_are_brightness(randomise, batch):
    for output in ("bernoulli", "gaussian"):
        population = Population(experiment(activations=("linear",), output=output))
        randomise(population)
        _, noise, _ = batch(population)
        pixels = population.decode(100 * noise)
        assert pixels.min() >= 0
        assert pixels.max() <= 1


# --- Gradients, in float64 ---


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("drops", [False, True], ids=["", "dropout"])
@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_backward_is_autograds_for_every_activation(output, drops, plain_vae, randomise, batch):
    settings = {"dropout": 0.3} if drops else {}
    population = Population(experiment(activations=ALL, output=output, **settings))
    randomise(population)
    assert_backward_agrees(population, plain_vae, batch, drops=drops)


@pytest.mark.usefixtures("double")
def test_the_dropout_activation_drops_in_its_member_alone(plain_vae, randomise, batch):
    population = Population(experiment(activations=("relu", "dropout", "tanh")))
    randomise(population)
    assert_backward_agrees(population, plain_vae, batch, drops=True)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("members", [1, 3])
def test_backward_is_autograds_for_every_shape(shape, members, plain_vae, randomise, batch):
    names = ("snake", "prelu", "average_pooling")[:members]
    population = Population(experiment(activations=names, **shape))
    randomise(population)
    assert_backward_agrees(population, plain_vae, batch)


@pytest.mark.usefixtures("double")
def test_encoder_and_decoder_may_have_different_activations(plain_vae, randomise, batch):
    population = Population(
        experiment(
            activations=("relu", "swish"),
            decoder_activations=("tanh", "prelu", "swish"),
            seeds=2,
        )
    )
    assert len(population) == 12
    randomise(population)
    assert_backward_agrees(population, plain_vae, batch)


@pytest.mark.usefixtures("double")
def test_free_bits_are_those_of_the_loss_as_it_is_written(plain_vae, randomise, batch):
    population = Population(experiment(activations=("tanh", "relu")))
    randomise(population)
    images, noise, _ = batch(population)
    kl = plain_vae(population, 0).losses(images[0], noise[0])[1].mean(0)
    free_bits = kl.median().item() * 1.01  # some dimensions are below, some above
    assert_backward_agrees(population, plain_vae, batch, free_bits=free_bits)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_backward_is_the_slope_of_the_loss(output, randomise, batch):
    """Central differences of what evaluation computes, in every single weight."""
    population = Population(
        experiment(activations=("tanh", "snake"), hidden=(2,), latent=2, output=output)
    )
    randomise(population)
    images, noise, _ = batch(population)
    population.backward(images, noise, torch.ones(2, 1, 1))

    def loss():
        reconstruction, kl, _ = population.losses(images, noise)
        return (reconstruction + kl).mean(1).sum().item()

    flat, step = population.parameters.flat, 1e-5
    slopes = torch.zeros_like(flat)
    for index in range(len(flat)):
        before = flat[index].item()
        flat[index] = before + step
        above = loss()
        flat[index] = before - step
        slopes[index] = (above - loss()) / (2 * step)
        flat[index] = before
    gradient = population.parameters.flat_gradient
    torch.testing.assert_close(gradient, slopes, rtol=1e-5, atol=1e-6)
    assert gradient.count_nonzero() > 0.5 * len(flat)


# --- Steps of Adam ---


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("names", [("relu",), ("tanh", "prelu", "adaptive_mixture")])
def test_twenty_steps_lead_where_adam_leads_a_plain_vae(
    names, output, plain_vae, randomise, random
):
    population = Population(experiment(activations=names, output=output))
    randomise(population)
    plains = [plain_vae(population, member) for member in range(len(names))]
    optimisers = [torch.optim.Adam(plain.parameters(), lr=1e-2) for plain in plains]
    adam = MemberwiseAdam(population.parameters)
    for _ in range(20):
        images = torch.from_numpy(random.random((BATCH, 64)))
        noise = torch.from_numpy(random.normal(size=(BATCH, 3)))
        spread = [values.expand(len(names), -1, -1) for values in (images, noise)]
        population.backward(*spread, torch.ones(len(names), 1, 1))
        adam.step(1e-2)
        for plain, optimiser in zip(plains, optimisers):
            optimiser.zero_grad()
            plain.loss(images, noise).backward()
            optimiser.step()
    for member, plain in enumerate(plains):
        for name, value in plain.by_name().items():
            torch.testing.assert_close(
                population.parameters.values[name][member], value, rtol=1e-7, atol=1e-9
            )


# --- What a caller may pass ---


def test_the_parameters_are_counted_as_they_are():
    for settings in SHAPES.values():
        for output in ("bernoulli", "gaussian"):
            recipe = experiment(activations=("relu",), output=output, **settings)
            population = Population(recipe)
            counted = sum(value.numel() for value in population.parameters.values.values())
            assert counted - recipe.parameters_per_member == (output == "gaussian")


@pytest.mark.parametrize(
    "changes",
    [
        {"activations": ("relu", "prelu"), "decoder_activations": ("tanh", "snake"), "seeds": 2},
        {"activations": ("swish", "tanh"), "sweep": "beta", "sweep_values": (0.5, 2), "seed": 7},
        {"activations": ("relu",), "sweep": "dropout", "output": "gaussian"},
    ],
)
def test_a_member_alone_has_its_recipe_and_its_weights(changes, randomise, random):
    population = Population(experiment(**changes))
    randomise(population)
    images = random.random((5, population.image_size), dtype=np.float32)
    together = population.encode(images)[0]
    for member, recipe in enumerate(population.members):
        alone = population.alone(member)
        assert alone.members == (recipe,)
        torch.testing.assert_close(alone.encode(images)[0][0], together[member])
        latents = together[member]
        torch.testing.assert_close(alone.decode(latents)[0], population.decode(latents)[member])
        alone.parameters.flat.zero_()  # a copy: the population is as it was
    torch.testing.assert_close(population.encode(images)[0], together, rtol=0, atol=0)


@pytest.mark.parametrize("rows", [[2], [3, 0], [1, 2, 3, 0]])
def test_some_members_are_what_they_are_together(rows, randomise, random):
    population = Population(experiment(activations=("relu", "prelu"), seeds=2))
    randomise(population)
    images = random.random((5, population.image_size), dtype=np.float32)
    mean, log_variance = population.encode(images)
    some = population.some(rows)
    assert some.members == tuple(population.members[row] for row in rows)
    torch.testing.assert_close(some.encode(images)[0], mean[rows])
    torch.testing.assert_close(some.encode(images)[1], log_variance[rows])
    torch.testing.assert_close(
        some.some([0]).decode(mean[rows[0]])[0], population.decode(mean[rows[0]])[rows[0]]
    )
    some.parameters.flat.zero_()  # a copy
    torch.testing.assert_close(population.encode(images)[0], mean, rtol=0, atol=0)
