"""A leaderboard's rows say what the statistics say, in numbers and in words."""

import json

import numpy as np
import pytest

from tests.helpers.races import standing
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.statistics import Difference, Family, interval
from vae_explorer.explain.verdicts import verdict
from vae_explorer.figures.leaderboard import leaderboard_rows, scale_of
from vae_explorer.figures.style import activation_style

ARMS = arms_of(Experiment(activations=("relu", "tanh", "silu", "sine"), seeds=5))
BASE = np.array([100.3, 99.1, 101.2, 100.6, 98.9])
VALUES = np.stack(
    [
        BASE,
        BASE + np.array([0.5, -0.6, 0.3, -0.4, 0.1]),
        BASE - np.array([5.1, 4.9, 5.0, 5.2, 4.8]),
        BASE + np.array([9, 9.2, 8.9, 9.1, 9]),
    ]
)


def difference(mean: float, adjusted: float, count: int = 5) -> Difference:
    """Its interval leaves 0 out where the corrected p is below 0.05."""
    half = abs(mean) * (0.5 if adjusted < 0.05 else 1.5)
    return Difference(mean, mean - half, mean + half, count, adjusted, adjusted)


def test_rows_are_sorted_and_hold_the_numbers():
    rows = leaderboard_rows(standing(ARMS, VALUES))
    assert [row["label"] for row in rows] == ["SiLU", "Tanh", "ReLU", "Sine"]
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    found, compared = interval(VALUES[2]), Family(VALUES).difference(2, 0)
    best = rows[0]
    assert (best["mean"], best["low"], best["high"]) == (found.mean, found.low, found.high)
    assert best["text"] == f"{found.mean:.2f} ± {found.half:.2f}"
    assert best["difference_mean"] == compared.mean
    assert best["difference_text"] == f"−5.00 ± {compared.half:.2f}"
    assert best["style"]["colour"] == activation_style("silu").colour
    assert [row["verdict"] for row in rows] == [
        "clearly better",
        "too uneven to tell",
        "reference",
        "clearly worse",
    ]
    assert [row["is_reference"] for row in rows] == [False, False, True, False]
    assert rows[2]["difference_text"] == ""


def test_learning_rates_of_their_own_stand_beside_their_arms():
    rows = leaderboard_rows(standing(ARMS, VALUES), rates=(0.01, 0.0003, 0.1, 3.0))
    assert [row["rate"] for row in rows] == ["0.1", "0.0003", "0.01", "3"]
    assert {row["rate"] for row in leaderboard_rows(standing(ARMS, VALUES))} == {""}


def test_more_may_be_better():
    rows = leaderboard_rows(standing(ARMS, VALUES, 1))
    assert rows[0]["label"] == "Sine"
    assert rows[0]["verdict"] == "clearly better"
    assert rows[-1]["verdict"] == "clearly worse"


def test_where_nothing_is_better_nobody_has_a_rank():
    rows = leaderboard_rows(standing(ARMS, VALUES, 0))
    assert {row["rank"] for row in rows} == {None}
    assert rows[0]["verdict"] == "clearly higher"
    assert rows[-1]["verdict"] == "clearly lower"


def test_one_seed_is_an_example():
    rows = leaderboard_rows(standing(ARMS, VALUES[:, :1]))
    assert {row["verdict"] for row in rows} == {"reference", "one seed: an example"}
    assert [row["key"] for row in rows] == [arm.key for arm in ARMS]  # nobody is put first
    assert {row["rank"] for row in rows} == {None}
    assert all(row["low"] is None and "±" not in row["text"] for row in rows)


def test_an_arm_with_seeds_that_diverged_is_last_without_a_rank():
    values = VALUES.copy()
    values[2, :2] = np.nan
    rows = leaderboard_rows(standing(ARMS, values, diverged=[0, 0, 2, 0]))
    assert rows[-1]["label"] == "SiLU"
    assert rows[-1]["rank"] is None
    assert rows[-1]["verdict"] == "2 of 5 seeds diverged"
    assert rows[0]["rank"] == 1


def test_rows_without_values_are_json():
    values = np.full((4, 5), np.nan)
    rows = leaderboard_rows(standing(ARMS, values, diverged=[0, 5, 0, 0]))
    json.dumps(rows, allow_nan=False)
    assert rows[-1]["verdict"] == "all 5 seeds diverged"
    assert {row["text"] for row in rows} == {"–"}
    assert scale_of(rows) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("found", "better", "seeds", "diverged", "words"),
    [
        (None, -1, 5, 0, "reference"),
        (None, -1, 5, 1, "1 of 5 seeds diverged"),
        (difference(2, 0.01), -1, 5, 0, "clearly worse"),
        (difference(2, 0.01), 1, 5, 0, "clearly better"),
        (difference(2, 0.06), 1, 5, 0, "no clear difference"),
        (difference(2, 1, 1), -1, 1, 0, "one seed: an example"),
        (difference(2, 1, 1), -1, 5, 0, "one pair of seeds: an example"),
        (difference(np.nan, 1, 0), -1, 5, 0, "no value"),
        (difference(np.nan, 1, 0), -1, 1, 1, "diverged"),
    ],
)
def test_verdicts(found, better, seeds, diverged, words):
    assert verdict(found, better, seeds, diverged).words == words


def test_nothing_is_clear_against_the_lucky_seeds_of_a_reference_that_diverged():
    assert verdict(difference(2, 0.01), -1, 5, 0, 2).words == "reference diverged"
    assert verdict(difference(2, 0.01), -1, 5, 1, 2).words == "1 of 5 seeds diverged"
    assert verdict(None, -1, 5, 2, 2).words == "2 of 5 seeds diverged"
    rows = leaderboard_rows(standing(ARMS, VALUES, diverged=[1, 0, 0, 0]))
    assert {row["kind"] for row in rows} == {"lost", "unclear"}


def test_the_scale_holds_all_intervals_but_those_of_arms_far_away():
    rows = leaderboard_rows(standing(ARMS, VALUES))
    low, high = scale_of(rows)
    assert low < min(row["low"] for row in rows)
    assert high > max(row["high"] for row in rows)
    far = VALUES.copy()
    far[3] += 5000
    low, high = scale_of(leaderboard_rows(standing(ARMS, far)))
    assert high < 200
    same = leaderboard_rows(standing(ARMS, np.full((4, 1), 7.0)))
    low, high = scale_of(same)
    assert low < 7 < high
