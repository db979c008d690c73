"""What a population takes for images, latents and noise, and what it refuses with a sentence."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.helpers.small_experiment import experiment
from vae_explorer.model.initialisation import initialise
from vae_explorer.model.population import Population


def test_arrays_and_tensors_of_one_batch_or_one_a_member_are_the_same(random):
    population = Population(experiment(activations=("relu", "tanh")))
    initialise(population)
    images = random.random((4, 64), dtype=np.float32)
    images.flags.writeable = False
    expected = population.encode(torch.tensor(images))[0]
    assert expected.shape == (2, 4, 3)
    assert torch.equal(population.encode(images)[0], expected)
    assert torch.equal(population.encode(np.stack([images, images]))[0], expected)
    assert population.decode(np.zeros((1, 3))).shape == (2, 1, 64)


@pytest.mark.parametrize(
    "shape", [(64,), (5, 63), (1, 5, 64), (3, 5, 64), (2, 5, 3), (2, 1, 5, 64)]
)
def test_a_wrong_shape_is_answered_with_the_right_one(shape):
    population = Population(experiment(activations=("relu", "tanh")))
    with pytest.raises(ValueError, match=r"must be \(N, 64\) or \(2, N, 64\), with 64 pixels"):
        population.encode(np.zeros(shape, dtype=np.float32))


NOT_PIXELS = {
    "bytes": (np.full((2, 64), 255, np.uint8), "The pixels are of type uint8"),
    "whole numbers": (np.zeros((2, 64), np.int64), "The pixels are of type int64"),
    "truths": (np.zeros((2, 64), bool), "The pixels are of type bool"),
    "complex": (np.zeros((2, 64), complex), "The pixels are of type complex128"),
    "a tensor of bytes": (torch.zeros(2, 64, dtype=torch.uint8), "The pixels are of type uint8"),
    "0 to 255 as floats": (np.full((2, 64), 255, np.float32), "A pixel is 255"),
    "-1 to 1": (np.full((2, 64), -0.5), "A pixel is -0.5"),
    "a tensor beyond 1": (torch.full((2, 64), 1.5), "A pixel is 1.5"),
    "NaN among them": (np.array([[0.5] * 63 + [np.nan]], np.float32), "A pixel is nan"),
    "infinity": (np.full((2, 64), np.inf), "A pixel is inf"),
}


@pytest.mark.parametrize(("images", "wrong"), NOT_PIXELS.values(), ids=NOT_PIXELS)
def test_what_is_no_pixel_is_refused_with_what_it_may_be(images, wrong):
    population = Population(experiment(activations=("relu", "tanh")))
    may_be = rf"^{wrong}; (they|pixels) must be floats in \[0, 1\]"
    with pytest.raises(ValueError, match=may_be):
        population.encode(images)
    with pytest.raises(ValueError, match=may_be):
        population.losses(images, torch.zeros(2, len(images), 3))


@pytest.mark.parametrize(
    ("latents", "wrong"),
    [
        (np.zeros((2, 3), np.int64), "The latents are of type int64; they must be finite floats"),
        (np.full((2, 3), np.nan), "A latent is nan; it must be a finite number"),
        (torch.tensor([[0.0, -np.inf, 0.0]]), "A latent is -inf; it must be a finite number"),
        (np.zeros((2, 4)), r"must be \(N, 3\) or \(2, N, 3\), with 3 latent dimensions"),
    ],
)
def test_what_is_no_latent_is_refused_with_what_it_may_be(latents, wrong):
    population = Population(experiment(activations=("relu", "tanh")))
    with pytest.raises(ValueError, match=wrong):
        population.decode(latents)


@pytest.mark.parametrize(
    ("noise", "wrong"),
    [
        (torch.zeros(2, 1, 3, dtype=torch.int64), "The noise's numbers are of type int64"),
        (torch.full((2, 1, 3), np.nan), "A number of the noise is nan"),
        (torch.zeros(2, 1, 2), "with 3 latent dimensions"),
    ],
)
def test_what_is_no_noise_is_refused(noise, wrong):
    population = Population(experiment(activations=("relu", "tanh")))
    with pytest.raises(ValueError, match=wrong):
        population.losses(np.zeros((1, 64)), noise)


def test_codes_of_a_member_that_diverged_are_decoded_on_request(randomise):
    population = Population(experiment(activations=("relu", "tanh")))
    randomise(population)
    codes = np.zeros((2, 5, 3), np.float32)
    whole = population.decode(codes)
    codes[1] = np.nan
    images = population.decode(codes, diverged=True)
    assert torch.equal(images[0], whole[0])
    assert images[1].isnan().all()


def test_floats_of_any_size_are_pixels_and_no_images_are_none(random):
    population = Population(experiment(activations=("relu", "tanh")))
    initialise(population)
    images = random.integers(0, 17, (4, 64)) / 16  # exact in all of them
    expected = population.encode(images)[0]
    for kind in ("<f2", "<f4", ">f4", ">f8"):
        assert torch.equal(population.encode(images.astype(kind))[0], expected), kind
    assert population.encode(np.zeros((0, 64)))[0].shape == (2, 0, 3)
    assert population.decode(np.zeros((0, 3))).shape == (2, 0, 64)
