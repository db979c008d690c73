"""Options of the command line: every setting is one, and what is wrong is said in a sentence."""

from __future__ import annotations

import re
import signal

import pytest

import vae_explorer
from vae_explorer.data import DataError
from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.presets import PRESETS
from vae_explorer.saved import catalogue
from vae_explorer.terminal import main, steps, train
from vae_explorer.terminal.options import experiment_from


def experiment(*options):
    return experiment_from(main.build_parser().parse_args(["train", "--out", "x", *options]))


def another_value(setting):
    """A value that the setting may have and that is not its default, and the words for it."""
    bounds = setting.metadata
    if "choices" in bounds:
        value = next(choice for choice in bounds["choices"] if choice != setting.default)
        return value, [value]
    if setting.name == "inits":
        return ("gain", "pytorch", "gain"), ["gain", "pytorch", "gain"]
    if "each" in bounds:
        names = list(bounds["each"])[3:5]
        return tuple(names), names
    if setting.name == "learning_rates":  # one for each of the default's activations
        return (0.3, 0.1, 0.2), ["0.3", "0.1", "0.2"]
    if "longest" in bounds:
        value = (bounds["minimum"] + 2, bounds["minimum"] + 1)
        return value, list(map(str, value))
    low, high = bounds["minimum"], bounds["maximum"]
    value = type(setting.default)(min(high, 2 * setting.default + 1))
    assert low <= value <= high
    return value, [str(value)]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_an_option(name):
    value, words = another_value(SETTINGS[name])
    assert value != SETTINGS[name].default
    changed = experiment("--" + name.replace("_", "-"), *words)
    assert changed == Experiment().replace(**{name: value})
    assert changed != Experiment()


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_explained(name, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "1000")  # a narrow terminal has words broken at their hyphens
    assert main.main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    start = " ".join(SETTINGS[name].metadata["help"].split())
    assert f"--{name.replace('_', '-')}" in text
    assert start in text


def test_options_that_are_not_given_keep_their_default():
    assert experiment() == Experiment()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--hidden 400 200", {"hidden": (400, 200)}),
        ("--hidden 400,200", {"hidden": (400, 200)}),
        ("--hidden", {"hidden": ()}),
        ("--hidden none", {"hidden": ()}),
        ("--hidden 8 --decoder-hidden 9,10", {"hidden": (8,), "decoder_hidden": (9, 10)}),
        ("--hidden 8 --decoder-hidden same", {"hidden": (8,)}),
        ("--activation relu --activation tanh", {"activations": ("relu", "tanh")}),
        ("--activation relu tanh", {"activations": ("relu", "tanh")}),
        ("--activations relu,tanh", {"activations": ("relu", "tanh")}),
        ("--decoder-activation silu", {"decoder_activations": ("silu",)}),
        ("--learning-rate 1e-3", {"learning_rate": 0.001}),
    ],
)
def test_lists_may_be_written_in_several_ways(options, expected):
    assert experiment(*options.split()) == Experiment(**expected)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_start_that_options_override(name):
    assert experiment("--preset", name) == PRESETS[name].experiment
    changed = experiment("--preset", name, "--latent", "7", "--epochs", "3")
    assert changed == PRESETS[name].experiment.replace(latent=7, epochs=3)


def test_a_folder_of_images_means_the_full_set():
    assert experiment("--data-dir", "x").image_set == "full"
    assert experiment("--data-dir", "x", "--image-set", "embedded").image_set == "embedded"


def test_the_version(capsys):
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"vae_explorer {vae_explorer.__version__}\n"


def test_the_help_names_the_commands(capsys):
    assert main.main(["--help"]) == 0
    assert "train" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("", "--out"),
        ("--out x --frobnicate 3", "--frobnicate"),
        ("--out x --batch 64", "--batch"),
        ("--out x --epochs 0", "epochs is 0; it must be a whole number from 1 to 10,000."),
        ("--out x --epochs ten", "epochs is 'ten'; it must be a whole number"),
        ("--out x --learning-rate nan", "learning_rate is nan; it must be a number"),
        ("--out x --hidden 5 wide", "hidden is '5,wide'; it must be a list"),
        ("--out x --hidden 9999", "hidden"),
        ("--out x --dataset cats", "dataset is 'cats'; it may be digits, mnist, "),
        ("--out x --activation relo", "did you mean 'relu'"),
        ("--out x --activation", "activations is empty"),
        ("--out x --preset best", "--preset: invalid choice: 'best'"),
        ("--out x --threads 0", "'0' is no whole number from 1 to 1,024"),
        ("--out x --threads many", "'many' is no whole number"),
        ("--out x --hidden 2048 2048 --seeds 20", "at most 60,000,000"),
        ("--out taken", "taken is there already and is no run"),
        ("--out taken/notes.txt", "is a file, and a run is a folder"),
        ("--out taken/notes.txt/run", "cannot be saved"),
        ("--out x --data-dir nowhere", "nowhere does not exist."),
        ("--out x --data-dir taken", "No files of MNIST are in"),
    ],
)
def test_what_is_wrong_is_one_sentence(options, sentence, tmp_path, monkeypatch, capsys):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").write_text("Mine.")
    monkeypatch.chdir(tmp_path)
    assert main.main(["train", *options.split()]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"Error: [^\n]+\.\n", error)
    assert sentence in error
    assert not (tmp_path / "x").exists()


def test_a_command_is_asked_for(capsys):
    assert main.main([]) == 2
    assert "required: command" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")],
)
def test_too_little_memory_is_a_sentence(error, tmp_path, monkeypatch, capsys):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(train, "load_dataset", fail)
    assert main.main(["train", "--out", str(tmp_path / "x")]) == 2
    assert "memory of this machine is too small" in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_hidden(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("Our mistake.")

    monkeypatch.setattr(train, "load_dataset", fail)
    with pytest.raises(RuntimeError, match="Our mistake"):
        main.main(["train", "--out", str(tmp_path / "x")])


def test_an_interruption_before_training_saves_nothing(tmp_path, monkeypatch, capsys):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "load_dataset", interrupt)
    assert main.main(["train", "--out", str(tmp_path / "x")]) == 130
    assert capsys.readouterr().err == "Interrupted; nothing was saved.\n"
    assert not (tmp_path / "x").exists()


def test_an_interruption_before_the_first_step_saves_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "announcement", lambda *_: signal.raise_signal(signal.SIGHUP))
    options = ["--dataset", "digits", "--hidden", "4", "--threads", "1"]
    assert main.main(["train", "--out", str(tmp_path / "x"), *options]) == 130
    assert "nothing was saved" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


# --- pretrain ---

TINY = {
    "digits-2d-article": Experiment(
        dataset="digits", activations=("relu", "tanh"), hidden=(4,), epochs=2
    ),
    "digits-2d-beyond": Experiment(dataset="digits", activations=("prelu",), hidden=(4,), epochs=2),
}


@pytest.fixture
def recipes(monkeypatch):
    monkeypatch.setattr("vae_explorer.saved.recipes.RECIPES", TINY)


def pretrain(folder, *options):
    return main.main(["pretrain", "--threads", "1", "--out", str(folder), *options])


def without_times(folder):
    """Every file below a folder, without what the clock says."""
    times = r'"(made|seconds|seconds_with_evaluation|images_per_second|training_seconds)": [^\n]*'
    sizes = r'"run.json": \d+'
    return {
        path.relative_to(folder): path.read_bytes()
        if path.suffix == ".safetensors"
        else re.sub(f"{times}|{sizes}", "", path.read_text())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_catalogue_is_made_again_bit_for_bit(recipes, tmp_path, capsys):
    assert pretrain(tmp_path / "one") == 0
    output = capsys.readouterr().out
    assert "digits-2d-beyond, 2 of 2. 1,437 training and 360 test images of Digits" in output
    assert "Training 2 VAEs (ReLU, Tanh) for 2 epochs in float32 on 1 thread." in output
    found = catalogue.read_catalogue(tmp_path / "one")
    assert found.problems == ()
    assert {entry.name: entry.experiment for entry in found.entries} == TINY
    assert pretrain(tmp_path / "two") == 0
    assert without_times(tmp_path / "one") == without_times(tmp_path / "two")
    assert len(without_times(tmp_path / "one")) == 7


def test_some_entries_are_trained_and_the_rest_stay(recipes, tmp_path):
    assert pretrain(tmp_path, "--only", "digits-2d-beyond", "--epochs", "3") == 0
    names = [entry.name for entry in catalogue.read_catalogue(tmp_path).entries]
    assert names == ["digits-2d-beyond"]
    before = (tmp_path / names[0] / "run.json").read_text()
    assert pretrain(tmp_path, "--only", "digits-2d-article", "--epochs", "3") == 0
    found = catalogue.read_catalogue(tmp_path)
    assert [entry.experiment.epochs for entry in found.entries] == [3, 3]
    assert (tmp_path / names[0] / "run.json").read_text() == before


@pytest.mark.parametrize("data_dir", [False, True])
def test_the_full_sets_are_used_where_they_are(tmp_path, monkeypatch, data_dir):
    seen = []

    def load(name, image_set, folder, progress):
        seen.append((name, image_set, folder))
        raise DataError("Enough.")

    monkeypatch.setattr("vae_explorer.terminal.pretrain.load_dataset", load)
    options = ["--data-dir", "sets"] if data_dir else []
    assert pretrain(tmp_path / "x", "--only", "mnist-2d-article", *options) == 2
    assert seen == [("mnist", "full", "sets") if data_dir else ("mnist", "embedded", None)]


def test_an_interrupted_entry_is_not_saved_and_those_before_it_are(
    recipes, tmp_path, monkeypatch, capsys
):
    announce = steps.announcement

    def interrupt(trainer, threads):
        if len(trainer.population) == 1:
            signal.raise_signal(signal.SIGINT)
        return announce(trainer, threads)

    monkeypatch.setattr("vae_explorer.terminal.pretrain.announcement", interrupt)
    assert pretrain(tmp_path) == 130
    assert "Interrupted; digits-2d-beyond is not saved" in capsys.readouterr().out
    found = catalogue.read_catalogue(tmp_path)
    assert (len(found.entries), found.problems) == (1, ())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "catalogue.json",
        "digits-2d-article",
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--only mnist-3d", "invalid choice: 'mnist-3d'"),
        ("--only", "expected at least one argument"),
        ("--epochs 0", "epochs is 0; it must be a whole number from 1 to 10,000."),
        ("--data-dir nowhere --only mnist-20d", "nowhere does not exist."),
    ],
)
def test_what_is_wrong_with_pretraining_is_one_sentence(options, sentence, tmp_path, capsys):
    assert pretrain(tmp_path / "x", *options.split()) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"Error: [^\n]+\.\n", error)
    assert sentence in error
    assert not (tmp_path / "x").exists()


def test_another_thing_in_an_entrys_place_is_said_before_training(recipes, tmp_path, capsys):
    (tmp_path / "digits-2d-beyond").write_text("Mine.")
    assert pretrain(tmp_path) == 2
    assert "digits-2d-beyond is a file, and a run is a folder" in capsys.readouterr().err
    assert not (tmp_path / "digits-2d-article").exists()
