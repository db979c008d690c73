"""Latent spaces in the plane: panels, classes, scales."""

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.helpers.charts import SEEDS, TRIO, trace
from vae_explorer.figures import charts
from vae_explorer.figures.style import class_colour


def made_points() -> tuple[np.ndarray, np.ndarray]:
    points = np.random.default_rng(0).normal(size=(3, 30, 2)).astype(np.float32)
    return points, (np.arange(30) % 3).astype(np.uint8)


def test_scatter_has_a_panel_a_member_and_holds_the_points_of_each_class():
    points, labels = made_points()
    figure = charts.latent_scatter(points, labels, TRIO, ["0", "1", "2"])
    for k, member in enumerate(TRIO):
        axis = f"x{k + 1}" if k else "x"
        assert member.label in figure.layout.annotations[k].text
        for c in range(3):
            dots = trace(figure, str(c), axis)
            np.testing.assert_array_equal(dots.x, points[k][labels == c, 0])
            np.testing.assert_array_equal(dots.y, points[k][labels == c, 1])
            assert dots.marker.color == class_colour(c)
            assert dots.legendgroup == str(c)
            assert dots.showlegend is (k == 0)


def test_scatter_marks_the_middle_of_each_class_that_is_there():
    points, labels = made_points()
    figure = charts.latent_scatter(points[:1], labels, TRIO[:1], ["0", "1", "2", "3"])
    badges = figure.data[-1]
    assert badges.text == ("<b>0</b>", "<b>1</b>", "<b>2</b>")
    for c in range(3):
        middle = np.median(points[0][labels == c], axis=0)
        np.testing.assert_allclose([badges.x[c], badges.y[c]], middle)


def test_scatter_leaves_long_class_names_to_the_legend():
    points, labels = made_points()
    figure = charts.latent_scatter(points, labels, TRIO, ["Trouser", "Coat", "Bag"])
    assert len(figure.data) == 9


def test_axes_of_a_panel_have_one_scale_and_panels_one_range():
    points, labels = made_points()
    figure = charts.latent_scatter(points, labels, TRIO, list("012"), ("PC 1", "PC 2"))
    for axis in ("", "2", "3"):
        assert figure.layout[f"yaxis{axis}"].scaleanchor == f"x{axis}"
        assert figure.layout[f"xaxis{axis}"].range == figure.layout.xaxis.range
        assert figure.layout[f"yaxis{axis}"].range == figure.layout.xaxis.range
        assert figure.layout[f"xaxis{axis}"].title.text == "PC 1"
    assert figure.layout.yaxis.title.text == "PC 2"


@pytest.mark.parametrize("reach", [2.9, 3.7, 7.0, 9.0, 14.0, 28.0, 45.0, 99.0, 650.0])
def test_ticks_of_neighbouring_panels_keep_apart(reach):
    points = np.full((3, 50, 2), reach)
    layout = charts.latent_scatter(points, np.zeros(50, int), TRIO, list("0")).layout
    end, ticks = layout.xaxis.range[1], layout.xaxis.tickvals
    assert 3 <= len(ticks) <= 5
    assert 0.4 * end < max(ticks) <= 0.9 * end
    assert tuple(ticks) == tuple(-tick for tick in reversed(ticks))


def test_short_names_stand_closer_in_the_legend():
    points, labels = np.zeros((3, 4, 2)), np.arange(4)
    short = charts.latent_scatter(points, labels, TRIO, list("0123")).layout.legend
    long = charts.latent_scatter(points, labels, TRIO, ["Bag", "Coat", "Dress", "Shirt"])
    assert short.entrywidth < 8
    assert long.layout.legend.entrywidth is None


def test_member_far_out_has_a_range_of_its_own():
    points, labels = made_points()
    points[2] *= 40
    figure = charts.latent_scatter(points, labels, TRIO, list("012"))
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert figure.layout.xaxis.range[1] < 6
    assert figure.layout.xaxis3.range[1] >= 50


def test_circle_holds_95_percent_of_the_prior():
    points, labels = made_points()
    circle = charts.latent_scatter(points, labels, TRIO, list("012")).layout.shapes[0]
    normal = np.random.default_rng(1).normal(size=(200_000, 2))
    assert (np.linalg.norm(normal, axis=1) < circle.x1).mean() == pytest.approx(0.95, abs=0.003)
    plain = charts.latent_scatter(points, labels, TRIO, list("012"), prior=False)
    assert len(plain.layout.shapes) == 0


def test_panels_name_the_seed_where_there_are_several():
    points = np.zeros((6, 3, 2))
    figure = charts.latent_scatter(points, np.zeros(3, int), SEEDS, ["0"])
    assert [n.text.split("</b> ")[1] for n in figure.layout.annotations[:2]] == [
        "ReLU, seed 0",
        "ReLU, seed 1",
    ]


def test_points_that_are_not_finite_do_not_break_the_range():
    points, labels = made_points()
    points[0] = np.nan
    figure = charts.latent_scatter(points, labels, TRIO, list("012"))
    assert np.isfinite(figure.layout.xaxis.range).all()


def test_a_phone_gets_the_same_panels_fewer_side_by_side():
    points = np.random.default_rng(0).normal(size=(3, 40, 2))
    figure = charts.latent_scatter(points, np.zeros(40, int), TRIO, list("0"), notes=["far"] * 3)
    narrow = figure.layout.meta["narrow"]
    go.Figure(layout=narrow)  # is a layout to Plotly
    assert len(narrow["annotations"]) == len(narrow["shapes"]) == 3
    left, right, below = (narrow[f"xaxis{axis}"] for axis in ("", "2", "3"))
    assert left["domain"][1] < right["domain"][0]
    assert below["domain"] == left["domain"]
    assert narrow["yaxis3"]["domain"][1] < narrow["yaxis"]["domain"][0]
    assert narrow["xaxis"]["range"] == list(figure.layout.xaxis.range)
    assert not any("far" in title["text"] for title in narrow["annotations"])
    one = charts.latent_scatter(points[:1], np.zeros(40, int), TRIO[:1], list("0"))
    assert one.layout.meta is None
