"""Charts of a race over training: what they hold, and how they stay small."""

import numpy as np

from tests.helpers.charts import texts, trace
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures import charts
from vae_explorer.figures.charts.panels import natural_height, panel_columns
from vae_explorer.figures.style import activation_style
from vae_explorer.results.snapshot import BIN_EDGES

PAIR = Experiment(activations=("relu", "tanh"), seeds=3)


def test_histograms_are_square_roots_of_shares_on_one_scale():
    counts = np.zeros((2, 3, len(BIN_EDGES) - 1), int)
    counts[0, :, 48] = 25  # all in the bin above 0
    counts[1, :, 0] = 10
    counts[1, :, 60] = 30
    figure = charts.histograms_over_training(counts, np.array([1.0, 2, 4]), ["A", "B"])
    spike, spread = figure.data
    assert np.nanmax(spike.z) == 1
    np.testing.assert_allclose(np.asarray(spread.z)[[0, 60]], [[0.5] * 3, [np.sqrt(0.75)] * 3])
    np.testing.assert_allclose(spike.x, [0.5, 1.5, 3, 5])
    np.testing.assert_allclose(spike.y, BIN_EDGES)
    assert spike.coloraxis == spread.coloraxis == "coloraxis"
    assert figure.layout.coloraxis.colorbar.ticktext[-1] == "≥ 50 %"


def test_histograms_without_counts_are_blank_and_many_times_are_thinned():
    counts = np.zeros((1, 900, len(BIN_EDGES) - 1), int)
    counts[:, :500, 50] = 3
    figure = charts.histograms_over_training(counts, np.arange(900.0), ["A"], keys=["relu"])
    z = np.asarray(figure.data[0].z)
    assert z.shape[1] <= 160
    assert np.isnan(z[:, -1]).all()
    assert activation_style("relu").colour in texts(figure)
    empty = charts.histograms_over_training(counts[:, :0], np.zeros(0), ["A"], whole=9)
    assert tuple(empty.layout.xaxis.range) == (0, 9)


def test_gradients_have_a_panel_a_layer_with_geometric_means():
    norms = np.random.default_rng(0).lognormal(size=(5, 6, 2))
    norms[2, :, 1] = 0
    figure = charts.gradients_over_training(np.arange(5.0), norms, ["a", "b"], PAIR.members)
    for panel in range(2):
        line = trace(figure, "Tanh", f"x{panel + 1}" if panel else "x")
        expected = np.exp(np.log(np.where(norms > 0, norms, np.nan))[:, 3:, panel].mean(1))
        np.testing.assert_allclose(line.y, expected)
        assert line.line.color == activation_style("tanh").colour
    assert figure.layout.yaxis.type == figure.layout.yaxis2.type == "log"
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert [note.text for note in figure.layout.annotations] == ["a", "b"]
    assert sum(t.showlegend for t in figure.data) == 2


def test_panels_of_many_members_fit_in_few_rows():
    assert [panel_columns(k) for k in (0, 1, 2, 3, 4, 5, 6)] == [1, 1, 2, 3, 4, 3, 3]
    assert [panel_columns(k) for k in (7, 8, 10, 12, 18, 24)] == [4, 4, 5, 6, 6, 6]
    assert natural_height(3) == natural_height(4) == 330
    assert 2 * natural_height(6) < 500


def test_long_names_above_small_panels_are_set_smaller():
    names = ("leaky_relu", "adaptive_mixture", "average_pooling")
    pairs = Experiment(activations=names, decoder_activations=names[:2], seeds=2).members
    points, labels = np.zeros((12, 4, 2)), np.arange(4)
    sizes = [
        charts.latent_scatter(points[:k], labels, pairs[:k], list("0123")).layout.annotations[0]
        for k in (3, 12)
    ]
    assert sizes[0].font.size == 15
    assert sizes[1].font.size < 13
