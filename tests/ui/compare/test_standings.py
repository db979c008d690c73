"""The race that is laid over another one: only where their nats measure the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.saved_races import saved_race
from vae_explorer.ui.compare import standings


@pytest.fixture(scope="module")
def saved():
    return saved_race()


def test_a_race_on_the_same_images_is_laid_over(monkeypatch, saved):
    monkeypatch.setattr(standings, "overlay_race", lambda: saved)
    assert standings._overlay(saved).arms == saved.arms


def test_one_on_other_images_of_the_same_name_is_not(monkeypatch, saved):
    others = replace(saved.probe, images=saved.probe.images[::-1].copy())
    monkeypatch.setattr(standings, "overlay_race", lambda: replace(saved, probe=others))
    assert standings._overlay(saved) is None


def test_one_of_another_output_is_not(monkeypatch, saved):
    other = replace(saved, experiment=saved.experiment.replace(output="gaussian"))
    monkeypatch.setattr(standings, "overlay_race", lambda: other)
    assert standings._overlay(saved) is None
