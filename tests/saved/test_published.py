"""The pretrained VAEs that are published: complete, small, and as their recipes say."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS
from vae_explorer.saved.catalogue import (
    PRETRAINED,
    catalogue_text,
    load_members,
    read_catalogue,
)
from vae_explorer.saved.recipes import RECIPES


def test_the_recipes_cover_the_registry():
    article = {name for name, activation in ACTIVATIONS.items() if activation.article}
    for dataset in DATASETS:
        found = {2: set(), 20: set()}
        for recipe in RECIPES.values():
            if recipe.dataset == dataset:
                found[recipe.latent] |= set(recipe.activations)
        assert found[2] == set(ACTIVATIONS)
        assert found[20] > article


# --- The folder that is published ---


@pytest.fixture(scope="module")
def published():
    return read_catalogue()


def test_the_recipes_are_what_is_published(published):
    assert published.problems == ()
    assert {entry.name: entry.experiment for entry in published.entries} == RECIPES
    text = (PRETRAINED / "catalogue.json").read_text(encoding="utf-8")
    assert text == catalogue_text(published.entries)


def test_every_activation_is_there_on_every_set(published):
    """With its weights, or for the exponential alone with the reason why it has none."""
    article = {name for name, activation in ACTIVATIONS.items() if activation.article}
    for dataset in DATASETS:
        assert published.latents(dataset) == (2, 20)
        assert set(published.results(dataset, 2)) == set(ACTIVATIONS)
        assert set(published.results(dataset, 20)) > article
        for latent in (2, 20):
            assert set(published.diverged(dataset, latent)) <= {"exponential"}


def test_the_folder_is_small_enough_for_any_host():
    files = [path for path in PRETRAINED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 30_000_000
    assert max(path.stat().st_size for path in files) < 9_000_000


def test_nothing_is_told_of_the_machine_that_trained(published):
    for path in PRETRAINED.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert "/work" not in text and "/home" not in text and "/tmp" not in text
    for entry in published.entries:
        assert "/" not in entry.record.info.data_origin
        sizes = (entry.record.info.training_images, entry.record.info.test_images)
        assert sizes == DATASETS[entry.dataset].full_sizes


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("latent", [2, 20])
def test_every_published_member_loads_and_decodes(published, dataset, latent):
    names = published.activations(dataset, latent)
    population = load_members(published, dataset, latent, names)
    images = population.decode(torch.zeros(1, latent))
    assert images.shape == (len(names), 1, np.prod(DATASETS[dataset].image_shape))
    assert torch.isfinite(images).all()
    assert ((images >= 0) & (images <= 1)).all()


def test_loading_six_is_quick(published):
    names = published.activations("mnist", 2)
    load_members(published, "mnist", 2, names[:6])
    seconds = []
    for _ in range(3):
        started = time.process_time()  # whatever else this machine does meanwhile
        load_members(published, "mnist", 2, names[3:9])
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.1
