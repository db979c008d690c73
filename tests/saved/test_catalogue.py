"""The pretrained catalogue: what is listed, what is loaded, and the folder that is published."""

from __future__ import annotations

import errno
import json
import os
import shutil

import numpy as np
import pytest
import torch

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.saved import files, recipes
from vae_explorer.saved.catalogue import (
    load_members,
    read_catalogue,
    write_catalogue,
)
from vae_explorer.saved.run import StoreError, load, save_run
from vae_explorer.training.trainer import Trainer

SMALL = {"dataset": "digits", "hidden": (6, 4), "batch_size": 40, "epochs": 1}
TINY = {
    "digits-2d-article": Experiment(activations=("relu", "prelu", "tanh"), **SMALL),
    "digits-2d-beyond": Experiment(activations=("adaptive_mixture", "gelu"), **SMALL),
    "digits-5d": Experiment(activations=("tanh", "relu"), latent=5, **SMALL),
}


def make(folder, dataset, recipes):
    for name, recipe in recipes.items():
        trainer = Trainer(recipe, dataset)
        while not trainer.finished:
            trainer.step()
        save_run(folder / name, trainer, half=True, draws=LEAST_DRAWS)


@pytest.fixture(scope="module")
def original(few_digits, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "RECIPES", TINY)
        folder = tmp_path_factory.mktemp("catalogue")
        make(folder, few_digits, TINY)
        write_catalogue(folder)
    return folder


@pytest.fixture
def folder(original, tmp_path, monkeypatch):
    monkeypatch.setattr(recipes, "RECIPES", TINY)
    return shutil.copytree(original, tmp_path / "pretrained")


# --- Reading ---


def test_what_there_is_is_listed(folder):
    found = read_catalogue(folder)
    assert found.problems == ()
    assert [entry.name for entry in found.entries] == list(TINY)
    assert [entry.experiment for entry in found.entries] == list(TINY.values())
    assert found.latents("digits") == (2, 5)
    assert found.latents("mnist") == ()
    assert found.activations("digits", 5) == ("tanh", "relu")  # as in the registry
    assert found.activations("digits", 2) == ("tanh", "relu", "prelu", "gelu", "adaptive_mixture")
    assert found.activations("digits", 3) == found.activations("fashion", 2) == ()
    assert found.results("digits", 2)["gelu"] == found.entries[1].record.results[1]


def test_members_that_diverged_are_not_offered(folder):
    path = folder / "digits-5d" / "run.json"
    values = json.loads(path.read_text())
    values["members"][0]["frozen"] = {"member": 0, "step": 1, "layer": "encoder 1", "reason": "No."}
    path.write_text(json.dumps(values))
    found = read_catalogue(folder)
    assert found.problems == ()
    assert found.activations("digits", 5) == ("relu",)
    assert found.diverged("digits", 5) == {"tanh": "No."}
    assert found.diverged("digits", 2) == {}


@pytest.mark.parametrize(
    ("latent", "names"),
    [
        (2, ("gelu", "relu", "adaptive_mixture", "tanh")),
        (2, ("prelu",)),
        (2, ("relu", "prelu", "tanh")),
        (5, ("tanh", "relu")),
        (5, ("relu",)),
    ],
)
def test_members_come_from_whichever_entries_hold_them(folder, random, latent, names):
    population = load_members(read_catalogue(folder), "digits", latent, names)
    assert [member.activation_key for member in population.members] == list(names)
    latents = random.standard_normal((9, latent), dtype=np.float32)
    images = random.random((9, 64), dtype=np.float32)
    known = {}
    for name, recipe in TINY.items():
        if recipe.latent == latent:
            whole = load(folder / name)
            known |= dict(
                zip(recipe.activations, zip(whole.encode(images)[0], whole.decode(latents)))
            )
    means, decoded = population.encode(images)[0], population.decode(latents)
    for index, name in enumerate(names):
        for value, expected in zip((means[index], decoded[index]), known[name]):
            torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)


def test_of_two_the_first_that_survived_is_taken(few_digits, folder):
    """And it may have been trained at another pace."""
    slower = TINY["digits-2d-beyond"].replace(activations=["relu", "tanh"], learning_rate=1e-4)
    make(folder, few_digits, {"digits-2d-beyond": slower})
    before = read_catalogue(folder)
    assert before.problems == ()
    assert before.results("digits", 2)["tanh"] == before.entries[0].record.results[2]
    assert before.experiment("digits", 2, ("tanh", "relu")).learning_rate == 5e-3
    path = folder / "digits-2d-article" / "run.json"
    values = json.loads(path.read_text())
    values["members"][2]["frozen"] = {"member": 2, "step": 1, "layer": "encoder 1", "reason": "No."}
    path.write_text(json.dumps(values))
    found = read_catalogue(folder)
    assert found.diverged("digits", 2) == {}
    assert found.results("digits", 2)["tanh"] == found.entries[1].record.results[1]
    assert found.experiment("digits", 2, ("tanh",)) == slower.replace(activations=["tanh"])
    weights = load_members(found, "digits", 2, ("relu", "tanh")).parameters.values
    assert torch.equal(
        weights["encoder.0.weight"][1],
        load(folder / "digits-2d-beyond").parameters.values["encoder.0.weight"][1],
    )


def test_members_that_are_not_there_are_said(folder):
    found = read_catalogue(folder)
    with pytest.raises(StoreError, match=r"has no gelu for digits in 5 latent dimensions\.$"):
        load_members(found, "digits", 5, ("relu", "gelu"))
    for names in (("relu",), ()):
        with pytest.raises(StoreError, match=r"has nothing for mnist in 2 latent dimensions\.$"):
            load_members(found, "mnist", 2, names)
    with pytest.raises(StoreError, match=r"asked for twice: relu, tanh, relu\.$"):
        load_members(found, "digits", 2, ("relu", "tanh", "relu"))
    with pytest.raises(ConfigError, match="activations is empty"):
        load_members(found, "digits", 2, ())


# --- Damage ---


def cut(folder, name, length):
    path = folder / name
    path.write_bytes(path.read_bytes()[:length])


DAMAGE = {
    "no folder": (shutil.rmtree, "There is no folder"),
    "a file": (lambda f: (shutil.rmtree(f), f.touch()), "is a file"),
    "no run.json": (lambda f: (f / "run.json").unlink(), "has no run.json"),
    "run.json cut": (lambda f: cut(f, "run.json", 100), "not JSON"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "model.safetensors cannot"),
    "weights cut": (lambda f: cut(f, "model.safetensors", -1), "safetensors format"),
    "weights empty": (lambda f: cut(f, "model.safetensors", 0), "safetensors format"),
    "weights a pointer": (
        lambda f: (f / "model.safetensors").write_text("version https://git-lfs.github.com/spec"),
        "safetensors format",
    ),
    "weights a link": (
        lambda f: (
            (f / "model.safetensors").rename(f / "x") and (f / "model.safetensors").symlink_to("x")
        ),
        "symbolic link",
    ),
    "no curves": (lambda f: (f / "metrics.csv").unlink(), "has no metrics.csv"),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_entry_is_listed_and_the_rest_work(folder, damage, sentence):
    damage(folder / "digits-2d-article")
    found = read_catalogue(folder)
    assert [entry.name for entry in found.entries] == ["digits-2d-beyond", "digits-5d"]
    (problem,) = found.problems
    assert problem.startswith("The pretrained entry digits-2d-article is left out: ")
    assert sentence in problem
    assert problem.endswith(".") and "\n" not in problem
    assert found.activations("digits", 2) == ("gelu", "adaptive_mixture")
    assert len(load_members(found, "digits", 2, ("gelu",))) == 1


def test_weights_damaged_after_the_listing_are_said(folder):
    found = read_catalogue(folder)
    cut(folder / "digits-2d-beyond", "model.safetensors", -1)
    with pytest.raises(
        StoreError, match=r"digits-2d-beyond/model.safetensors cannot be read: .*\.$"
    ):
        load_members(found, "digits", 2, ("relu", "gelu"))
    assert len(load_members(found, "digits", 2, ("relu", "tanh"))) == 2


def test_weights_of_another_experiment_take_no_memory(folder, monkeypatch):
    found = read_catalogue(folder)
    os.replace(
        folder / "digits-5d" / "model.safetensors",
        folder / "digits-2d-beyond" / "model.safetensors",
    )
    monkeypatch.setattr(
        "vae_explorer.model.population.Population", lambda _: pytest.fail("allocated")
    )
    with pytest.raises(StoreError, match=r"digits-2d-beyond/model.safetensors cannot be read"):
        load_members(found, "digits", 2, ("relu", "gelu"))


def test_no_folder_at_all_is_a_sentence(tmp_path):
    found = read_catalogue(tmp_path / "pretrained")
    assert found.entries == ()
    assert found.problems == (
        f"There is no pretrained catalogue: {tmp_path / 'pretrained'} is missing.",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file"),
        ("", "not JSON"),
        ("[]", "no object"),
        ("\ud800".encode("utf-8", "surrogatepass"), "UTF-8"),
        ('{"format": "vae-explorer run", "version": 1, "entries": []}', "'vae-explorer catalogue'"),
        ('{"format": "vae-explorer catalogue", "version": 2, "entries": []}', "version 1"),
        ('{"format": "vae-explorer catalogue", "version": 1}', "no list"),
        ('{"format": "vae-explorer catalogue", "version": 1, "entries": [3]}', "no name"),
        (
            '{"format": "vae-explorer catalogue", "version": 1, "entries": [{"name": "../x"}]}',
            "no name",
        ),
    ],
)
def test_without_its_file_the_catalogue_is_what_lies_there(folder, content, sentence):
    path = folder / "catalogue.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_catalogue(folder)
    (problem,) = found.problems
    assert sentence in problem and problem.endswith(".")
    assert [entry.name for entry in found.entries] == sorted(TINY)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"hidden": (7, 4)}, "differs from digits-2d-article in more than activations and"),
        ({"seed": 3}, "differs from digits-2d-article in more than activations and"),
        ({"seeds": 2}, "more than one VAE for an activation"),
        ({"decoder_activations": ("relu",)}, "more than one VAE for an activation"),
    ],
)
def test_members_of_one_set_and_size_fit_together(few_digits, folder, changes, sentence):
    name = "digits-2d-beyond"
    make(folder, few_digits, {name: TINY[name].replace(**changes)})
    found = read_catalogue(folder)
    (problem,) = found.problems
    assert name in problem and sentence in problem
    assert found.activations("digits", 2) == ("tanh", "relu", "prelu")


# --- Writing ---


def test_the_file_says_what_the_entries_reach(folder):
    values = json.loads((folder / "catalogue.json").read_text())
    assert (values["format"], values["version"]) == ("vae-explorer catalogue", 1)
    for entry, facts in zip(read_catalogue(folder).entries, values["entries"], strict=True):
        assert facts["name"] == entry.name
        assert Experiment.from_dict(facts["experiment"]) == entry.experiment
        assert facts["training_seconds"] == entry.record.results[0].seconds
        assert facts["bytes"] == {path.name: path.stat().st_size for path in entry.folder.iterdir()}
        for result, member in zip(entry.record.results, facts["members"], strict=True):
            assert member["activation"] == result.recipe.activation_key
            assert member["test_elbo"] == -result.test_loss
            parts = member["test_reconstruction"] + member["test_kl"]
            assert member["test_elbo"] == pytest.approx(-parts, rel=1e-6)
            assert member["diverged"] is None


def test_the_file_lists_what_is_trained_so_far(folder):
    shutil.rmtree(folder / "digits-2d-beyond")
    write_catalogue(folder)
    found = read_catalogue(folder)
    assert [entry.name for entry in found.entries] == ["digits-2d-article", "digits-5d"]
    assert found.problems == ()
    assert sorted(os.listdir(folder)) == ["catalogue.json", "digits-2d-article", "digits-5d"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(folder, monkeypatch):
    before = (folder / "catalogue.json").read_bytes()

    def full(path, content):
        path.write_bytes(content[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(StoreError, match=r"catalogue.json cannot be written: No space left .*\.$"):
        write_catalogue(folder)
    assert (folder / "catalogue.json").read_bytes() == before
    assert sorted(os.listdir(folder)) == ["catalogue.json", *TINY]
