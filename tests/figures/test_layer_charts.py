"""Histograms of hidden layers and gradient norms show the arrays that they were given."""

from itertools import pairwise

import numpy as np
import pytest

from tests.helpers.charts import PAIRS, SEEDS, TRIO, made_layer, trace
from vae_explorer.figures import charts
from vae_explorer.figures.style import activation_style
from vae_explorer.results.snapshot import BIN_EDGES


@pytest.mark.parametrize("quantity", ["output", "pre_activation"])
def test_ridges_are_the_square_roots_of_the_counts_on_the_bins(quantity):
    layers = [made_layer(3), made_layer(3, "decoder 1")]
    layers[1].output[:] = layers[1].output[::-1]
    figure = charts.activation_histograms(layers, TRIO, quantity)
    for column, layer in enumerate(layers):
        for k, member in enumerate(TRIO):
            ridge = trace(figure, member.label, f"x{column + 1}" if column else "x")
            counts = getattr(layer, quantity)[k]
            base = 2 - k
            tops = ridge.y[1:-1:2] - base
            np.testing.assert_allclose((tops / tops.max()) ** 2, counts / counts.max(), atol=1e-4)
            np.testing.assert_array_equal(ridge.y[1:-1:2], ridge.y[2::2][: len(counts)])
            np.testing.assert_array_equal(ridge.x[1:-1:2], BIN_EDGES[:-1])
            np.testing.assert_array_equal(ridge.x[2::2], BIN_EDGES[1:])
            assert ridge.y[0] == ridge.y[-1] == base
            assert ridge.line.color == activation_style(member.activation_key).colour
    assert figure.layout.yaxis.ticktext == tuple(m.label for m in TRIO)
    assert figure.layout.yaxis.tickvals == (2, 1, 0)
    assert figure.layout.xaxis2.title.text == f"decoder 1 {quantity.replace('_', '-')}"


def test_seeds_share_a_ridge_of_all_their_values():
    layer = made_layer(6)
    figure = charts.activation_histograms([layer], SEEDS)
    tops = trace(figure, "ReLU").y[1:-1:2] - 1
    counts = layer.output[:3].sum(axis=0)
    np.testing.assert_allclose((tops / tops.max()) ** 2, counts / counts.max(), atol=1e-4)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.12, "12 % dead"), (0.004, "<1 % dead"), (0.996, ">99 % dead"), (1.0, "100 % dead")],
)
def test_dead_share_is_written(share, text):
    layer = made_layer(3)
    layer.dead[:] = [share, 0, 0]
    shown = [n.text for n in charts.activation_histograms([layer], TRIO).layout.annotations]
    assert shown == [text, "", ""]


@pytest.mark.parametrize("count, columns", [(1, 1), (4, 4), (6, 3), (8, 4), (12, 4)])
def test_many_layers_stand_in_rows_that_do_not_overlap(count, columns):
    figure = charts.activation_histograms([made_layer(3)] * count, TRIO)
    assert len(figure.data) == 3 * count
    axes = [str(k + 1) if k else "" for k in range(count)]
    across = [tuple(figure.layout[f"xaxis{axis}"].domain) for axis in axes]
    upright = [tuple(figure.layout[f"yaxis{axis}"].domain) for axis in axes]
    assert len(set(across)) == columns
    assert len(set(zip(across, upright))) == count
    rows = list(dict.fromkeys(upright))
    assert rows[0][1] == 1
    assert rows[-1][0] == pytest.approx(0)
    assert all(above[0] > below[1] for above, below in pairwise(rows))


def test_names_of_many_layers_stand_upright():
    for count, angle in ((6, 0), (8, -90)):
        names = [f"encoder {k}" for k in range(count)]
        figure = charts.gradient_norms(names, np.ones((3, count)), TRIO)
        assert figure.layout.xaxis.tickangle == angle
        assert list(figure.layout.xaxis.tickvals) == names


@pytest.mark.parametrize("quantity, side", [("output", "right"), ("pre_activation", "left")])
def test_shares_stand_where_ridges_and_functions_are_low(quantity, side):
    notes = charts.activation_histograms([made_layer(3)], TRIO, quantity).layout.annotations
    assert {(note.xanchor, note.align, note.x) for note in notes} == {(side, side, side == "right")}


def test_dead_and_saturated_shares_are_means_over_seeds():
    layer = made_layer(6)
    layer.dead[:] = [0.1, 0.2, 0.3, 0, 0, 0]
    layer.saturated[:] = [0, 0, 0, 0.5, 0.5, 0.8]
    notes = charts.activation_histograms([layer], SEEDS).layout.annotations
    assert [n.text for n in notes] == ["20 % dead", "60 % saturated"]


def test_decoder_layer_has_the_colour_of_the_decoders_activation():
    layers = [made_layer(2), made_layer(2, "decoder 1")]
    figure = charts.activation_histograms(layers, PAIRS)
    label = PAIRS[1].label
    assert trace(figure, label, "x").line.color == activation_style("relu").colour
    assert trace(figure, label, "x2").line.color == activation_style("tanh").colour


def test_functions_are_drawn_over_pre_activations_alone():
    x = np.linspace(-6, 6, 121)
    functions = {"relu": (x, np.maximum(x, 0)), "tanh": (x, np.tanh(x))}
    layer = made_layer(3)
    over = charts.activation_histograms([layer], TRIO, "pre_activation", functions=functions)
    assert len(over.data) == 3 + 2
    relu = over.data[1]
    np.testing.assert_array_equal(relu.x, x)
    np.testing.assert_allclose(relu.y - 2, 0.85 * np.maximum(x, 0) / 6, atol=1e-6)
    assert len(charts.activation_histograms([layer], TRIO, "output", functions=functions).data) == 3


def test_empty_and_narrow_histograms_fit_the_axis():
    layer = made_layer(3)
    layer.output[:] = 0
    assert np.isfinite(
        np.concatenate([t.y for t in charts.activation_histograms([layer], TRIO).data])
    ).all()
    layer.output[:, 47:49] = 100  # all within 0.125 of 0
    assert tuple(charts.activation_histograms([layer], TRIO).layout.xaxis.range) == (-1.5, 1.5)
    layer.output[0, -1] = 100  # beyond the last edge
    assert tuple(charts.activation_histograms([layer], TRIO).layout.xaxis.range) == (-6, 6)


def test_gradient_norms_are_shown_by_layer_on_a_log_scale():
    norms = np.array([[1e-4, 2.0], [0.03, 0.5], [7.0, 0.0]])
    figure = charts.gradient_norms(["encoder 1", "output"], norms, TRIO)
    for k, member in enumerate(TRIO):
        shown = trace(figure, member.label)
        assert shown.x == ("encoder 1", "output")
        np.testing.assert_array_equal(shown.y, np.where(norms[k] > 0, norms[k], np.nan))
    axis = figure.layout.yaxis
    assert axis.type == "log"
    assert axis.range[0] <= -4
    assert axis.range[1] >= np.log10(7)


def test_gradient_norms_of_seeds_are_a_geometric_mean_and_a_band():
    norms = np.array([[1.0], [10.0], [100.0], [2.0], [2.0], [2.0]])
    figure = charts.gradient_norms(["output"], norms, SEEDS)
    assert trace(figure, "ReLU").y[0] == pytest.approx(10)
    assert tuple(trace(figure, "ReLU, range of 3 seeds").y) == (1, 100)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_gradient_norms_without_a_number_still_have_axes(bad):
    figure = charts.gradient_norms(["a"], np.full((3, 1), bad), TRIO)
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert all(np.isnan(t.y).all() for t in figure.data)
