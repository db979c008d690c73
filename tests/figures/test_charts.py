"""Figures show the arrays that they were given, and nothing of a theme."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures import charts
from vae_explorer.figures.style import activation_style, class_colour
from vae_explorer.results.snapshot import BIN_EDGES, Curves, Freeze, LayerView

TRIO = Experiment(activations=("relu", "tanh", "silu")).members
SEEDS = Experiment(activations=("relu", "tanh"), seeds=3).members
PAIRS = Experiment(activations=("relu",), decoder_activations=("relu", "tanh")).members


def made_curves(members, points: int = 20, per_epoch: int = 4) -> Curves:
    """Falling losses, another level for each member; test losses at every epoch's end."""
    count = len(members)
    epoch = np.arange(1, points + 1, dtype=np.float32) / per_epoch
    fall = (100 + 400 * np.exp(-3 * epoch))[:, None] + 7 * np.arange(count, dtype=np.float32)
    ends = (np.arange(1, points + 1) % per_epoch == 0)[:, None]
    kl = np.full((points, count), 5, np.float32) + np.arange(points, dtype=np.float32)[:, None] / 9
    curves = Curves(
        step=np.arange(1, points + 1) * 10,
        epoch=epoch,
        train_reconstruction=fall.astype(np.float32),
        train_kl=kl,
        test_reconstruction=np.where(ends, fall + 2, np.nan).astype(np.float32),
        test_kl=np.where(ends, kl, np.nan).astype(np.float32),
    )
    return thawed(curves)


def made_layer(count: int, name: str = "encoder 1") -> LayerView:
    rng = np.random.default_rng(0)
    bins = len(BIN_EDGES) - 1
    layer = LayerView(
        name=name,
        pre_activation=rng.integers(1, 50, (count, bins), dtype=np.int32),
        output=rng.integers(1, 50, (count, bins), dtype=np.int32),
        dead=np.full(count, 0.12),
        saturated=np.zeros(count),
    )
    return thawed(layer)


def thawed(view):
    """The view with arrays that a test may change before it draws them."""
    for value in vars(view).values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = True
    return view


def trace(figure: go.Figure, name: str, axis: str | None = None) -> go.Scatter:
    """The only trace of that name, on that x axis if one is given."""
    found = [t for t in figure.data if t.name == name and axis in (None, t.xaxis)]
    assert len(found) == 1, [t.name for t in figure.data]
    return found[0]


def texts(figure: go.Figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations)


def all_figures() -> dict[str, go.Figure]:
    x = np.linspace(-2, 2, 9)
    return {
        "losses": charts.loss_curves(made_curves(TRIO), TRIO),
        "histograms": charts.activation_histograms([made_layer(3)], TRIO),
        "latents": charts.latent_scatter(np.ones((3, 4, 2)), np.arange(4), TRIO, list("0123")),
        "gradients": charts.gradient_norms(["a", "b"], np.ones((3, 2)), TRIO),
        "function": charts.activation_curve(x, x, np.ones(9), "linear"),
    }


@pytest.mark.parametrize("name", all_figures())
def test_figure_suits_both_themes_and_keeps_zoom(name):
    figure = all_figures()[name]
    assert len(figure.data) > 0
    assert figure.layout.uirevision == "keep"
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None
    assert figure.layout.height > 0
    assert figure.layout.template.layout.to_plotly_json() == {}  # no copy of Plotly's own look
    assert json.loads(figure.to_json())["layout"]["uirevision"] == "keep"


# Losses


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


# The plane, and the functions


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


def test_activation_curve_holds_function_and_derivative():
    x = np.linspace(-4, 4, 33)
    figure = charts.activation_curve(x, np.exp(x), np.exp(x) + 1, "exponential")
    np.testing.assert_array_equal(trace(figure, "f(x)").y, np.exp(x))
    np.testing.assert_array_equal(trace(figure, "f′(x)").y, np.exp(x) + 1)
    assert trace(figure, "f(x)").line.color == activation_style("exponential").colour
    assert figure.layout.yaxis.range[1] < 5
    assert len(charts.activation_curve(x, x, None, "linear").data) == 1


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
