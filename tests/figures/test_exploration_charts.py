"""Figures of the Explore page's sections show the arrays that they were given."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.helpers.colours import DARKER, VISIONS, WHITE, contrast, distance
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures import charts
from vae_explorer.figures.charts.heat_map import unit_order
from vae_explorer.figures.charts.scales import SIGNED_SCALE, VALUE_SCALE, colour_axis, value_range
from vae_explorer.figures.style import FONT_SIZE, activation_style, class_colour
from vae_explorer.results.snapshot import BIN_EDGES
from vae_explorer.study.layers import LayerStudy

TRIO = Experiment(activations=("relu", "tanh", "silu")).members
FOUR = Experiment(activations=("relu", "tanh", "silu", "elu")).members
PAIR = Experiment(activations=("relu",), decoder_activations=("tanh",)).members
DIGITS = tuple("0123456789")


def made_points(members=3, axes=2, images=200):
    draw = np.random.default_rng(0)
    points = draw.normal(size=(members, images, axes)).astype(np.float32)
    values = draw.gamma(4, 25, size=(members, images)).astype(np.float32)
    return points, values, (np.arange(images) % 10).astype(np.uint8)


def made_study(name="encoder 1", members=3, units=8, seed=0):
    draw = np.random.default_rng(seed)
    bins = len(BIN_EDGES) - 1
    dead = np.zeros((members, units), dtype=bool)
    dead[0, :2] = True
    saturated = np.zeros((members, units), dtype=bool)
    saturated[0, 2:5] = True
    return LayerStudy(
        name=name,
        pre_activation=draw.integers(1, 50, (members, bins)),
        output=draw.integers(1, 50, (members, bins)),
        dead=dead,
        saturated=saturated,
        class_means=draw.normal(size=(members, 10, units)).astype(np.float32),
        function=np.stack([BIN_EDGES * (k + 1) for k in range(members)]),
    )


def names(labels):
    return [DIGITS[label] for label in labels]


def all_figures() -> dict[str, go.Figure]:
    points, values, labels = made_points()
    solid = made_points(axes=3)[0]
    studies = [made_study(), made_study("decoder 1")]
    space = (solid, labels, TRIO, DIGITS, ("a", "b", "c"))
    return {
        "values": charts.value_scatter(points, values, names(labels), TRIO, "KL"),
        "classes in space": charts.latent_space(*space),
        "values in space": charts.latent_space(*space, values=values, quantity="KL"),
        "transfers": charts.layer_transfers(studies, TRIO),
        "heat map": charts.class_heat_map(studies, 0, DIGITS),
    }


@pytest.mark.parametrize("name", all_figures())
def test_figure_suits_both_themes_and_keeps_zoom(name):
    figure = all_figures()[name]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None
    assert figure.layout.font.size == FONT_SIZE
    assert 200 <= figure.layout.height <= 720
    assert figure.layout.template.layout.to_plotly_json() == {}  # no copy of Plotly's own look
    assert json.loads(figure.to_json())["layout"]["uirevision"] == "keep"


# --- Scales ---


@pytest.mark.parametrize("background", [WHITE, DARKER])
def test_every_colour_of_a_value_stands_out_from_both_themes(background):
    for _, colour in VALUE_SCALE:
        assert contrast(colour, background) >= 3, colour


@pytest.mark.parametrize("vision", VISIONS)
def test_steps_of_the_scale_look_alike_in_size_and_never_turn_back(vision):
    colours = [colour for _, colour in VALUE_SCALE]
    seen = [distance(colours[0], colour, VISIONS[vision]) for colour in colours]
    steps = np.diff(seen)
    assert steps.min() > 2  # can just be seen
    assert steps.max() < 2.5 * steps.min()


def test_a_value_of_nothing_is_the_page_itself():
    assert [place for place, _ in SIGNED_SCALE] == [0, 0.5, 1]
    assert SIGNED_SCALE[1][1].endswith(",0)")


def test_a_range_ends_at_the_99th_percentile_of_what_is_finite():
    values = np.concatenate([np.arange(1000.0), [np.nan, np.inf]])
    assert value_range(values) == pytest.approx((0, np.quantile(np.arange(1000.0), 0.99)))


@pytest.mark.parametrize("values", [[], [np.nan], [3.0, 3.0]])
def test_a_range_is_never_empty(values):
    low, high = value_range(np.array(values))
    assert low < high


@pytest.mark.parametrize("limits", [(0.3, 2.54), (17.2, 32.5), (60, 411.7), (0.001, 0.002)])
def test_the_last_tick_of_a_colour_bar_says_that_more_lies_beyond(limits):
    bar = colour_axis("KL (nats)", limits)["colorbar"]
    assert bar["ticktext"][-1].startswith("≥ ")
    assert not any(text.startswith("≥") for text in bar["ticktext"][:-1])
    assert 2 <= len(bar["tickvals"]) <= 8
    assert bar["tickvals"] == sorted(bar["tickvals"])
    assert limits[0] <= bar["tickvals"][0] < bar["tickvals"][-1] == limits[1]


# --- The plane and the space ---


def test_values_are_drawn_where_they_are_the_highest_on_top():
    points, values, labels = made_points()
    figure = charts.value_scatter(points, values, names(labels), TRIO, "KL divergence")
    assert len(figure.data) == 3
    for k, trace in enumerate(figure.data):
        order = np.argsort(values[k], kind="stable")
        np.testing.assert_array_equal(trace.x, points[k, order, 0])
        np.testing.assert_array_equal(trace.y, points[k, order, 1])
        np.testing.assert_array_equal(trace.marker.color, values[k, order])
        assert trace.text == tuple(names(labels[order]))
        assert trace.marker.coloraxis == "coloraxis"
    axis = figure.layout.coloraxis
    assert axis.cmin == pytest.approx(values.min())
    assert axis.cmax == pytest.approx(np.quantile(values, 0.99), rel=1e-6)
    assert "nats" in axis.colorbar.title.text


def test_values_that_are_not_finite_are_not_drawn():
    points, values, labels = made_points()
    values[1, :50] = np.nan
    figure = charts.value_scatter(points, values, names(labels), TRIO, "KL")
    assert [len(trace.x) for trace in figure.data] == [200, 150, 200]


def test_notes_stand_behind_the_names():
    points, values, labels = made_points()
    notes = ["61 %", "62 %", "63 %"]
    for figure in (
        charts.value_scatter(points, values, names(labels), TRIO, "KL", notes=notes),
        charts.latent_scatter(points, labels, TRIO, DIGITS, notes=notes),
    ):
        for note, member, title in zip(notes, TRIO, figure.layout.annotations):
            assert member.label in title.text
            assert note in title.text


def test_a_space_holds_the_points_of_each_class():
    points, _, labels = made_points(axes=3)
    figure = charts.latent_space(points, labels, TRIO, DIGITS, ("a", "b", "c"))
    for k in range(3):
        scene = f"scene{k + 1}" if k else "scene"
        here = [trace for trace in figure.data if trace.scene == scene]
        assert len(here) == 11  # ten classes, and their names in their middles
        for c, trace in enumerate(here[:10]):
            for letter, column in zip("xyz", points[k][labels == c].T):
                np.testing.assert_array_equal(trace[letter], column)
            assert trace.marker.color == class_colour(c)
            assert trace.showlegend is (k == 0)
        assert here[10].text[3] == "<b>3</b>"
        assert here[10].z[3] == pytest.approx(np.median(points[k][labels == 3, 2]))
        assert figure.layout[scene].zaxis.title.text == "c"


def test_there_are_at_most_three_spaces():
    points, values, labels = made_points(members=4, axes=3)
    for extra in ({}, {"values": values, "quantity": "KL"}):
        figure = charts.latent_space(points, labels, FOUR, DIGITS, ("a", "b", "c"), **extra)
        assert {trace.scene for trace in figure.data} == {"scene", "scene2", "scene3"}
        assert len(figure.layout.annotations) == charts.MOST_SPACES


def test_axes_of_a_space_have_one_range_unless_one_stands_upright():
    points, values, labels = made_points(axes=3)
    points[:, :, 2] = values
    plain = charts.latent_space(points, labels, TRIO, DIGITS, ("a", "b", "c")).layout.scene
    assert plain.xaxis.range == plain.yaxis.range == plain.zaxis.range
    upright = charts.latent_space(points, labels, TRIO, DIGITS, ("a", "b", "c"), upright=True)
    scene = upright.layout.scene2
    assert scene.xaxis.range[1] < 6
    assert tuple(scene.zaxis.range) == pytest.approx(value_range(values))


# --- Layers ---


def test_a_cell_has_inputs_outputs_and_the_function_between_them():
    studies = [made_study(), made_study("decoder 1", seed=1)]
    figure = charts.layer_transfers(studies, TRIO)
    assert len(figure.data) == 3 * 2 * 3
    for number in range(6):
        k, layer = divmod(number, 2)
        inputs, outputs, line = figure.data[3 * number : 3 * number + 3]
        low, high = figure.layout[inputs.yaxis.replace("y", "yaxis")].range
        for trace, counts, tops in (
            (inputs, studies[layer].pre_activation[k], (inputs.y[1:-1:2] - low) / (high - low)),
            (outputs, studies[layer].output[k], outputs.x[1:-1:2]),
        ):
            shares = (tops / tops.max()) ** 2
            np.testing.assert_allclose(shares, counts / counts.max(), atol=1e-4)
            assert trace.line.color.startswith("rgba")
        np.testing.assert_array_equal(inputs.x, np.repeat(BIN_EDGES, 2))
        np.testing.assert_array_equal(outputs.y, np.repeat(BIN_EDGES, 2))
        # f stands in the inputs' panel on the outputs' axis: its values can be read there.
        np.testing.assert_array_equal(line.x, BIN_EDGES)
        np.testing.assert_array_equal(line.y, studies[layer].function[k])
        assert (line.xaxis, line.yaxis) == (inputs.xaxis, outputs.yaxis)
        assert line.line.color == activation_style(TRIO[k].activation_key).colour


def test_dead_and_saturated_units_are_counted_in_words():
    figure = charts.layer_transfers([made_study()], TRIO)
    texts = [note.text for note in figure.layout.annotations]
    assert texts[1::2] == ["2 of 8 dead, 3 saturated", "0 of 8 dead", "0 of 8 dead"]


def test_a_decoders_cell_has_the_colour_of_its_activation():
    studies = [made_study(members=1), made_study("decoder 1", members=1)]
    figure = charts.layer_transfers(studies, PAIR)
    colours = [trace.line.color for trace in figure.data if trace.name == "f"]
    assert colours == [activation_style("relu").colour, activation_style("tanh").colour]


def test_the_axis_of_outputs_holds_nearly_all_of_them_and_zero():
    study = made_study(members=1)
    study.output[:] = 0
    study.output[0, 60:64] = 1000  # from 1.5 to 2
    study.output[0, 95] = 1  # and one of 4001 far out
    low, high = charts.layer_transfers([study], TRIO[:1]).layout.yaxis.range
    assert -0.5 < low <= 0
    assert 2 <= high < 3


def test_a_layer_without_a_finite_value_still_has_axes():
    study = made_study(members=1)
    study.output[:] = study.pre_activation[:] = 0
    figure = charts.layer_transfers([study], TRIO[:1])
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert all(np.isfinite(trace.y).all() for trace in figure.data)


def test_units_stand_by_class_and_strength_and_the_dead_last():
    means = np.zeros((3, 6))
    means[2, 0] = 5
    means[0, 1] = 1
    means[1, 2] = 2
    means[0, 3] = 4
    dead = np.array([False, False, False, False, True, True])
    assert unit_order(means, dead).tolist() == [3, 1, 2, 0, 4, 5]


def test_a_heat_map_holds_the_means_of_one_member_in_that_order():
    study = made_study()
    figure = charts.class_heat_map([study], 0, DIGITS)
    order = unit_order(study.class_means[0], study.dead[0])
    np.testing.assert_array_equal(figure.data[0].z, study.class_means[0][:, order])
    np.testing.assert_array_equal(figure.data[0].customdata[0], order + 1)
    assert set(order[-2:]) == {0, 1}
    axis = figure.layout.coloraxis
    assert (
        -axis.cmin
        == axis.cmax
        == pytest.approx(np.quantile(np.abs(study.class_means[0]), 0.99), rel=1e-6)
    )
    assert "2 of 8 dead, 3 saturated" in figure.layout.annotations[0].text
    assert figure.layout.yaxis.ticktext == DIGITS


def test_relative_values_are_those_above_the_units_own_mean():
    study = made_study()
    figure = charts.class_heat_map([study], 1, DIGITS, relative=True)
    np.testing.assert_allclose(figure.data[0].z.mean(0), 0, atol=1e-6)


def test_a_class_without_images_is_a_gap():
    study = made_study()
    study.class_means[:, 4] = np.nan
    for relative in (False, True):
        figure = charts.class_heat_map([study], 0, DIGITS, relative=relative)
        gaps = np.isnan(figure.data[0].z)
        assert gaps[4].all()
        assert gaps.sum() == 8
