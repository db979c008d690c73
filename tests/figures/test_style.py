"""Colours keep their contrast on both themes, and no two activations look the same."""

from itertools import combinations, product

import pytest

from tests.helpers.colours import (
    DARK,
    DARKER,
    VISIONS,
    WHITE,
    contrast,
    distance,
)
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.figures import style
from vae_explorer.figures.style import CLASS_COLOURS, NEUTRAL, activation_style, class_colour, faded


def test_contrast_formula_agrees_with_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("background", [WHITE, DARK, DARKER])
def test_every_colour_stands_out_from_both_themes(background):
    colours = [activation_style(name).colour for name in ACTIVATIONS]
    for colour in [*colours, *CLASS_COLOURS, NEUTRAL]:
        assert contrast(colour, background) >= 3, colour


def test_every_activation_has_a_style_of_its_own():
    styles = {name: activation_style(name) for name in ACTIVATIONS}
    assert len(set(styles.values())) == len(ACTIVATIONS) >= 27
    assert len({s.symbol for s in styles.values()}) == len(ACTIVATIONS)
    assert NEUTRAL not in {s.colour for s in styles.values()}


def test_pairs_of_encoder_and_decoder_all_look_different():
    names = list(ACTIVATIONS)
    keys = [a if a == b else f"{a}>{b}" for a, b in product(names, names)]
    seen = {(s.colour, s.dash, s.symbol) for s in map(activation_style, keys)}
    assert len(seen) == len(names) ** 2


def test_pair_has_the_line_of_the_encoder_and_the_marker_of_the_decoder():
    pair, encoder, decoder = map(activation_style, ("relu>tanh", "relu", "tanh"))
    assert (pair.colour, pair.dash) == (encoder.colour, encoder.dash)
    assert (pair.marker_colour, pair.symbol) == (decoder.colour, decoder.symbol)
    assert pair.line(2)["color"] == encoder.colour
    assert pair.marker(8)["color"] == decoder.colour


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(
    "chosen",
    [
        ("relu", "tanh", "silu", "gelu", "sigmoid", "leaky_relu", "elu", "linear"),
        tuple(name for name, activation in ACTIVATIONS.items() if activation.article),
        ("relu", "tanh", "silu", "prelu", "swish", "snake", "adaptive_mixture"),
    ],
)
def test_likely_choices_have_colours_that_can_be_told_apart(chosen, vision):
    assert len(chosen) >= 7
    for one, other in combinations([activation_style(name).colour for name in chosen], 2):
        assert distance(one, other, VISIONS[vision]) > 4, (one, other)


@pytest.mark.parametrize("vision", VISIONS)
def test_classes_can_be_told_apart(vision):
    assert len(CLASS_COLOURS) == 10
    for one, other in combinations(CLASS_COLOURS, 2):
        assert distance(one, other, VISIONS[vision]) > 4, (one, other)


def test_no_class_has_the_colour_of_an_activation():
    assert not set(CLASS_COLOURS) & {activation_style(name).colour for name in ACTIVATIONS}


def test_more_than_ten_classes_begin_again():
    assert class_colour(3) == CLASS_COLOURS[3] == class_colour(13)


def test_new_activation_is_drawn_before_it_has_a_style():
    assert activation_style("not_yet_styled").colour == NEUTRAL


def test_faded_keeps_the_colour():
    assert faded("#0a10ff", 0.25) == "rgba(10,16,255,0.25)"


def test_axis_settings_win_over_the_shared_look():
    assert style.chart_axis("x", zeroline=True)["zeroline"] is True
    assert style.chart_axis("Epochs")["title"]["text"] == "Epochs"
