"""Pictures of a race draw the numbers of `statistics`, and say where nothing is clear."""

import numpy as np
import pytest

from tests.helpers.charts import texts, trace
from tests.helpers.races import standing
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.explain.statistics import Family, intervals
from vae_explorer.figures import charts
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.charts.curves import End, end_labels, thinned
from vae_explorer.figures.style import activation_style, arm_styles, short_label
from vae_explorer.results.snapshot import BIN_EDGES, Freeze
from vae_explorer.results.tuning import Tuning

PAIR = Experiment(activations=("relu", "tanh"), seeds=3)
ARMS = arms_of(PAIR)
RATES = (0.001, 0.01, 0.1)
SWEEP = Experiment(activations=("relu", "tanh"), seeds=2, sweep="beta", sweep_values=(0.25, 1, 4))
LABEL = "Negative ELBO (nats per image)"
NAMED = {"quantity_label": "Negative ELBO", "unit": "nats"}


def made_lines(arms, points: int = 12) -> list:
    """A falling curve for each seed, an arm above the other."""
    rng = np.random.default_rng(0)
    epoch = np.arange(1, points + 1) / 2
    return [
        (epoch, 30 + 5 * a + 60 / epoch + rng.normal(size=(len(arm.rows), points)))
        for a, arm in enumerate(arms)
    ]


def curves(lines, arms=ARMS, **options):
    return charts.race_curves(lines, arms, quantity_label=LABEL, **options)


def clear_values() -> np.ndarray:
    """(3, 5): the reference, an arm much like it, and one that is clearly lower."""
    rng = np.random.default_rng(1)
    base = rng.normal(100, 1, 5)
    near = base + np.array([0.5, -0.6, 0.3, -0.4, 0.1])
    return np.stack([base, near, base - 5 + rng.normal(0, 0.1, 5)])


TRIO = arms_of(Experiment(activations=("relu", "tanh", "silu"), seeds=5))


def every_figure() -> dict:
    x = np.arange(1, 5) / 2
    counts = np.ones((2, 4, len(BIN_EDGES) - 1), int)
    values = clear_values()
    return {
        "curves": curves(made_lines(ARMS)),
        "grid": charts.activation_grid("ab", "cd", np.ones((2, 2, 3)), **NAMED),
        "sweep": charts.sweep_lines(arms_of(SWEEP), np.ones((6, 2)), "beta", **NAMED),
        "differences": charts.difference_plot(standing(TRIO, values), "KL", "nats"),
        "histograms": charts.histograms_over_training(counts, x, ["A", "B"]),
        "gradients": charts.gradients_over_training(x, np.ones((4, 6, 2)), "ab", PAIR.members),
    }


@pytest.mark.parametrize("name", every_figure())
def test_figure_suits_both_themes_and_keeps_zoom(name):
    figure = every_figure()[name]
    assert len(figure.data) > 0
    assert figure.layout.uirevision == "keep"
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.font.color is None


# Curves


def test_an_arm_is_its_seeds_with_gaps_its_interval_and_its_mean():
    lines = made_lines(ARMS)
    figure = curves(lines)
    assert len(figure.data) == 6
    for (epoch, values), arm in zip(lines, ARMS):
        mean, low, high = intervals(values[None])[:, 0]
        np.testing.assert_allclose(trace(figure, arm.label).y, mean, rtol=1e-6)
        band = trace(figure, f"{arm.label}, 95 % interval of the mean")
        np.testing.assert_allclose(band.y, np.concatenate([low, high[::-1]]), rtol=1e-6)
        seeds = trace(figure, f"{arm.label}, each seed")
        np.testing.assert_array_equal(np.flatnonzero(np.isnan(seeds.y)), [12, 25])
        np.testing.assert_allclose(seeds.y[13:25], values[1], rtol=1e-6)
        np.testing.assert_allclose(seeds.x[26:], epoch)
        assert seeds.line.width < trace(figure, arm.label).line.width
        assert seeds.line.color == activation_style(arm.activation_key).colour
    assert figure.layout.yaxis.title.text == LABEL
    assert "ReLU" in texts(figure)


def test_one_seed_is_a_line_without_an_interval():
    arms = arms_of(Experiment(activations=("relu", "tanh")))
    figure = curves(made_lines(arms), arms)
    assert [t.name for t in figure.data] == ["ReLU", "Tanh"]
    assert "±" not in figure.data[0].hovertemplate


def test_arms_have_points_of_their_own_and_points_without_values_are_left_out():
    lines = made_lines(ARMS)
    lines[1] = (lines[1][0][:5], lines[1][1][:, :5])
    lines[0][1][:, ::2] = np.nan
    figure = curves(lines, epochs=30)
    np.testing.assert_allclose(trace(figure, "ReLU").x, lines[0][0][1::2])
    assert len(trace(figure, "Tanh").x) == 5
    assert tuple(figure.layout.xaxis.range) == (0, 30)


def test_before_the_first_point_there_are_axes():
    empty = [(np.zeros(0), np.zeros((3, 0)))] * 2
    figure = curves(empty, epochs=30)
    assert tuple(figure.layout.xaxis.range) == (0, 30)
    assert len(figure.layout.annotations) == 0


def test_a_seed_that_stopped_has_a_cross_and_the_mean_goes_on_without_it():
    lines = made_lines(ARMS)
    lines[1][1][2, 7:] = np.inf
    stop = Freeze(member=5, step=70, layer="output", reason="Its loss was not finite.")
    figure = curves(lines, frozen=(stop,))
    cross = trace(figure, "Tanh, stopped")
    assert cross.x[0] == lines[1][0][6]
    assert cross.y[0] <= lines[1][1][2, 6]
    assert "seed 3 of 3" in cross.text[0]
    assert "not finite" in cross.text[0]
    assert "diverged: Tanh 1 of 3 seeds" in texts(figure)
    np.testing.assert_allclose(trace(figure, "Tanh").y[7:], lines[1][1][:2, 7:].mean(0), rtol=1e-6)


def test_a_saved_race_is_laid_over_as_thinner_dashed_means():
    saved = made_lines(ARMS, points=16)
    figure = curves(made_lines(ARMS), overlay=(saved, ARMS), epochs=6)
    over = trace(figure, "saved: ReLU")
    np.testing.assert_allclose(over.y, saved[0][1].mean(0), rtol=1e-6)
    assert over.line.dash != "solid"
    assert over.line.width < trace(figure, "ReLU").line.width
    assert "saved: ReLU" in texts(figure)
    assert figure.layout.xaxis.range[1] == 8
    assert len(figure.data) == 8


def test_values_of_a_sweep_share_a_colour_and_are_told_apart():
    arms = arms_of(SWEEP)
    looks = arm_styles(arms)
    relu = [look for look, arm in zip(looks, arms) if arm.activation_key == "relu"]
    assert {look.style.colour for look in relu} == {activation_style("relu").colour}
    assert len({look.style.dash for look in relu}) == 3
    assert relu[0].width < relu[1].width < relu[2].width
    assert short_label(arms[0]) == "ReLU 0.25"
    figure = curves(made_lines(arms), arms)
    assert len({trace(figure, arm.label).line.dash for arm in arms[:3]}) == 3


def test_a_long_line_keeps_its_ends_its_peaks_and_its_gaps():
    values = np.random.default_rng(0).normal(size=1000)
    values[333], values[777] = 50, -50
    values[500:540] = np.nan
    kept = thinned(values, 250)
    assert len(kept) <= 252
    assert (np.diff(kept) > 0).all()
    assert {0, 333, 777, 999} <= set(kept.tolist())
    inside = kept[(kept >= 500) & (kept < 540)]
    assert len(inside) and np.isnan(values[inside]).all()
    np.testing.assert_array_equal(thinned(values[:250], 250), np.arange(250))


def test_sixty_members_of_a_thousand_points_are_few_points_to_draw():
    arms = arms_of(Experiment(activations=("relu", "tanh"), seeds=20))
    figure = curves(made_lines(arms, points=1000), arms)
    assert len(trace(figure, "ReLU, each seed").y) <= 20 * 253
    assert len(trace(figure, "ReLU").y) <= 252


def test_labels_near_the_top_are_pushed_down_and_not_out():
    labels = end_labels([End(9.9, 1.0, str(i)) for i in range(8)], (0, 10), 340)
    assert max(label["yshift"] for label in labels) <= 3
    assert min(np.diff(sorted(label["yshift"] for label in labels))) >= 16


# Grid, sweep, differences


def test_grid_cells_hold_means_and_intervals():
    values = np.random.default_rng(0).normal(50, 1, (2, 3, 4))
    figure = charts.activation_grid(["A", "B"], ["C", "D", "E"], values, **NAMED)
    mean, low, high = intervals(values.reshape(6, 4))
    np.testing.assert_allclose(figure.data[0].z, mean.reshape(2, 3))
    for note, centre, half in zip(figure.layout.annotations, mean, (high - low) / 2):
        assert f"<b>{centre:.1f}</b>" in note.text
        assert f"±{half:.1f}" in note.text
    assert figure.layout.coloraxis.colorbar.title.text == "Negative ELBO (nats)"
    assert figure.layout.xaxis.ticktext == ("C", "D", "E")


@pytest.mark.parametrize(("better", "cell"), [(-1, (1, 0)), (1, (0, 1)), (0, None)])
def test_grid_outlines_the_best_cell_where_it_leads_alone(better, cell):
    means = np.array([[50.0, 90.0], [10.0, 50.0]])
    values = means[..., None] + np.random.default_rng(0).normal(0, 0.1, (2, 2, 5))
    names = ("relu", "tanh")
    experiment = Experiment(activations=names, decoder_activations=names, seeds=5)

    def drawn(values):
        by = standing(arms_of(experiment), values.reshape(4, -1), better)
        return race_figures.grid(by, experiment, "test_loss")

    shapes = drawn(values).layout.shapes
    assert [(round(s.y0 + 0.5), round(s.x0 + 0.5)) for s in shapes] == ([cell] if cell else [])
    assert not drawn(np.random.default_rng(0).normal(50, 1, (2, 2, 5))).layout.shapes
    one_seed = drawn(values[..., :1])
    assert not one_seed.layout.shapes
    assert "±" not in texts(one_seed)


def test_grid_says_what_diverged():
    values = np.full((1, 2, 3), 7.0) + np.arange(3)
    values[0, 0] = np.nan
    values[0, 1, 0] = np.nan
    notes = charts.activation_grid("a", "bc", values, **NAMED).layout.annotations
    assert notes[0].text == "diverged"
    assert "2 of 3 seeds" in notes[1].text


def test_sweep_lines_have_means_intervals_and_a_dot_a_seed_at_their_values():
    arms = arms_of(SWEEP)
    values = np.random.default_rng(0).normal(size=(6, 2))
    figure = charts.sweep_lines(arms, values, "beta", **NAMED)
    mean, low, high = intervals(values)
    line = trace(figure, "ReLU")
    np.testing.assert_allclose(line.y, mean[:3])
    np.testing.assert_allclose(line.error_y.array, (high - low)[:3] / 2)
    assert line.text == ("0.25", "1", "4")
    np.testing.assert_allclose(trace(figure, "Tanh, each seed").y, values[3:].ravel())
    np.testing.assert_allclose(figure.layout.xaxis.tickvals, np.log10([0.25, 1, 4]))
    assert figure.layout.xaxis.ticktext == ("0.25", "1", "4")
    assert figure.layout.xaxis.title.text == "Beta (log scale)"


@pytest.mark.parametrize(("sweep", "values"), [("beta", (0, 1, 4)), ("latent", (2, 8, 32))])
def test_sweep_stands_side_by_side_where_a_log_scale_would_not_read(sweep, values):
    arms = arms_of(Experiment(activations=("relu",), sweep=sweep, sweep_values=values))
    figure = charts.sweep_lines(arms, np.ones((3, 1)), sweep, **NAMED)
    assert figure.layout.xaxis.tickvals == (0, 1, 2)
    np.testing.assert_allclose(trace(figure, "ReLU").x, [0, 1, 2])
    assert not trace(figure, "ReLU").error_y.visible


def test_differences_are_sorted_filled_where_clear_and_named_where_not():
    found = [None, *(Family(clear_values()).difference(arm, 0) for arm in (1, 2))]
    figure = charts.difference_plot(standing(TRIO, clear_values()), "KL", "nats")
    assert [t.name for t in figure.data] == ["SiLU", "Tanh"]
    for drawn, each in zip(figure.data, (found[2], found[1])):
        assert drawn.x[0] == each.mean
        assert drawn.error_x.array[0] == pytest.approx(each.half)
        assert drawn.marker.symbol == ("circle" if each.clear else "circle-open")
    words = [note.text for note in figure.layout.annotations]
    assert words[0] == f"<b>−{-found[2].mean:.2f} ± {found[2].half:.2f}</b>"
    assert words[1] == "no clear difference"
    assert figure.layout.xaxis.range[0] < 0 < figure.layout.xaxis.range[1]
    assert (
        "ReLU" in figure.layout.xaxis.title.text and "KL (nats)" in figure.layout.xaxis.title.text
    )
    upwards = charts.difference_plot(standing(TRIO, clear_values(), 1), "KL", "nats")
    assert [t.name for t in upwards.data] == ["Tanh", "SiLU"]


@pytest.mark.parametrize(
    ("diverged", "words"),
    [
        ((0, 0, 1), ["no clear difference", f"1 of {len(TRIO[2].rows)} seeds diverged"]),
        ((1, 0, 0), ["reference diverged", "reference diverged"]),
    ],
)
def test_differences_to_or_of_the_lucky_seeds_are_never_clear(diverged, words):
    assert Family(clear_values()).difference(2, 0).clear
    figure = charts.difference_plot(standing(TRIO, clear_values(), diverged=diverged), "KL", "nats")
    assert {t.marker.symbol for t in figure.data} == {"circle-open"}
    assert [note.text for note in figure.layout.annotations[:2]] == words
    if diverged[2]:  # of all the lowest, and yet below those that are whole
        assert [t.name for t in figure.data] == ["Tanh", "SiLU"]


def test_differences_from_one_seed_or_none_are_not_called_clear():
    one = standing(TRIO, np.array([[1.0], [2.0], [np.nan]]))
    figure = charts.difference_plot(one, "KL", "nats")
    assert [t.marker.symbol for t in figure.data] == ["circle-open"] * 2
    assert [note.text for note in figure.layout.annotations[:2]] == [
        "one seed: an example",
        "no value",
    ]
    assert np.isfinite(figure.layout.xaxis.range).all()


# Over training


def test_a_tuning_has_a_line_an_arm_and_a_ring_around_what_it_chose():
    experiment = Experiment(
        dataset="digits", activations=("relu", "tanh"), tune="learning_rate", tune_values=RATES
    )
    losses = np.array([[[26.0] * 3, [25.0] * 3, [25.5] * 3], [[27.0] * 3, [26.0] * 3, [24.0] * 3]])
    found = Tuning(RATES, ("gain",), losses[:, None], images=287, train_images=1150, seconds=9.0)
    ((figure, caption),) = race_figures.tuning(found, experiment)
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}
    for label, means in zip(("ReLU", "Tanh"), losses.mean(2)):
        np.testing.assert_allclose(10 ** np.array(lines[label].x), RATES)
        np.testing.assert_array_equal(lines[label].y, means)
    rings = {t.name: (10 ** t.x[0], t.y[0]) for t in figure.data if "choice" in t.name}
    assert rings["ReLU's choice"] == (pytest.approx(0.01), 25.0)
    assert rings["Tanh's choice"] == (pytest.approx(0.1), 24.0)
    assert "on 287 validation images: the mean of 3 seeds (dots). Ringed: what each" in caption


def test_what_is_far_worse_leaves_the_frame_and_hides_nothing():
    losses = np.full((1, 1, 3, 3), 25.0)
    losses[0, 0, 2] = 400.0
    figure = charts.rate_lines(["relu"], RATES, losses[:, 0], [1])
    low, high = figure.layout.yaxis.range
    assert low < 25 < high < 400
    (label,) = figure.layout.annotations
    assert label.text.endswith("ReLU ↑")


def test_trials_whose_turn_is_to_come_have_no_chart_yet():
    experiment = Experiment(
        dataset="digits", activations=("relu",), tune="learning_rate_and_init", tune_values=RATES
    )
    losses = np.full((1, 2, 3, 3), np.nan)
    for begun in (1, 1, 2):
        found = Tuning(RATES, ("gain", "pytorch"), losses.copy(), 287, 1150, 9.0)
        assert len(list(race_figures.tuning(found, experiment, ended=False))) == begun
        losses[0, int(np.isfinite(losses[0, 0]).all())] = 25.0
