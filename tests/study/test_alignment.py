"""Latent spaces that are the same but for a turn are found to be the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ortho_group

from vae_explorer.study.alignment import aligned, likeness, side_by_side


@pytest.fixture
def codes():
    return np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_a_turned_or_mirrored_copy_comes_back(codes, seed):
    turn = ortho_group.rvs(3, random_state=seed).astype(np.float32)
    np.testing.assert_allclose(aligned(codes @ turn, codes), codes, atol=1e-5)
    assert likeness(codes @ turn, codes) == pytest.approx(1, abs=1e-5)


def test_lengths_are_left_alone(codes):
    turned = aligned(np.random.default_rng(1).normal(size=(80, 3)), codes)
    original = np.random.default_rng(1).normal(size=(80, 3))
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(original, axis=1))


def test_no_other_turn_comes_closer(codes):
    noisy = codes @ ortho_group.rvs(3, random_state=1) + np.random.default_rng(2).normal(
        0, 0.3, codes.shape
    )
    best = np.square(aligned(noisy, codes) - codes).sum()
    for seed in range(200):
        turn = ortho_group.rvs(3, random_state=seed)
        assert np.square(noisy @ turn - codes).sum() >= best


def test_unrelated_codes_are_unlike(codes):
    other = np.random.default_rng(5).normal(size=codes.shape)
    assert likeness(other, codes) < 0.2
    assert np.isnan(likeness(np.zeros_like(codes), codes))
    assert np.isnan(likeness(np.full_like(codes, np.nan), codes))


def test_codes_that_are_not_finite_stay_as_they_are(codes):
    broken = np.full_like(codes, np.nan)
    assert aligned(broken, codes) is broken


@pytest.mark.parametrize("latent", [1, 2, 5])
def test_side_by_side_the_copies_lie_over_each_other_only_if_aligned(latent):
    rng = np.random.default_rng(0)
    mean = rng.normal(size=(60, latent)).astype(np.float32) * np.arange(1, latent + 1)
    mean = mean.astype(np.float32)
    turn = -np.eye(1) if latent == 1 else ortho_group.rvs(latent, random_state=3)
    copies = [mean, (mean @ turn).astype(np.float32)]
    log_variances = [np.zeros_like(mean)] * 2
    together, titles = side_by_side(copies, log_variances, align=True)
    np.testing.assert_allclose(together[1], together[0], atol=1e-4)
    assert len(titles) == 2
    if latent <= 2:  # principal axes are those of a turned copy as well, but for their signs
        apart, _ = side_by_side(copies, log_variances, align=False)
        assert np.abs(apart[1] - apart[0]).max() > 0.5


def test_sizes_may_differ():
    rng = np.random.default_rng(0)
    means = [rng.normal(size=(30, latent)).astype(np.float32) for latent in (2, 8, 8)]
    points, titles = side_by_side(means, means, align=True)
    assert points.shape == (3, 30, 2)
    assert titles == ("", "")  # axes of two kinds have no name in common
