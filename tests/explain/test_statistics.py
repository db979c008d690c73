"""Statistics of a race against SciPy on known cases, and how often they find what is not there."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.statistics import (
    ALPHA,
    compare,
    differences,
    holm,
    interval,
    intervals,
    leaders,
    leaders_within,
)
from vae_explorer.training.trainer import Trainer


@pytest.fixture
def losses():
    """(4, 6): arms that share what is luck of a seed; the last is clearly worse."""
    rng = np.random.default_rng(3)
    values = 100 + rng.normal(0, 5, 6) + rng.normal(0, 0.5, (4, 6))
    values[3] += 4
    return values


def test_an_interval_is_scipys(losses):
    found = interval(losses[0])
    mean, error = losses[0].mean(), stats.sem(losses[0])
    assert (found.mean, found.count) == (pytest.approx(mean), 6)
    assert (found.low, found.high) == pytest.approx(stats.t.interval(0.95, 5, mean, error))
    assert found.half == pytest.approx((found.high - found.low) / 2)


def test_intervals_of_curves_leave_out_what_is_missing():
    values = np.array([[[1.0, 2.0], [3.0, np.nan], [5.0, np.nan]]])  # one arm, three seeds
    mean, low, high = intervals(values)
    assert mean.tolist() == [[3.0, 2.0]]
    assert (low[0, 0], high[0, 0]) == pytest.approx(
        stats.t.interval(0.95, 2, 3.0, stats.sem([1, 3, 5]))
    )
    assert np.isnan([low[0, 1], high[0, 1]]).all()
    assert np.isnan(intervals(np.full((1, 2, 1), np.nan))).all()


def test_differences_are_those_of_the_paired_t_test(losses):
    found = differences(losses, reference=1)
    assert found[1] is None
    p_values = []
    for arm in (0, 2, 3):
        test = stats.ttest_rel(losses[arm], losses[1])
        limits = test.confidence_interval(0.95)
        assert found[arm].p_value == pytest.approx(test.pvalue)
        assert (found[arm].low, found[arm].high) == pytest.approx((limits.low, limits.high))
        assert found[arm].mean == pytest.approx((losses[arm] - losses[1]).mean())
        p_values.append(test.pvalue)
    assert [found[arm].adjusted for arm in (0, 2, 3)] == pytest.approx(holm(p_values))
    assert found[3].clear


def test_holm_is_as_published():
    # Holm (1979): the k-th smallest is held against alpha / (n - k + 1).
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@pytest.mark.parametrize(
    "values",
    [
        [[1.0], [2.0]],  # one seed
        [[1.0, 2.0], [1.0, 2.0]],  # the same numbers
        [[1.0, np.nan], [2.0, 3.0]],  # one pair
        [[np.nan, np.nan], [2.0, 3.0]],
    ],
)
def test_where_nothing_can_be_said_nothing_is_clear(values):
    _, found = differences(np.array(values), reference=0)
    assert not found.clear
    assert found.adjusted == 1.0


def test_pairing_finds_what_luck_of_the_seed_would_hide(losses):
    unpaired = stats.ttest_ind(losses[3], losses[0]).pvalue
    assert unpaired > ALPHA
    assert differences(losses, reference=0)[3].clear


def test_leaders_are_those_that_no_other_is_clearly_better_than(losses):
    assert set(leaders(losses, better=-1)) == {0, 1, 2}
    assert leaders(losses, better=1) == (3,)
    means = losses.mean(1)
    assert list(leaders(losses, -1)) == sorted((0, 1, 2), key=means.__getitem__)


def test_pairs_are_corrected_for_each_other(losses):
    pairs = [(3, 0), (1, 2), (3, 1)]
    found = compare(losses, pairs)
    p_values = [stats.ttest_rel(losses[one], losses[other]).pvalue for one, other in pairs]
    assert [each.adjusted for each in found] == pytest.approx(holm(p_values))
    assert found[0].mean == pytest.approx((losses[3] - losses[0]).mean())
    assert compare(losses, []) == ()


def test_each_group_has_leaders_of_its_own(losses):
    assert leaders_within(losses, -1, [[0, 1], [2, 3]])[1] == (2,)
    assert set(leaders_within(losses, -1, [[0, 1], [2, 3]])[0]) == {0, 1}
    assert leaders_within(losses, -1, [[3]]) == ((3,),)
    assert leaders_within(losses, -1, []) == ()


def test_who_is_clearly_behind_the_reference_does_not_lead():
    """Clear among three comparisons, not among six."""
    rng = np.random.default_rng(2)
    values = rng.normal(0, 1, (4, 6))
    values[1] = values[0] + 0.5 + 0.8 * np.array([0.4, -0.4, 0.5, -0.5, 0.1, -0.1])
    behind = differences(values, reference=0)[1]
    assert behind.p_value * 3 < ALPHA < behind.p_value * 6 and behind.clear
    assert 1 in leaders(values, better=-1)
    assert 1 not in leaders(values, better=-1, reference=0)
    assert 0 not in leaders(values, better=1, reference=0)
    assert set(leaders(values, better=-1, reference=2)) == set(leaders(values, better=-1))


def test_one_seed_has_no_winner():
    assert set(leaders(np.array([[1.0], [50.0], [99.0]]), better=-1)) == {0, 1, 2}


def test_an_arm_that_diverged_is_no_leader():
    values = np.array([[1.0, np.nan, 1.1], [2.0, 2.1, 2.2], [2.1, 2.0, 2.2]])
    assert set(leaders(values, better=-1)) == {1, 2}
    assert leaders(np.full((2, 3), np.nan), better=-1) == ()


def test_a_null_race_finds_a_winner_or_a_clear_difference_as_rarely_as_is_said():
    """Arms that differ by luck alone; a rate above 5 % by three standard errors would fail."""
    rng = np.random.default_rng(0)
    repeats, winners, clear = 1000, 0, 0
    for _ in range(repeats):
        values = rng.normal(0, 3, 5) + rng.normal(0, 1, (6, 5))
        winners += len(leaders(values, better=-1, reference=0)) == 1
        clear += any(d is not None and d.clear for d in differences(values, reference=0))
    most = ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / repeats)
    assert winners / repeats <= most
    assert clear / repeats <= most


def test_one_activation_under_several_names_has_no_winner(few_digits):
    """Forty real VAEs with one recipe, dealt out to four names again and again."""
    experiment = Experiment(
        dataset="digits", activations=["relu"], hidden=[16], epochs=8, batch_size=32, seeds=20
    )
    again = experiment.replace(seed=20)
    final = np.concatenate(
        [list(Trainer(e, few_digits))[-1].curves.test_loss[-1] for e in (experiment, again)]
    )
    assert np.ptp(final) > 0.5  # seeds do differ
    rng = np.random.default_rng(1)
    repeats, winners, clear = 400, 0, 0
    for _ in range(repeats):
        values = rng.permutation(final)[:20].reshape(4, 5)
        winners += len(leaders(values, better=-1, reference=0)) == 1
        clear += any(d is not None and d.clear for d in differences(values, reference=0))
    most = ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / repeats)
    assert winners / repeats <= most
    assert clear / repeats <= most
