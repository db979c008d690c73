"""Loss curves hold what they are given, and say what is missing."""

import numpy as np
import pytest

from tests.helpers.charts import SEEDS, TRIO, made_curves, texts, trace
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures import charts
from vae_explorer.figures.style import activation_style
from vae_explorer.results.snapshot import Curves, Freeze


@pytest.mark.parametrize("quantity", charts.QUANTITIES)
def test_loss_traces_hold_the_curves(quantity):
    curves = made_curves(TRIO)
    figure = charts.loss_curves(curves, TRIO, quantity)
    assert [t.name for t in figure.data] == [
        name for m in TRIO for name in (f"{m.label}, train", m.label)
    ]
    for k, member in enumerate(TRIO):
        train = trace(figure, f"{member.label}, train")
        np.testing.assert_array_equal(train.x, curves.epoch)
        np.testing.assert_allclose(train.y, getattr(curves, f"train_{quantity}")[:, k])
        test = trace(figure, member.label)
        np.testing.assert_array_equal(test.x, [1, 2, 3, 4, 5])
        np.testing.assert_allclose(test.y, getattr(curves, f"test_{quantity}")[3::4, k])
        assert test.line.color == train.line.color
        assert test.line.color == activation_style(member.activation_key).colour
        assert test.line.width > train.line.width
    assert "nats per image" in figure.layout.yaxis.title.text
    assert figure.layout.xaxis.title.text == "Epochs"


def test_what_is_not_finite_is_a_gap():
    curves = made_curves(TRIO)
    curves.train_reconstruction[5, 0] = np.inf
    curves.train_reconstruction[6, 0] = np.nan
    curves.test_kl[7, 1] = -np.inf
    figure = charts.loss_curves(curves, TRIO)
    train, test = trace(figure, "ReLU, train"), trace(figure, TRIO[1].label)
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(train.y)), [5, 6])
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(test.y)), [1])
    assert not train.connectgaps
    assert not test.connectgaps
    assert np.isfinite(figure.layout.yaxis.range).all()


def test_range_leaves_out_the_first_points_and_members_that_diverge():
    curves = made_curves(TRIO, points=40)
    curves.train_reconstruction[0] = 1e9
    plain = charts.loss_curves(curves, TRIO).layout.yaxis.range
    lowest = float(np.nanmin(curves.test_loss))
    assert plain[0] < lowest
    assert 120 < plain[1] < 300
    curves.train_reconstruction[20:, 2] = 1e7
    curves.test_reconstruction[20:, 2] = np.where(np.isnan(curves.test_kl[20:, 2]), np.nan, 1e7)
    low, high = charts.loss_curves(curves, TRIO).layout.yaxis.range
    assert low < lowest
    assert high < 400


def test_range_holds_a_member_that_is_merely_worse():
    curves = made_curves(TRIO)
    curves.train_reconstruction[:, 2] += 80
    curves.test_reconstruction[:, 2] += 80
    high = charts.loss_curves(curves, TRIO).layout.yaxis.range[1]
    assert high > np.nanmax(curves.test_loss[7:])


def test_range_holds_a_growing_quantity_to_its_end():
    curves = made_curves(TRIO)
    high = charts.loss_curves(curves, TRIO, "kl").layout.yaxis.range[1]
    assert high > curves.train_kl.max()


def test_axis_shows_the_whole_run_from_the_start():
    figure = charts.loss_curves(made_curves(TRIO), TRIO, epochs=50)
    assert tuple(figure.layout.xaxis.range) == (0, 50)


def test_each_line_is_labelled_where_it_ends_and_labels_keep_apart():
    curves = made_curves(TRIO)
    curves.test_reconstruction[:] = curves.test_reconstruction[:, :1]  # all end at one place
    figure = charts.loss_curves(curves, TRIO, height=340)
    notes = figure.layout.annotations
    assert len(notes) == 3
    for member in TRIO:
        assert member.label in texts(figure)
    np.testing.assert_allclose([n.y for n in notes], np.nanmax(curves.test_loss[-1]))
    shifts = sorted(n.yshift for n in notes)
    assert min(np.diff(shifts)) >= 16


def test_many_lines_have_a_legend_instead():
    names = ("relu", "tanh", "silu", "gelu", "elu", "selu", "mish", "sine", "snake", "sigmoid")
    members = Experiment(activations=names).members
    figure = charts.loss_curves(made_curves(members), members)
    assert figure.layout.showlegend
    assert len(figure.layout.annotations) == 0
    assert sum(t.showlegend is not False for t in figure.data) == len(names)


def test_frozen_member_has_a_cross_where_it_stopped():
    curves = made_curves(TRIO)
    curves.train_reconstruction[9:, 1] = np.nan
    curves.test_reconstruction[9:, 1] = np.nan
    stop = Freeze(member=1, step=90, layer="decoder 1", reason="Its loss was not finite.")
    cross = trace(charts.loss_curves(curves, TRIO, frozen=(stop,)), f"{TRIO[1].label}, stopped")
    assert cross.x[0] == pytest.approx(90 / 40)
    assert cross.y[0] == pytest.approx(curves.train_loss[8, 1])
    assert cross.marker.symbol == "x-thin"
    assert cross.marker.line.color == activation_style("tanh").colour
    assert "Its loss was not finite." in cross.hovertemplate


def test_member_that_never_had_a_finite_loss_is_marked_within_the_range():
    curves = made_curves(TRIO)
    for values in (curves.train_reconstruction, curves.test_reconstruction):
        values[:, 0] = np.nan
    stop = Freeze(member=0, step=0, layer="encoder 1", reason="At once.")
    figure = charts.loss_curves(curves, TRIO, frozen=(stop,))
    low, high = figure.layout.yaxis.range
    assert low < trace(figure, "ReLU, stopped").y[0] < high


def test_seeds_are_one_mean_and_a_band_from_lowest_to_highest():
    curves = made_curves(SEEDS)
    figure = charts.loss_curves(curves, SEEDS)
    ends = curves.test_loss[3::4]  # (5, 6)
    for first, label in ((0, "ReLU"), (3, SEEDS[3].label)):
        np.testing.assert_allclose(
            trace(figure, label).y, ends[:, first : first + 3].mean(axis=1), rtol=1e-6
        )
        band = trace(figure, f"{label}, range of 3 seeds")
        np.testing.assert_allclose(band.y[:5], ends[:, first], rtol=1e-6)
        np.testing.assert_allclose(band.y[5:], ends[::-1, first + 2], rtol=1e-6)
        np.testing.assert_array_equal(band.x, [1, 2, 3, 4, 5, 5, 4, 3, 2, 1])
    assert len(figure.layout.annotations) == 2


def test_mean_of_seeds_leaves_out_one_that_diverged():
    curves = made_curves(SEEDS)
    curves.test_reconstruction[11:, 0] = np.nan
    figure = charts.loss_curves(curves, SEEDS)
    np.testing.assert_allclose(
        trace(figure, "ReLU").y[2:], curves.test_loss[11::4, 1:3].mean(axis=1), rtol=1e-6
    )


def test_losses_before_the_first_point_are_an_empty_chart_with_axes():
    none = np.zeros((0, 3), np.float32)
    curves = Curves(np.zeros(0, np.int64), np.zeros(0, np.float32), none, none, none, none)
    figure = charts.loss_curves(curves, TRIO, epochs=20)
    assert tuple(figure.layout.xaxis.range) == (0, 20)
    assert all(len(t.x) == 0 for t in figure.data)
