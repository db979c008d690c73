"""The pretrained VAEs that are published: complete, small, and as their recipes say."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS, load_dataset
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.saved.catalogue import (
    PRETRAINED,
    catalogue_text,
    load_members,
    read_catalogue,
)
from vae_explorer.saved.recipes import RECIPES
from vae_explorer.saved.run import load
from vae_explorer.saved.run_record import losses_by_draws


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


def test_losses_are_means_over_many_draws_and_one_does_not_settle(published):
    unsettled = []
    for entry in published.entries:
        info = entry.record.info
        assert info.loss_draws == LEAST_DRAWS
        for row, result in enumerate(entry.record.results):
            if row in info.unsettled:
                unsettled.append((entry.name, result.recipe.activation_key))
            lost = row in info.unsettled or result.frozen is not None
            assert (result.test_loss is None) == lost or result.frozen is not None
    assert unsettled == [("digits-2d-superlinear", "exponential")]
    facts = json.loads(catalogue_text(published.entries))["entries"]
    (entry,) = [each for each in facts if each["name"] == "digits-2d-superlinear"]
    assert [(each["settles"], each["test_elbo"] is None) for each in entry["members"]] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize("name", ["digits-2d-article", "digits-20d"])
def test_losses_are_those_of_the_published_weights(published, name):
    (entry,) = [each for each in published.entries if each.name == name]
    reconstruction, kl, _ = losses_by_draws(load(entry.folder), load_dataset("digits"), LEAST_DRAWS)
    found = [[each.test_reconstruction, each.test_kl] for each in entry.record.results]
    np.testing.assert_allclose(found, np.stack([reconstruction, kl], axis=1), rtol=1e-4)
