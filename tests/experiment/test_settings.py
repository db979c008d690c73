"""Lists as people write them, with commas, spaces or both."""

from __future__ import annotations

import pytest

from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.settings import ConfigError, from_words, in_words


@pytest.mark.parametrize(
    "text", ["0,25 1 4", "0,25", "0,25, 1, 4", "1 4 0,25", ",25", "1,5e-3", "0,25,1,4", "1,2"]
)
def test_a_comma_that_may_be_a_decimal_one_is_refused(text):
    with pytest.raises(ConfigError, match="may be one number or several"):
        from_words(SETTINGS["sweep_values"], text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.25,1,4", (0.25, 1, 4)),
        ("0.25 1 4", (0.25, 1, 4)),
        ("0.25, 1, 4", (0.25, 1, 4)),
        ("0, 25", (0, 25)),
        ("0,0.1,0.3", (0, 0.1, 0.3)),
        ("1,2,3", (1, 2, 3)),
        ("", ()),
    ],
)
def test_lists_of_numbers_as_people_write_them(text, expected):
    assert from_words(SETTINGS["sweep_values"], text) == expected
    assert from_words(SETTINGS["hidden"], "400,200") == (400, 200)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("sweep_values", (0.123456789, 1.0, 1e-05, 0.1 + 0.2), None),
        ("sweep_values", (0.25, 1.0, 4.0), "0.25, 1, 4"),
        ("sweep_values", (0.0, 2048.0), "0, 2048"),
        ("hidden", (400, 200), "400, 200"),
        ("hidden", (), "none"),
        ("decoder_hidden", None, "as the encoder"),
        ("activations", ("relu", "silu"), "ReLU, SiLU"),
        ("dataset", "digits", "Digits (8×8)"),
        ("seed", 2147483647, "2147483647"),
        ("epochs", 1_000_000, "1000000"),
        ("learning_rate", 0.0012345678, "0.0012345678"),
    ],
)
def test_a_value_in_words_is_the_value(name, value, words):
    setting = SETTINGS[name]
    written = in_words(setting, value)
    assert words is None or written == words
    if "longest" in setting.metadata and "each" not in setting.metadata:
        assert from_words(setting, written) == value


def test_links_keep_their_commas():
    query = {"sweep": "beta", "sweep_values": "0.25,1,4"}
    assert Experiment.from_query(query)[0].swept_values == (0.25, 1, 4)
    assert Experiment.from_query(query | {"sweep_values": "1,4"})[0].swept_values == (1, 4)
