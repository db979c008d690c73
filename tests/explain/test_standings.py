"""One reading of a race: the same order and the same words on every surface."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.figures.report.test_report import rows_of
from tests.helpers.races import plain, race_of, standing
from tests.helpers.saved_races import saved_race
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.standing import ON_CURVES, standing_in
from vae_explorer.explain.standings import Standings
from vae_explorer.explain.statistics import MAIN_ALPHA, Family, interval
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.leaderboard import leaderboard_rows
from vae_explorer.figures.report.page import report_html
from vae_explorer.results.race import QUANTITIES
from vae_explorer.results.scene import scene_at
from vae_explorer.saved.race_json import to_json
from vae_explorer.terminal import tables

LOSSES = {"relu": 30.0, "gelu": 28.0, "tanh": 35.0, "silu": 20.0, "sine": 10.0, "mish": 30.5}
# The lowest of all lost a seed, the next lowest all of them.
LOST = {"sine": {1: 40}, "silu": dict.fromkeys(range(5), 9)}


@pytest.fixture(scope="module", params=[1, 5])
def race(request):
    seeds = request.param
    lost = {key: {s: at for s, at in stops.items() if s < seeds} for key, stops in LOST.items()}
    return plain(LOSSES, seeds=seeds, diverged=lost)


def test_whole_arms_come_before_those_that_lost_seeds_and_these_before_those_without_a_number():
    found = Standings(plain(LOSSES, diverged=LOST), "tanh").of("test_loss")
    assert [found.arms[arm].key for arm in found.order] == [
        *("gelu", "relu", "mish", "tanh"),
        "sine",
        "silu",
    ]
    assert [found.ranks[arm] for arm in found.order] == [1, 2, 3, 4, None, None]
    assert found.leaders == (1,)


def test_every_surface_has_the_same_order_and_the_same_words(race):
    loss = Standings(race, "tanh").of("test_loss")
    labels = [loss.arms[arm].label for arm in loss.order]
    words = [loss.verdict(arm).words for arm in loss.order]
    rows = leaderboard_rows(loss)
    assert [(row["label"], row["verdict"]) for row in rows] == list(zip(labels, words))
    report = rows_of(report_html(race, "tanh"))
    assert [(row[0], row[-1]) for row in report] == list(zip(labels, words))
    lines = tables.standings(race, "tanh").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("On the test images"))
    for line, label, verdict in zip(lines[start + 2 :], labels, words):
        assert line.startswith(label) and line.endswith(verdict)
    saved = {each["label"]: each for each in json.loads(to_json(race, "tanh"))["arms"]}
    assert [saved[label]["quantities"]["test_loss"]["verdict"] for label in labels] == words
    drawn = [trace.name for trace in race_figures.against(loss, "test_loss").data]
    assert drawn == [label for label in labels if label != "Tanh"]


def test_only_whole_arms_are_compared_and_corrected_for():
    race = plain(LOSSES, diverged=LOST)
    found = Standings(race, "relu").of("test_loss")
    values = race.values("test_loss")
    kept = [0, 1, 2, 5]
    expected = Family(values[kept], MAIN_ALPHA)
    for place, arm in enumerate(kept[1:], start=1):
        assert found.differences[arm] == expected.difference(place, 0)
    assert found.comparisons == 6
    assert found.leaders == tuple(kept[place] for place in expected.leaders(-1))
    lucky, gaps = found.differences[4], values[4] - values[0]
    assert (lucky.mean, lucky.count) == (pytest.approx(np.nanmean(gaps)), 4)
    assert np.isnan(lucky.half) and lucky.adjusted == 1
    assert Family(values[:, np.isfinite(gaps)]).difference(4, 0).clear and not lucky.clear


def test_against_a_reference_that_lost_seeds_nothing_is_clear():
    found = Standings(plain(LOSSES, diverged=LOST), "sine").of("test_loss")
    assert not any(each.clear for each in found.differences if each is not None)
    assert found.verdict(0).words == "reference diverged"


def test_what_is_measured_once_for_all_seeds_has_no_interval_and_no_verdict():
    experiment = Experiment(dataset="digits", activations=("relu",), sweep="latent", seeds=5)
    race = race_of(
        experiment,
        {"relu@2": 30.0, "relu@8": 25.0, "relu@32": 24.0},
        speed={"relu@2": 900.0, "relu@8": 800.0, "relu@32": 100.0},
    )
    found = Standings(race).of("images_per_second")
    assert [each.mean for each in found.intervals] == [900, 800, 100]
    assert all(np.isnan(each.half) and each.count == 1 for each in found.intervals)
    assert [found.verdict(arm).words for arm in range(3)] == ["reference", *["timed once"] * 2]
    assert not any(each.clear for each in found.differences[1:])
    assert found.ranks == (None, None, None) and found.leaders == ()


def test_from_one_seed_arms_stay_as_they_were_chosen():
    found = Standings(plain(LOSSES, seeds=1, diverged={"gelu": {0: 3}})).of("test_loss")
    assert [found.arms[arm].key for arm in found.order] == [
        *("relu", "tanh", "silu", "sine", "mish"),
        "gelu",
    ]
    assert set(found.ranks) == {None} and found.leaders == ()


@pytest.mark.parametrize(("better", "order"), [(-1, [1, 0, 2]), (1, [2, 0, 1]), (0, [2, 0, 1])])
def test_the_best_is_first_or_the_largest_where_none_is_better(better, order):
    arms = arms_of(Experiment(activations=("relu", "tanh", "silu"), seeds=3))
    values = np.array([[2.0, 2.1, 2.2], [1.0, 1.1, 1.2], [3.0, 3.1, 3.2]])
    assert list(standing(arms, values, better).order) == order
    # From two seeds there is none: they stay as they were chosen.
    assert list(standing(arms, values[:, :2], better).order) == [0, 1, 2]


def test_another_unit_is_the_same_standing():
    race = plain({"relu": 30.0, "tanh": 30.0}, dead={"relu": {"encoder 1": 0.4}})
    share = Standings(race).of("dead")
    percent = share.times(QUANTITIES["dead"].factor)
    assert percent.intervals[0] == interval(100 * race.values("dead")[0])
    assert percent.order == share.order


def test_what_is_on_the_curves_is_a_quantity():
    assert set(ON_CURVES) <= set(QUANTITIES)


def test_before_the_end_there_are_numbers_and_no_verdict():
    """What is looked at again and again would seem clear at some time by luck alone."""
    record = saved_race(seeds=3, epochs=2)
    scene = scene_at(record.experiment, record.history, -1)
    found = standing_in(scene, "test_loss", 1)
    assert [found.verdict(arm).words for arm in range(2)] == ["so far", "reference"]
    assert found.leaders == () and found.comparisons == 0
    difference = found.differences[0]
    losses = scene.newest("loss")
    assert difference.mean == pytest.approx((losses[0] - losses[1]).mean())
    assert np.isnan(difference.half) and not difference.clear
    assert np.argsort(found.ranks).tolist() == np.argsort(losses.mean(1)).tolist()
