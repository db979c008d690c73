"""Statistics of a race against SciPy on known cases, and how often they find what is not there."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.contrasts import side_contrasts, trend_contrasts
from vae_explorer.explain.statistics import ALPHA, Family, interval, intervals
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


def sidak(p_value, count):
    return 1 - (1 - p_value) ** count


def error_mean_square(values):
    """Of a two-way analysis of variance, arms and seeds, by fitting it (Fisher 1925)."""
    arms, seeds = values.shape
    rows = [(a, s) for a in range(arms) for s in range(seeds)]
    design = np.array(
        [[a == k for k in range(arms)] + [s == k for k in range(1, seeds)] for a, s in rows], float
    )
    fitted = design @ np.linalg.lstsq(design, values.ravel(), rcond=None)[0]
    return np.square(values.ravel() - fitted).sum() / ((arms - 1) * (seeds - 1))


def all_of(family):
    return [family.difference(*pair) for pair in combinations(family.compared, 2)]


def test_two_arms_are_compared_by_the_paired_t_test(losses):
    found = Family(losses[[0, 3]]).difference(1, 0)
    test = stats.ttest_rel(losses[3], losses[0])
    limits = test.confidence_interval(0.95)
    assert (found.mean, found.count) == (pytest.approx((losses[3] - losses[0]).mean()), 6)
    assert found.p_value == found.adjusted == pytest.approx(test.pvalue)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))


def balanced(arms, seed=0):
    """(A, A) values of arms whose seeds are spread alike, and whose means differ."""
    rng = np.random.default_rng(seed)
    numbers, means = rng.normal(0, 1, arms), rng.normal(0, 1, (arms, 1))
    return np.array([np.roll(numbers, arm) for arm in range(arms)]) + means + rng.normal(0, 3, arms)


def test_arms_of_one_spread_share_the_error_of_the_analysis_of_variance():
    """Blocks are the seeds; a t of their error, with Sidak's correction for all pairs."""
    values = balanced(6)
    family = Family(values)
    assert family.comparisons == 15 and not family.uneven
    error = np.sqrt(2 * error_mean_square(values) / 6)
    verdicts = set()
    for one, other in combinations(range(6), 2):
        found = family.difference(one, other)
        gap = values[one].mean() - values[other].mean()
        p_value = 2 * stats.t.sf(abs(gap) / error, 25)
        assert found.mean == pytest.approx(gap)
        assert found.p_value == pytest.approx(p_value)
        assert found.adjusted == pytest.approx(sidak(p_value, 15))
        assert found.half == pytest.approx(error * stats.t.isf((1 - 0.95 ** (1 / 15)) / 2, 25))
        # Tukey's studentised range is what Sidak's correction comes near to, from above.
        tukey = stats.studentized_range.sf(np.sqrt(2) * abs(gap) / error, 6, 25)
        assert tukey <= found.adjusted + 1e-9
        assert found.adjusted < 1.5 * tukey or found.adjusted > 0.2
        verdicts.add(found.clear)
    assert verdicts == {True, False}


def test_a_smaller_alpha_makes_intervals_wider_and_p_values_larger(losses):
    wide, narrow = Family(losses, 0.01).difference(3, 0), Family(losses).difference(3, 0)
    assert wide.half > narrow.half
    assert wide.p_value == narrow.p_value
    assert wide.adjusted == pytest.approx(5 * narrow.adjusted)


def test_an_uneven_arm_has_its_own_spread_and_spoils_that_of_no_other():
    rng = np.random.default_rng(0)
    values = 100 + rng.normal(0, 5, 8) + rng.normal(0, 0.5, (6, 8))
    alone = Family(values[:5])
    values[5] = 100 + 40 * rng.normal(0, 1, 8)
    family = Family(values)
    assert family.uneven == {5}
    for one, other in combinations(range(5), 2):
        expected, found = alone.difference(one, other), family.difference(one, other)
        assert found.p_value == pytest.approx(expected.p_value)
    found = family.difference(5, 0)
    # Welch's test of its own numbers, from which what a seed does to all is taken.
    own = (values[5] - values[:5].mean(0)).var(ddof=1)
    shared = error_mean_square(values[:5])
    error = np.sqrt((own - shared / 5 + shared) / 8)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.mean) / error, 7), rel=0.02)


@pytest.mark.parametrize("seed", range(30))
def test_interval_and_verdict_never_contradict(seed):
    rng = np.random.default_rng(seed)
    arms, seeds = rng.integers(2, 9), rng.integers(3, 8)
    values = rng.normal(0, 3, (arms, 1)) + rng.normal(
        0, rng.uniform(0.2, 3, (arms, 1)), (arms, seeds)
    )
    if seed % 3 == 0:
        values = values.round()
    family = Family(values, 0.02, whole_numbers=seed % 3 == 0)
    for found in all_of(family):
        assert found.clear == (abs(found.mean) > found.half)
        assert found.clear == (found.adjusted < ALPHA) or abs(found.adjusted - ALPHA) < 1e-6
        assert found.mean == pytest.approx((found.low + found.high) / 2)


@pytest.mark.parametrize(
    "values",
    [
        [[1.0, 2.0, 4.0], [1.0, 2.0, 4.0]],  # the same numbers
        [[28.0] * 3, [28.0] * 3],  # seeds that differ in nothing
        [[28.0, 28.0, 28.0], [28.000001, 28.000001, 28.000001]],  # but the rounding
    ],
)
def test_where_nothing_differs_nothing_is_clear(values):
    found = Family(np.array(values)).difference(1, 0)
    assert not found.clear
    assert found.adjusted > ALPHA


def test_what_has_few_seeds_or_lacks_some_is_not_compared():
    assert Family(np.array([[1.0], [2.0]])).compared == ()
    assert Family(np.array([[1.0, 1.1], [2.0, 2.2]])).compared == ()
    alone = Family(np.array([[1.0, np.nan, 2.0], [2.0, 3.0, 4.0]]))
    assert (alone.compared, alone.comparisons, alone.leaders(-1)) == ((1,), 0, (1,))
    three = np.array([[1.0, np.nan, 2.0], [2.0, 3.0, 4.0], [4.0, 5.0, 7.0]])
    assert Family(three).compared == (1, 2)


def test_pairing_finds_what_luck_of_the_seed_would_hide(losses):
    unpaired = stats.ttest_ind(losses[3], losses[0]).pvalue
    assert unpaired > ALPHA
    assert Family(losses).difference(3, 0).clear


def test_a_cautious_family_is_welchs_test_with_no_spread_below_the_mean():
    """Of the rest of an analysis of variance, with what a seed does to all taken out."""
    values = balanced(6)
    family = Family(values, 0.01, cautious=True)
    error = np.sqrt(2 * error_mean_square(values) / 6)
    for one, other in combinations(range(6), 2):
        found = family.difference(one, other)
        assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.mean) / error, 10))
        assert found.adjusted == pytest.approx(min(1, 5 * sidak(found.p_value, 15)))
        assert found.half > Family(values, 0.01).difference(one, other).half


# --- Whole numbers ---


def test_equal_seeds_prove_nothing():
    """They have no variance, but a seed may as well have said the next number."""
    found = Family(np.array([[8.0] * 3, [7.0] * 3]), whole_numbers=True).difference(0, 1)
    assert found.p_value == pytest.approx(2 * stats.t.sf(1 / np.sqrt(2 * 0.25 / 3), 2))
    assert not found.clear


def test_shares_of_layers_of_several_widths_differ_by_more_than_their_rounding():
    """As float32 has them, 3 of 30 units and 2 of 20 are two numbers."""
    few = [np.float32(3) / np.float32(30), np.float64(2) / 20]
    assert few[0] != few[1]
    values = np.array([[few[0], few[1], few[1]], [4 / 20] * 3, [few[1], few[0], few[1]]])
    found = Family(values, whole_numbers=True).difference(0, 1)
    exact = np.array([[2] * 3, [4] * 3, [2] * 3]) / 20
    exact = Family(exact, whole_numbers=True).difference(0, 1)
    assert found.half == pytest.approx(exact.half, rel=1e-3)
    assert not found.clear


def test_whole_numbers_that_are_far_apart_are():
    values = np.array([[16.0] * 5, [16.0] * 5, [12.0] * 5, [15.0] * 5]) / 64  # shares of a layer
    family = Family(values, 0.01, whole_numbers=True)
    assert family.difference(0, 2).clear and not family.difference(0, 1).clear
    assert not family.difference(0, 3).clear


# --- Leaders ---


def test_leaders_are_those_that_no_other_is_clearly_better_than(losses):
    means = losses.mean(1)
    assert Family(losses).leaders(-1) == tuple(sorted((0, 1, 2), key=means.__getitem__))
    assert Family(losses).leaders(1) == (3,)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("cautious", [False, True])
def test_leaders_and_the_largest_difference_are_those_of_the_pairs(seed, cautious):
    rng = np.random.default_rng(seed)
    values = made("one wide" if seed % 2 else "unequal", rng, 7, 5) + rng.normal(0, 2, (7, 1))
    family = Family(values, cautious=cautious)
    found = {pair: family.difference(*pair) for pair in combinations(range(7), 2)}
    clear = {pair: each for pair, each in found.items() if each.clear}
    beaten = {pair[each.mean > 0] for pair, each in clear.items()}
    assert set(family.leaders(1)) == set(range(7)) - beaten
    largest = max(clear, key=lambda pair: abs(clear[pair].mean), default=None)
    if largest is not None:
        largest = largest if clear[largest].mean > 0 else largest[::-1]
    assert family.largest() == largest


def test_each_group_has_leaders_of_its_own(losses):
    family = Family(losses)
    assert family.leaders(-1, [2, 3]) == (2,)
    assert set(family.leaders(-1, [0, 1])) == {0, 1}
    assert family.leaders(-1, [3]) == (3,)
    assert family.leaders(-1, []) == ()


def test_an_arm_that_diverged_is_no_leader():
    values = np.array([[1.0, np.nan, 1.1], [2.0, 2.1, 2.2], [2.1, 2.0, 2.2]])
    assert set(Family(values).leaders(-1)) == {1, 2}
    assert Family(np.full((2, 3), np.nan)).leaders(-1) == ()


# --- Contrasts ---


def test_a_trend_is_the_mean_slope_of_the_seeds():
    experiment = Experiment(activations=("relu", "tanh"), sweep="latent", sweep_values=(1, 2, 4, 8))
    arms = arms_of(experiment)
    values = balanced(8)
    contrasts = trend_contrasts(arms, range(8))
    family = Family(values, contrasts=tuple(contrasts.values()))
    assert family.comparisons == 28 + 2
    for key, weights in contrasts.items():
        rows = sorted(
            (row for row, arm in enumerate(arms) if arm.activation_key == key),
            key=lambda row: arms[row].value,
        )
        slopes = [stats.linregress(range(4), values[rows, s]).slope for s in range(8)]
        found = family.contrast(weights)
        assert found.mean == pytest.approx(np.mean(slopes))
        # The slope's variance from the four arms', by Gauss's rule: sum of w² is 1 / 5.
        error = np.sqrt(error_mean_square(values) / 5 / 8)
        assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.mean) / error, 49))


def test_sides_of_a_grid_are_compared_over_all_else():
    experiment = Experiment(activations=("relu", "tanh"), decoder_activations=("relu", "silu"))
    arms = arms_of(experiment)
    values = np.random.default_rng(2).normal(0, 1, (4, 5))
    for side, part in (("encoder", 0), ("decoder", -1)):
        ((pair, weights),) = side_contrasts(arms, range(4), side).items()
        means = [
            values[[arm.activation_key.split(">")[part] == name for arm in arms]].mean()
            for name in pair
        ]
        assert Family(values).contrast(weights).mean == pytest.approx(means[0] - means[1])
    assert side_contrasts(arms, (0, 1, 2), "encoder") == {}  # of Tanh one is lost


# --- How often something is found ---


def made(kind, rng, arms, seeds):
    """Values of arms whose means are the same: a seed's luck, and more of each arm."""
    noise = rng.normal(0, 1, (arms, seeds))
    if kind == "unequal":
        noise *= np.exp(rng.uniform(np.log(0.5), np.log(2), (arms, 1)))
    if kind == "one wide":
        noise[0] *= 5
    if kind == "two values":
        noise = 0.3 * noise + rng.choice([-1, 1], (arms, seeds))
    return noise + rng.normal(0, 3, seeds)


@pytest.mark.parametrize("kind", ["equal", "unequal", "one wide", "two values"])
def test_a_null_race_says_as_rarely_as_is_said_that_something_differs(kind):
    """`benchmarks/verdicts.py` has more races and more shapes."""
    rng = np.random.default_rng(0)
    repeats = 400
    wrong = sum(
        any(found.clear for found in all_of(Family(made(kind, rng, 6, 5)))) for _ in range(repeats)
    )
    assert wrong / repeats <= ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / repeats)


def test_two_standard_deviations_are_found_with_five_seeds():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        values = made("equal", rng, 6, 5)
        values[0] += 2
        family = Family(values, 0.04)
        hits += any(family.difference(0, other).clear for other in range(1, 6))
    assert hits / 200 > 0.5


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
        family = Family(values)
        winners += len(family.leaders(-1)) == 1
        clear += any(found.clear for found in all_of(family))
    most = ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / repeats)
    assert winners / repeats <= most
    assert clear / repeats <= most
