"""Figures show the arrays that they were given, and nothing of a theme."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.helpers.charts import TRIO, made_curves, made_layer, trace
from vae_explorer.figures import charts
from vae_explorer.figures.style import activation_style


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


def test_activation_curve_holds_function_and_derivative():
    x = np.linspace(-4, 4, 33)
    figure = charts.activation_curve(x, np.exp(x), np.exp(x) + 1, "exponential")
    np.testing.assert_array_equal(trace(figure, "f(x)").y, np.exp(x))
    np.testing.assert_array_equal(trace(figure, "f′(x)").y, np.exp(x) + 1)
    assert trace(figure, "f(x)").line.color == activation_style("exponential").colour
    assert figure.layout.yaxis.range[1] < 5
    assert len(charts.activation_curve(x, x, None, "linear").data) == 1
