"""Presets: experiments with a name."""

from __future__ import annotations

import pytest

from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.presets import PRESETS


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_is_valid_and_says_what_it_shows(preset):
    assert isinstance(preset.experiment, Experiment)
    assert Experiment.from_query(preset.experiment.to_query()) == (preset.experiment, [])
    assert preset.sentence.endswith(".")
    for name in preset.changes:  # what is the default anyway need not be said
        assert getattr(preset.experiment, name) != SETTINGS[name].default, name


def test_presets_differ():
    assert len({preset.experiment for preset in PRESETS.values()}) == len(PRESETS)
    assert len({preset.label for preset in PRESETS.values()}) == len(PRESETS)


def test_the_preset_of_the_article_has_its_nine():
    assert len(PRESETS["article-nine"].experiment.activations) == 9
