"""Codes, projections and decoded images of a population, against plain PyTorch and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.distributions import Normal, kl_divergence

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import Population
from vae_explorer.study.codes import chunks, codes, decode
from vae_explorer.study.latent import principal_axes, spherical_path
from vae_explorer.study.layers import activation_study, layer_views
from vae_explorer.study.pictures import (
    interpolations,
    manifold,
    principal_projection,
    prior_samples,
)


@pytest.fixture
def make(randomise):
    """Makes a population of two members with random weights."""

    def population(latent=2, activations=("relu", "tanh"), **settings):
        shape = {"dataset": "digits", "hidden": (6, 5), "latent": latent}
        made = Population(Experiment(activations=activations, **{**shape, **settings}))
        randomise(made)
        return made

    return population


@pytest.fixture
def pixels(random):
    return random.random((23, 64), dtype=np.float32)


# --- Codes ---


@pytest.mark.parametrize("output", ["bernoulli", "gaussian"])
def test_codes_and_their_costs_are_a_plain_vaes_at_the_mean(make, plain_vae, pixels, output):
    population = make(3, output=output)
    found = codes(population, pixels)
    for k in range(2):
        plain, images = plain_vae(population, k), torch.from_numpy(pixels)
        with torch.no_grad():
            mean, log_variance = plain.encode(images)
            reconstruction, _ = plain.losses(images, torch.zeros(23, 3))
        posterior = Normal(mean, (0.5 * log_variance).exp())
        kl = kl_divergence(posterior, Normal(0.0, 1.0)).sum(1)
        np.testing.assert_allclose(found.mean[k], mean, atol=1e-5)
        np.testing.assert_allclose(found.log_variance[k], log_variance, atol=1e-5)
        np.testing.assert_allclose(found.reconstruction[k], reconstruction, rtol=1e-4)
        np.testing.assert_allclose(found.kl[k], kl, rtol=1e-4)


def test_a_seed_draws_one_noise_for_all_members(make, plain_vae, pixels):
    population = make()
    noise = np.random.default_rng(5).standard_normal((23, 2)).astype(np.float32)
    found = codes(population, pixels, seed=5)
    for k in range(2):
        with torch.no_grad():
            expected, _ = plain_vae(population, k).losses(
                torch.from_numpy(pixels), torch.from_numpy(noise)
            )
        np.testing.assert_allclose(found.reconstruction[k], expected, rtol=1e-4)
    np.testing.assert_array_equal(found.kl, codes(population, pixels).kl)


@pytest.mark.parametrize("seed", [None, 1])
def test_codes_do_not_depend_on_how_many_images_fit_at_once(make, pixels, monkeypatch, seed):
    population = make()
    whole = codes(population, pixels, seed)
    # 2 members of 88 outputs in all an image: four images at once.
    monkeypatch.setattr("vae_explorer.study.codes._MOST_OUTPUTS", 4 * 2 * 88)
    assert [len(chunk) for chunk in chunks(population, pixels)] == [4] * 5 + [3]
    for name, values in vars(codes(population, pixels, seed)).items():
        np.testing.assert_allclose(values, getattr(whole, name), rtol=1e-5, atol=1e-6)


def test_no_images_have_no_codes(make):
    found = codes(make(), np.zeros((0, 64), dtype=np.float32))
    assert (found.mean.shape, found.kl.shape) == ((2, 0, 2), (2, 0))


# --- Projections ---


@pytest.mark.parametrize("axes", [2, 3])
def test_principal_projection_is_scikit_learns_up_to_sign(random, axes):
    points = (random.normal(size=(200, 6)) * [5, 3, 2, 1, 0.5, 0.1] + 7).astype(np.float32)
    points = points @ np.linalg.qr(random.normal(size=(6, 6)))[0].astype(np.float32)
    reference = PCA(axes)
    expected = reference.fit_transform(points)
    found = principal_projection(points, axes)
    signs = np.sign((found.points * expected).sum(0))
    np.testing.assert_allclose(found.points, expected * signs, atol=1e-3)
    np.testing.assert_allclose(found.shares, reference.explained_variance_ratio_, rtol=1e-4)


def test_principal_projection_has_the_signs_of_the_principal_axes(random):
    points = random.normal(size=(50, 5)) * [3, 2, 1, 0.5, 0.2]
    centre, axes = principal_axes(points)
    np.testing.assert_allclose(
        principal_projection(points, 2).points, (points - centre) @ axes, atol=1e-5
    )


def test_there_are_no_more_axes_than_dimensions(random):
    found = principal_projection(random.normal(size=(50, 2)), 3)
    assert found.points.shape == (50, 2)
    assert found.shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_codes_without_a_spread_still_have_a_projection(bad):
    found = principal_projection(np.full((20, 4), bad, dtype=np.float32), 3)
    assert found.points.shape == (20, 3)
    assert found.shares.tolist() == [0, 0, 0]


# --- Decoded images ---


def test_samples_are_of_one_draw_for_all_members_times_the_temperature(make):
    population = make(4)
    z = np.random.default_rng(3).standard_normal((10, 4)).astype(np.float32)
    np.testing.assert_allclose(
        prior_samples(population, 10, 0.7, seed=3),
        population.decode(np.float32(0.7) * z),
        rtol=1e-4,
    )
    assert (prior_samples(population, 10, seed=3) != prior_samples(population, 10, seed=4)).any()


def test_samples_at_no_temperature_are_the_image_of_the_origin(make):
    population = make(3)
    origin = population.decode(np.zeros((1, 3), dtype=np.float32)).numpy()
    np.testing.assert_allclose(
        prior_samples(population, 5, 0.0), np.repeat(origin, 5, axis=1), rtol=1e-6
    )


@pytest.mark.parametrize("spacing", ["even", "quantiles"])
def test_corners_and_middle_of_the_manifold(make, spacing):
    population = make()
    grid = manifold(population, 5, 1.5, spacing)
    assert grid.shape == (2, 25, 64)
    places = np.float32([[-1.5, 1.5], [1.5, 1.5], [-1.5, -1.5], [1.5, -1.5], [0, 0]])
    np.testing.assert_allclose(
        grid[:, [0, 4, 20, 24, 12]], population.decode(places), rtol=1e-4, atol=1e-6
    )


def test_quantiles_cut_the_prior_into_equal_shares(make):
    population = make()
    normal = Normal(torch.tensor(0.0, dtype=torch.float64), 1.0)
    low, high = (float(normal.cdf(torch.tensor(z, dtype=torch.float64))) for z in (-2.0, 2.0))
    line = normal.icdf(torch.linspace(low, high, 7, dtype=torch.float64)).float()
    top = torch.stack([line, torch.full((7,), 2.0)], dim=1)
    np.testing.assert_allclose(
        manifold(population, 7, 2.0)[:, :7], population.decode(top), rtol=1e-4, atol=1e-6
    )


def test_manifold_of_many_dimensions_lies_in_each_members_plane(make, random):
    population = make(5)
    mean = random.normal(size=(2, 40, 5)) * [3, 2, 1, 0.5, 0.2] + 1
    grid = manifold(population, 3, 2.0, "even", mean)
    for k in range(2):
        reference = PCA(2).fit(mean[k])
        _, axes = principal_axes(mean[k])
        top_right = reference.mean_ + axes @ [2, 2]
        expected = population.decode(np.float32([reference.mean_, top_right]))[k]
        np.testing.assert_allclose(grid[k, [4, 2]], expected, rtol=1e-4, atol=1e-6)


def test_manifold_of_many_dimensions_needs_codes(make):
    with pytest.raises(ValueError, match="needs codes"):
        manifold(make(3), 3)


def test_manifold_of_a_member_that_diverged_leaves_the_other_alone(make, random):
    population = make(3)
    mean = random.normal(size=(2, 20, 3))
    alone = manifold(population, 3, mean=mean)[0]
    mean[1] = np.nan
    np.testing.assert_array_equal(manifold(population, 3, mean=mean)[0], alone)


def test_manifold_of_one_dimension_is_a_line(make):
    population = make(1)
    line = np.linspace(-2, 2, 9, dtype=np.float32)[:, None]
    np.testing.assert_allclose(
        manifold(population, 3, 2.0, "even"), population.decode(line), rtol=1e-5
    )


def test_an_unknown_spacing_is_refused(make):
    with pytest.raises(ValueError, match="quantiles, even"):
        manifold(make(), 3, spacing="odd")


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_interpolations_go_from_one_reconstruction_to_the_other(make, pixels, kind):
    population = make(3)
    found = interpolations(population, pixels[:2], 7, kind)
    ends = population.encode(pixels[:2])[0]
    assert found.shape == (2, 7, 64)
    np.testing.assert_allclose(found[:, [0, -1]], population.decode(ends), rtol=1e-4, atol=1e-6)
    middle = ends.mean(1, keepdim=True).numpy()
    if kind == "spherical":
        middle = spherical_path(ends[:, 0].numpy(), ends[:, 1].numpy(), 3)[:, 1:2]
    np.testing.assert_allclose(found[:, 3:4], decode(population, middle), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(lambda pixels: np.uint8(255 * pixels), "type uint8"), (lambda pixels: 2 + pixels, "A pixel")],
)
def test_images_that_are_no_pixels_are_refused(wrong, said, make, pixels):
    population = make()
    images, labels = wrong(pixels), np.zeros(len(pixels), np.uint8)
    for look in (
        lambda: codes(population, images),
        lambda: codes(population, images, seed=1),
        lambda: interpolations(population, images[:2], 3),
        lambda: activation_study(population, images, labels, 1),
        lambda: layer_views(population, torch.from_numpy(images)),
    ):
        with pytest.raises(ValueError, match=rf"{said}.*must be floats in \[0, 1\]"):
            look()
