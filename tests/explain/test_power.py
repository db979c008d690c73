"""What a race could find is said before it; and what is taken where nothing is clear."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.statistics import MAIN_ALPHA, Family, found_difference, paired_share
from vae_explorer.explain.verdicts import power


@pytest.mark.parametrize(("arms", "seeds"), [(2, 5), (6, 5), (6, 10), (12, 10)])
def test_a_difference_of_that_size_is_found_in_four_of_five_races(arms, seeds):
    rng = np.random.default_rng([arms, seeds])
    races, found = 600, 0
    for _ in range(races):
        values = rng.normal(0, 1, (arms, seeds)) + 3 * rng.normal(0, 1, seeds)
        values[0] -= found_difference(arms, seeds)
        found += Family(values, MAIN_ALPHA).difference(0, 1).clear
    assert 0.75 < found / races < 0.95


def test_it_is_said_where_there_is_something_to_find():
    settings = {"activations": ("relu", "tanh", "gelu")}
    assert power(Experiment(**settings, seeds=2)) == ""
    assert power(Experiment(activations=("relu",), seeds=5)) == ""
    said = power(Experiment(**settings, seeds=10))
    assert said == (
        "With 3 that race from 10 seeds, two that differ by 1.8 standard deviations of a seed are "
        "told apart in four of five races."
    )


def test_a_standard_error_is_counted_against_each_mean():
    """Of arms whose seeds are no blocks: SciPy's standard error of each."""
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (6, 400))  # of so many seeds what arms share is what each has
    for better in (-1, 1):
        found = Family(values).worse_by_error(better)
        np.testing.assert_allclose(
            found, values.mean(1) - better * stats.sem(values, axis=1), atol=0.005
        )


def test_a_mean_that_is_not_compared_is_not_chosen_by():
    values = np.array([[1.0, 2.0, 3.0], [1.0, np.nan, 3.0], [2.0, 2.5, 2.0]])
    assert np.isnan(Family(values).worse_by_error(-1)).tolist() == [False, True, False]


def test_what_pairing_takes_out_is_measured():
    """The variance of paired differences, over all pairs, against that of the two arms' own."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (4, 7)) + 2 * rng.normal(0, 1, 7)
    pairs = list(combinations(range(4), 2))
    paired = sum(np.var(values[i] - values[j], ddof=1) for i, j in pairs)
    own = sum(np.var(values[i], ddof=1) + np.var(values[j], ddof=1) for i, j in pairs)
    assert paired_share(values) == pytest.approx(1 - paired / own)
    assert paired_share(np.vstack([values, np.full(7, np.nan)])) == paired_share(values)
    assert np.isnan(paired_share(values[:1])) and np.isnan(paired_share(values[:, :2]))
