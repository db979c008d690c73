"""The learning rate's share of each step against PyTorch's own schedule."""

from __future__ import annotations

import math

import pytest
import torch

from vae_explorer.training.optimiser import learning_rate_share


@pytest.mark.parametrize("steps", [2, 3, 4, 5, 7, 10, 11, 100, 1583])
def test_one_cycle_is_pytorchs_step_by_step(steps):
    highest = 3e-3
    optimiser = torch.optim.Adam([torch.zeros(1)])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=highest, total_steps=steps)
    for step in range(steps):
        share = learning_rate_share("one-cycle", step, steps)
        assert share * highest == pytest.approx(schedule.get_last_lr()[0], rel=1e-9, abs=1e-15)
        optimiser.step()
        if step + 1 < steps:
            schedule.step()


def test_a_single_step_is_taken_with_the_whole_rate():
    assert learning_rate_share("one-cycle", 0, 1) == 1


@pytest.mark.parametrize(
    ("steps", "angles"),  # along the cosine that falls from the whole rate, in half turns
    [(2, [2 / 7, 1]), (3, [1 / 21, 11 / 21, 1])],
)
def test_few_steps_fall_from_near_the_whole_rate(steps, angles):
    last = 1 / 250_000
    expected = [last + (1 - last) * (1 + math.cos(math.pi * angle)) / 2 for angle in angles]
    shares = [learning_rate_share("one-cycle", step, steps) for step in range(steps)]
    assert shares == pytest.approx(expected, rel=1e-12)
    assert shares[0] > 0.8


def test_one_cycle_climbs_to_the_whole_rate_and_ends_at_almost_none():
    shares = [learning_rate_share("one-cycle", step, 1000) for step in range(1000)]
    assert shares[0] == pytest.approx(1 / 25)
    assert max(shares) == shares[299] == 1
    assert shares[-1] == pytest.approx(1 / 250_000)
    assert shares[:300] == sorted(shares[:300])
    assert shares[299:] == sorted(shares[299:], reverse=True)


def test_constant_is_constant():
    assert {learning_rate_share("constant", step, 50) for step in range(50)} == {1.0}
