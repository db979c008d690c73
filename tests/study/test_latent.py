"""Paths and views of the latent space against geometry and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from vae_explorer.study.latent import (
    linear_path,
    on_plane,
    path_along,
    plane,
    plane_axes,
    principal_axes,
    spherical_path,
    turned_towards,
)

PATHS = [linear_path, spherical_path]


def vectors(random, count=5, size=8):
    return random.normal(size=(2, count, size)).astype(np.float32)


def angles(path):
    """Between neighbours of a path (S, L), in radians."""
    path = path.astype(np.float64)
    units = path / np.linalg.norm(path, axis=1, keepdims=True)
    return np.arccos((units[1:] * units[:-1]).sum(1).clip(-1, 1))


# --- Paths ---


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [1, 2, 128])
def test_a_path_leads_from_its_start_to_its_end(path, size, random):
    start, end = vectors(random, size=size)
    points = path(start, end, 7)
    assert points.shape == (5, 7, size)
    assert points.dtype == np.float32
    np.testing.assert_allclose(points[:, 0], start, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(points[:, -1], end, rtol=1e-5, atol=1e-6)


def test_the_straight_line_has_even_steps(random):
    start, end = vectors(random)
    steps = np.diff(linear_path(start, end, 11), axis=1)
    expected = np.broadcast_to((end - start)[:, None] / 10, steps.shape)
    np.testing.assert_allclose(steps, expected, atol=1e-6)


def test_the_great_circle_turns_evenly_and_its_length_changes_evenly(random):
    start, end = vectors(random)
    for path, a, b in zip(spherical_path(start, end, 11), start, end):
        whole = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
        np.testing.assert_allclose(angles(path), whole / 10, rtol=1e-3)
        lengths = np.linspace(np.linalg.norm(a), np.linalg.norm(b), 11)
        np.testing.assert_allclose(np.linalg.norm(path, axis=1), lengths, rtol=1e-5)


def test_the_great_circle_stays_in_the_plane_of_its_ends(random):
    start, end = vectors(random)
    for path, a, b in zip(spherical_path(start, end, 11), start, end):
        assert np.linalg.matrix_rank(np.vstack([path, a, b]), tol=1e-4) == 2


def test_a_quarter_of_the_unit_circle():
    (path,) = spherical_path(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 3)
    np.testing.assert_allclose(path, [[1, 0], [np.sqrt(0.5), np.sqrt(0.5)], [0, 1]], atol=1e-6)


@pytest.mark.parametrize("angle", [1e-2, 1e-3, 3e-4, 1e-4, 1e-5, 0.0])
def test_nearly_parallel_ends_are_joined_almost_straight(angle):
    start = np.array([[2.0, 0.0, 0.0]], dtype=np.float32)
    end = np.array([[3 * np.cos(angle), 3 * np.sin(angle), 0]], dtype=np.float32)
    path = spherical_path(start, end, 5)
    np.testing.assert_allclose(path, linear_path(start, end, 5), atol=angle + 1e-6)


@pytest.mark.parametrize(
    ("start", "end"),
    [([1, 2], [-2, -4]), ([1, 2], [3, 6]), ([0, 0], [1, 2]), ([1, 2], [0, 0]), ([0, 0], [0, 0])],
    ids=["opposite", "parallel", "from zero", "to zero", "zero"],
)
def test_ends_without_a_circle_between_them_still_have_a_path(start, end):
    start, end = np.array([start], dtype=np.float32), np.array([end], dtype=np.float32)
    path = spherical_path(start, end, 5)
    np.testing.assert_allclose(path, linear_path(start, end, 5), atol=1e-6)


@pytest.mark.parametrize("path", PATHS)
def test_each_member_has_a_path_of_its_own(path, random):
    start, end = vectors(random)
    start[2] = -2 * end[2]  # one without a great circle among others that have one
    together = path(start, end, 6)
    for index in range(5):
        alone = path(start[index : index + 1], end[index : index + 1], 6)
        np.testing.assert_allclose(together[index], alone[0], rtol=1e-6)


# --- Views ---


def test_principal_axes_are_scikit_learns_up_to_sign(random):
    points = random.normal(size=(200, 6)) * [5, 3, 1, 0.5, 0.1, 0] + 7
    points = points @ np.linalg.qr(random.normal(size=(6, 6)))[0]
    centre, axes = principal_axes(points)
    reference = PCA(2).fit(points)
    np.testing.assert_allclose(centre, reference.mean_)
    agreement = (axes.T * reference.components_).sum(1)
    np.testing.assert_allclose(np.abs(agreement), 1, rtol=1e-9)


def test_the_signs_of_axes_do_not_flip_as_points_move(random):
    points = random.normal(size=(200, 4)) * [5, 3, 1, 0.5]
    before = principal_axes(points)[1]
    after = principal_axes(points + 0.01 * random.normal(size=points.shape))[1]
    assert ((before * after).sum(0) > 0.99).all()
    assert (principal_axes(-points)[1] * before).sum(0) == pytest.approx([1, 1])


def test_two_dimensions_are_shown_as_they_are(random):
    mean = random.normal(size=(20, 2)).astype(np.float32)
    points, names = plane(mean, np.zeros_like(mean))
    np.testing.assert_array_equal(points, mean)
    assert names == ("z₁", "z₂")


def test_one_dimension_is_shown_with_its_standard_deviation(random):
    mean, deviation = random.normal(size=(20, 1)), random.uniform(0.1, 2, size=(20, 1))
    points, _ = plane(mean, np.log(deviation**2))
    np.testing.assert_allclose(points, np.hstack([mean, deviation]))


@pytest.mark.parametrize("mirrored", [False, True])
def test_axes_of_one_plane_are_turned_onto_those_of_before(random, mirrored):
    before, _ = np.linalg.qr(random.normal(size=(6, 2)))
    angle = 2.2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        turn = turn @ np.diag([1, -1])
    np.testing.assert_allclose(turned_towards(before @ turn, before), before, atol=1e-12)


def test_turned_axes_span_the_same_plane(random):
    axes, _ = np.linalg.qr(random.normal(size=(6, 2)))
    others, _ = np.linalg.qr(random.normal(size=(6, 2)))
    turned = turned_towards(axes, others)
    np.testing.assert_allclose(turned @ turned.T, axes @ axes.T, atol=1e-12)
    assert np.trace(turned.T @ others) >= np.trace(axes.T @ others)


def test_many_dimensions_are_shown_along_their_principal_axes(random):
    mean = random.normal(size=(50, 5)) * [3, 2, 1, 1, 1]
    points, _ = plane(mean, np.zeros_like(mean))
    expected = PCA(2).fit_transform(mean)
    np.testing.assert_allclose(np.abs(points), np.abs(expected), rtol=1e-9)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_codes_of_a_member_that_diverged_still_have_a_picture(size, bad):
    mean = np.full((20, size), bad, dtype=np.float32)
    points, names = plane(mean, mean)
    assert points.shape == (20, 2)
    assert len(names) == 2


def test_points_of_a_plane_come_back_as_they_went(random):
    codes = random.normal(size=(50, 6))
    centre, axes = plane_axes(codes)
    base, points = codes[3], random.normal(size=(7, 2))
    latents = on_plane(points, base, centre, axes)
    np.testing.assert_allclose((latents - centre) @ axes, points, atol=1e-12)
    across = latents - base  # nothing moves but in the plane
    np.testing.assert_allclose(across - across @ axes @ axes.T, 0, atol=1e-12)


def test_two_latents_are_their_own_plane(random):
    points = random.normal(size=(4, 2))
    centre, axes = plane_axes(points)
    np.testing.assert_allclose(on_plane(points, centre, centre, axes), points)


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_a_path_goes_through_every_pin(random, kind):
    pins = random.normal(size=(4, 3))
    path = path_along(pins, 5, kind)
    assert path.shape == (16, 3)
    np.testing.assert_allclose(path[::5], pins, atol=1e-6)
    leg = {"linear": linear_path, "spherical": spherical_path}[kind]
    np.testing.assert_allclose(path[5:11], leg(pins[1:2], pins[2:3], 6)[0], atol=1e-6)
