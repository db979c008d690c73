"""Every way in which a saved run can be damaged is told in one sentence of StoreError."""

from __future__ import annotations

import contextlib
import json
import os
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.saved import weights
from vae_explorer.saved.run import StoreError, load, load_run, read_record, save_run
from vae_explorer.training.trainer import Trainer

FILES = ("run.json", "metrics.csv", "model.safetensors")


@pytest.fixture(scope="module")
def original(few_digits, tmp_path_factory):
    experiment = Experiment(
        dataset="digits", activations=["relu", "prelu"], hidden=[4], epochs=3, batch_size=20
    )
    trainer = Trainer(experiment, few_digits)
    while not trainer.finished:
        trainer.step()
    return save_run(tmp_path_factory.mktemp("store") / "run", trainer)


@pytest.fixture
def folder(original, tmp_path):
    return shutil.copytree(original, tmp_path / "run")


def record(**changes):
    """Fields of run.json with another value; `...` takes a field out."""

    def damage(folder):
        path = folder / "run.json"
        values = json.loads(path.read_text()) | changes
        kept = {name: value for name, value in values.items() if value is not ...}
        path.write_text(json.dumps(kept))

    return damage


def setting(**changes):
    def damage(folder):
        values = json.loads((folder / "run.json").read_text())
        record(experiment=values["experiment"] | changes)(folder)

    return damage


def member(**changes):
    def damage(folder):
        members = json.loads((folder / "run.json").read_text())["members"]
        record(members=[members[0] | changes, *members[1:]])(folder)

    return damage


def text(name, content):
    def damage(folder):
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return damage


def edit(old, new):
    """Another text in metrics.csv, where the old one is first."""

    def damage(folder):
        path = folder / "metrics.csv"
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new, 1))

    return damage


def tensors(change):
    def damage(folder):
        path = folder / "model.safetensors"
        values = load_file(path)
        change(values)
        save_file(values, path)

    return damage


def cut(name, length):
    def damage(folder):
        path = folder / name
        path.write_bytes(path.read_bytes()[:length])

    return damage


def more(name, content):
    return lambda folder: text(name, (folder / name).read_bytes() + content)(folder)


def without(name):
    return lambda folder: (folder / name).unlink()


def link(name):
    def damage(folder):
        (folder / name).rename(folder.parent / name)
        (folder / name).symlink_to(folder.parent / name)

    return damage


def instead(name, make):
    def damage(folder):
        (folder / name).unlink()
        make(folder / name)

    return damage


def giant(name):
    """A file of a size that no run has, of which the disk holds nothing."""
    return instead(name, lambda path: (path.touch(), os.truncate(path, 2**40)))


FREEZE = {"member": 1, "step": 3, "layer": "encoder 1", "reason": "It was so."}
DAMAGE = {
    "no folder": (shutil.rmtree, "There is no folder"),
    "a file": (lambda f: (shutil.rmtree(f), f.touch()), "is a file"),
    "an empty folder": (lambda f: (shutil.rmtree(f), f.mkdir()), "has no run.json"),
    "no run.json": (without("run.json"), "has no run.json"),
    "run.json a link": (link("run.json"), "run.json .*symbolic link"),
    "run.json a folder": (instead("run.json", os.mkdir), "no regular file"),
    "run.json giant": (giant("run.json"), "MB"),
    "run.json cut": (cut("run.json", 200), "not JSON"),
    "run.json empty": (cut("run.json", 0), "not JSON"),
    "run.json deep": (text("run.json", "[" * 100_000), "not JSON"),
    "run.json of millions": (text("run.json", f"[{'[],' * 5_000_000}[]]"), "up to .* values"),
    "run.json a list": (text("run.json", "[]"), "no object"),
    "run.json no text": (text("run.json", b"\xff\xfe"), "UTF-8"),
    "run.json with NaN": (text("run.json", '{"format": NaN}'), "not JSON .*NaN"),
    "another format": (record(format="another"), "no run of VAE Explorer"),
    "newer": (record(version=2), "a newer VAE Explorer wrote it"),
    "version 0": (record(version=0), "no version 0"),
    "version none": (record(version=...), "lacks the field 'version'"),
    "no experiment": (record(experiment=...), "lacks the field 'experiment'"),
    "experiment a list": (record(experiment=[]), "'experiment' .*an object"),
    "no such setting": (setting(colour=1), "no setting 'colour'"),
    "out of bounds": (setting(latent=10**9), "latent is 1000000000; .*from 1 to 128"),
    "wrong kind": (setting(hidden={"a": 1}), "hidden is {'a': 1}; .*whole numbers"),
    "no such activation": (setting(activations=["no"]), "no activation 'no'"),
    "too many weights": (setting(hidden=[2048] * 6, latent=128, seeds=20), "at most 60,000,000"),
    "a step too far": (record(step=10**9), "contradict"),
    "negative step": (record(step=-1), "'step' is -1"),
    "finished and not": (record(finished=False), "contradict"),
    "no made": (record(made=...), "'made'"),
    "threads of text": (record(threads="two"), "'threads' is 'two'; .*whole number"),
    "epoch too large": (record(epoch=10**400), "'epoch'"),
    "made half a character": (record(made="\ud800"), "'made' is .*a text"),
    "a version's name half a character": (record(versions={"\udfff": "3"}), "must be a text"),
    "versions a list": (record(versions=["3"]), "'versions'"),
    "a version's name too long": (record(versions={"x" * 65: "3"}), "65 characters"),
    "versions of thousands": (record(versions={str(n): "3" for n in range(65)}), "65 names"),
    "changes of thousands": (record(changes=[{"step": 1}] * 10_001), "10,001 changes"),
    "a change's name too long": (record(changes=[{"step": 1, "b" * 65: 1}]), "65 characters"),
    "a version a number": (record(versions={"python": 3}), "'python' is 3"),
    "changes no list": (record(changes={}), "'changes'"),
    "a change of text": (record(changes=[{"step": 1, "beta": "x"}]), "'beta'"),
    "a change without step": (record(changes=[{"beta": 1}]), "'step'"),
    "no members": (record(members=[]), "results of 0 members"),
    "member of text": (record(members=["x", "y"]), "member 0 has not the recipe"),
    "another recipe": (member(recipe={"seed": 1}), "member 0 has not the recipe"),
    "loss of text": (member(test_loss="low"), "'test_loss' is 'low'; .*a number"),
    "loss true": (member(test_kl=True), "'test_kl' is True"),
    "frozen as another": (member(frozen=FREEZE), "as if it were another"),
    "frozen in a layer too long": (
        member(frozen=FREEZE | {"member": 0, "layer": "x" * 65}),
        "a layer has 65 characters",
    ),
    "frozen without reason": (member(frozen={"member": 0}), "lacks the field"),
    "no metrics": (without("metrics.csv"), "metrics.csv cannot be read: No such file"),
    "metrics a link": (link("metrics.csv"), "metrics.csv .*symbolic link"),
    "metrics giant": (giant("metrics.csv"), "MB"),
    "metrics empty": (cut("metrics.csv", 0), "first line is not member,"),
    "metrics cut": (cut("metrics.csv", -20), "line 7 has"),
    "metrics no text": (text("metrics.csv", b"\x80"), "UTF-8"),
    "metrics an open quote": (edit("0,relu", '"0,relu'), "no CSV"),
    "metrics a null": (edit("0,relu", "0\0,relu"), "metrics.csv"),
    "metrics another column": (edit("train_kl", "loss"), "first line"),
    "metrics another member": (edit("1,prelu,0", "1,tanh,0"), "line 3 is of '1, tanh, 0'"),
    "metrics a member short": (edit("0,relu,0,7,", "\n"), "line 2 has 0 cells"),
    "metrics of text": (edit("0,relu,0,7,1.0,", "0,relu,0,7,1.0,x"), "line 2 is 'x"),
    "metrics no step": (edit("0,relu,0,7,", "0,relu,0,,"), "step in line 2 is ''"),
    "metrics steps apart": (edit("0,relu,0,7,", "0,relu,0,6,"), "different steps"),
    "metrics steps back": (
        lambda f: (
            edit("0,relu,0,14,", "0,relu,0,7,")(f),
            edit("1,prelu,0,14,", "1,prelu,0,7,")(f),
        ),
        "do not grow",
    ),
    "metrics steps on": (
        lambda f: (
            edit("0,relu,0,21,", "0,relu,0,22,")(f),
            edit("1,prelu,0,21", "1,prelu,0,22")(f),
        ),
        "step 22, and the run to 21",
    ),
    "metrics a giant step": (edit("0,relu,0,7,", f"0,relu,0,{10**30},"), "too large"),
    "no model": (without("model.safetensors"), "model.safetensors cannot be read: No such"),
    "model a link": (link("model.safetensors"), "model.safetensors .*symbolic link"),
    "model a pipe": (instead("model.safetensors", os.mkfifo), "no regular file"),
    "model empty": (cut("model.safetensors", 0), "safetensors format"),
    "model cut": (cut("model.safetensors", -1), "cut short"),
    "model longer": (more("model.safetensors", b"more"), "safetensors format"),
    "model another file": (text("model.safetensors", "PK" * 500), "safetensors format"),
    "model of a giant header": (text("model.safetensors", b"\xff" * 64), "safetensors format"),
    "a speed below nothing": (member(images_per_second=-1.0), "a norm or a time below 0"),
    "a loss beyond float32": (member(test_loss=1e39), "no float32 could be"),
    "model sparse": (
        lambda f: os.truncate(f / "model.safetensors", 2**40),
        "1,099,512 MB, more than such a file may have",
    ),
    "a tensor missing": (tensors(lambda t: t.pop("decoder.1.bias")), "lacks .*decoder.1.bias"),
    "a tensor more": (tensors(lambda t: t.update(x=np.zeros(2, np.float32))), "holds 'x'"),
    "another shape": (
        tensors(lambda t: t.update({"encoder.0.bias": np.zeros((2, 1, 5), np.float32)})),
        r"encoder.0.bias has the shape \(2, 1, 5\); .*\(2, 1, 4\)",
    ),
    "another type": (
        tensors(lambda t: t.update({"encoder.0.bias": np.zeros((2, 1, 4))})),
        "encoder.0.bias is of type F64",
    ),
    "not finite": (
        tensors(lambda t: t["encoder.0.weight"].__setitem__((1, 2, 3), np.nan)),
        "encoder.0.weight holds numbers that are not finite",
    ),
    "wider than the weights": (setting(hidden=[5]), "has the shape .*the experiment"),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told_in_one_sentence(folder, damage, sentence):
    damage(folder)
    with pytest.raises(StoreError, match=sentence) as caught:
        load_run(folder)
    assert str(folder) in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_weights_are_all_that_a_population_takes(folder):
    known = load(folder).parameters.flat
    (folder / "metrics.csv").unlink()
    assert load(folder).parameters.flat.equal(known)


def test_a_list_of_runs_needs_run_json_alone(folder):
    (folder / "metrics.csv").unlink()
    (folder / "model.safetensors").unlink()
    assert len(read_record(folder).results) == 2


def test_a_small_file_cannot_ask_for_much_memory(folder, monkeypatch):
    monkeypatch.setattr(
        "vae_explorer.saved.weights.Population", lambda experiment: pytest.fail("allocated")
    )
    values = json.loads((folder / "run.json").read_text())
    wide = Experiment.from_dict(values["experiment"] | {"hidden": [2048, 2048, 2048]})
    with pytest.raises(ValueError, match=r"lacks the weights"):
        weights.read_population(folder / "model.safetensors", wide)


@pytest.mark.parametrize("name", FILES)
def test_whatever_byte_changes_no_other_error_comes(folder, name):
    random = np.random.default_rng(0)
    content = (folder / name).read_bytes()
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(random.integers(1, 4)):
            damaged[random.integers(min(len(damaged), 4000))] = random.integers(256)
        (folder / name).write_bytes(damaged)
        with contextlib.suppress(StoreError):  # any other error fails the test
            load_run(folder)
