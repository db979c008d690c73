"""The scripts of "show me the code": they are short, they run, and they are the member's VAE."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.scripts import (
    EVERYTHING,
    LANGUAGES,
    MEANS,
    ROOT,
    WRITERS,
    Run,
    as_ours,
    in_each_language,
    on_digits,
    run,
    run_all,
    saved,
    write,
)
from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import make_embedded
from vae_explorer.data.pixels import measured_images
from vae_explorer.data.stratify import draw_per_class
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.initialisation import initialise
from vae_explorer.model.population import Population
from vae_explorer.standalone.keras import keras_script
from vae_explorer.standalone.pytorch import PYTORCH, pytorch_script
from vae_explorer.training.optimiser import learning_rate_share

# --- They can be read ---


def numbers(low, high):
    """As people type them: three significant digits."""
    return st.floats(low, high).map(lambda value: min(high, max(low, float(f"{value:.3g}"))))


@st.composite
def experiments(draw):
    """One member each, anything that an experiment may ask for."""
    names = st.sampled_from(list(ACTIVATIONS)).map(lambda name: (name,))
    widths = st.lists(st.sampled_from((1, 7, 64, 500, 1024)), max_size=6).map(tuple)
    return Experiment(
        dataset=draw(st.sampled_from(("digits", "mnist", "fashion"))),
        image_set=draw(st.sampled_from(("embedded", "full"))),
        activations=draw(names),
        decoder_activations=draw(st.none() | names),
        hidden=draw(widths),
        decoder_hidden=draw(st.none() | widths),
        latent=draw(st.integers(1, 128)),
        output=draw(st.sampled_from(("bernoulli", "gaussian"))),
        pixels=draw(st.sampled_from(("grey", "binarised"))),
        init=draw(st.sampled_from(("gain", "pytorch"))),
        epochs=draw(st.integers(1, 10_000)),
        batch_size=draw(st.integers(1, 8192)),
        learning_rate=draw(numbers(1e-7, 10)),
        schedule=draw(st.sampled_from(("constant", "one-cycle"))),
        beta=draw(st.just(1.0) | numbers(0, 1000)),
        kl_warmup=draw(st.just(0.0) | numbers(0.01, 10_000)),
        free_bits=draw(st.just(0.0) | numbers(1e-3, 100)),
        dropout=draw(st.just(0.0) | numbers(0.01, 0.95)),
        clip_norm=draw(st.just(0.0) | numbers(1e-3, 1e9)),
        precision=draw(st.sampled_from(("float32", "bfloat16", "auto"))),
        seed=draw(st.integers(0, 2**31 - 1)),
    )


def check_readable(script):
    compile(script, "script.py", "exec")
    lines = script.splitlines()
    assert len(lines) < 100
    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)


@LANGUAGES
@settings(max_examples=150)
@given(experiment=experiments())
def test_a_script_compiles_and_has_fewer_than_100_lines(language, experiment):
    check_readable(WRITERS[language](experiment, experiment.members[0]))


@LANGUAGES
@pytest.mark.parametrize("image_set", ["embedded", "full"])
@pytest.mark.parametrize("dataset", ["digits", "mnist", "fashion"])
@pytest.mark.parametrize("pair", [("adaptive_mixture", "snake"), ("average_pooling", "swish")])
def test_so_has_the_longest_one(language, image_set, dataset, pair):
    longest = {
        **EVERYTHING,
        "activations": pair[:1],
        "decoder_activations": pair[1:],
        "hidden": (2048,) * 6,
        "latent": 128,
        "init": "gain",
        "schedule": "one-cycle",
        "precision": "bfloat16",
    }
    experiment = Experiment(dataset=dataset, image_set=image_set, **longest)
    check_readable(WRITERS[language](experiment, experiment.members[0]))


def test_ruff_has_no_complaint(tmp_path):
    experiments = [on_digits(activations=(name,)) for name in ACTIVATIONS]
    experiments += [Experiment(image_set=name) for name in ("embedded", "full")]
    experiments += [on_digits(**EVERYTHING), on_digits(hidden=())]
    for index, experiment in enumerate(experiments):
        for language in WRITERS:
            write(experiment, language, tmp_path / f"{language}_{index}.py")
    command = ["ruff", "check", "--config", ROOT / "pyproject.toml", "--ignore", "ANN"]
    run("-m", *command, tmp_path, folder=tmp_path)  # types are for a library, and these are read


@LANGUAGES
def test_a_script_holds_only_what_is_used(language):
    experiment = on_digits(schedule="constant")
    script = WRITERS[language](experiment, experiment.members[0]).lower()
    for unused in ("dropout", "clip", "onecycle", "warm", "free", "openml", "2.3", "lambda"):
        assert unused not in script


def test_precision_is_said_where_it_differs():
    experiment = on_digits(precision="bfloat16")
    assert "bfloat16" in pytorch_script(experiment, experiment.members[0])


# --- They are that model ---


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_pytorchs_table_is_the_registry(name):
    """At the initial values of what is learned."""
    names = {"torch": torch, "nn": torch.nn, "units": 6}
    for code in PYTORCH.functions.values():
        exec(code, names)
    activation = ACTIVATIONS[name]
    x = 3 * torch.randn(50, 6, generator=torch.Generator().manual_seed(0))
    initial = {key: torch.full((1, 1, 6), value) for key, value in activation.parameters.items()}
    with torch.no_grad():
        expected = activation.function(x[None], **initial)[0]
        module = eval(PYTORCH.modules[name], names)  # noqa: S307
        torch.testing.assert_close(module(x), expected)


# In the process of a script: the weights that a new model starts with, and what it makes of some
# images and latents, without noise, once random numbers are added to all that it learns.
EVALUATE = """
vae, images, draw = VAE(), test[:40], np.random.default_rng(0)
latents = np.float32(draw.normal(size=(40, vae.encoder(images).shape[1] // 2)))
arrays = {"train": np.asarray(train), "test": np.asarray(test), "latents": latents}
for index, value in enumerate(weights(vae)):
    arrays[f"initial{index:03}"] = numbers(value)
    new = np.asarray(numbers(value) + 0.1 * draw.normal(size=value.shape), dtype=np.float32)
    change(value, new)
    arrays[f"weight{index:03}"] = new
arrays["loss"] = numbers(loss(vae, images))
arrays["heads"] = numbers(vae.encoder(images))
arrays["output"] = numbers(vae.decoder(torch.from_numpy(latents)))
if "OneCycle" in globals():
    arrays["rates"] = np.array([float(OneCycle()(step)) for step in range(15)])
save(**arrays)
"""

QUICK = {"epochs": 1, "batch_size": 1000, "latent": 3}
WIDE = {**QUICK, "hidden": (128, 128), "latent": 64, "decoder_activations": ("tanh",)}
ALL_KINDS = [
    on_digits(init="gain", **WIDE),
    on_digits(init="pytorch", **WIDE),
    on_digits(**{**QUICK, "hidden": (), "batch_size": 100}),
    *[on_digits(activations=(name,), hidden=(9, 7), **QUICK) for name in ACTIVATIONS],
    on_digits(**{**EVERYTHING, **QUICK}),
    on_digits(**{**EVERYTHING, **QUICK, "init": "gain", "schedule": "one-cycle"}),
    on_digits(hidden=(), decoder_hidden=(5, 4, 3), activations=("swish",), **QUICK),
    on_digits(activations=("dropout",), decoder_activations=("snake",), **QUICK),
    on_digits(activations=("dropout",), decoder_activations=("elu",), dropout=0.3, **QUICK),
    on_digits(activations=("adaptive_mixture",), decoder_activations=("prelu",), **QUICK),
]

# What OpenML would send, but the first three pixels of an image are its number's digits.
PUBLISHED = """
import sklearn.datasets
from types import SimpleNamespace

def fetch_openml(name, version, as_frame, parser):
    rows, labels = np.arange(70_000), np.random.default_rng(0).integers(10, size=70_000)
    data = np.zeros((70_000, 784), dtype=np.uint8)
    data[:, :3] = np.stack([rows // 65536, rows // 256 % 256, rows % 256], axis=1)
    return SimpleNamespace(data=data, target=labels.astype(str).astype(object))

sklearn.datasets.fetch_openml = fetch_openml
"""

NUMBERS = """
decode = lambda part: np.asarray(part[:, :3]) * 255 @ [65536, 256, 1]
save(train=decode(train), test=decode(test))
"""

LARGE = {"hidden": (1,), "epochs": 1, "batch_size": 8192}


def run_kinds(language, folder):
    """Arrays of ALL_KINDS, in their order, and those of an MNIST that is cut and one that is not.

    All are run in one process.
    """
    kinds = [
        Run(write(experiment, language, folder / f"{index}.py"), MEANS[language] + EVALUATE)
        for index, experiment in enumerate(ALL_KINDS)
    ]
    large = [
        Run(
            write(Experiment(image_set=name, **LARGE), language, folder / f"{name}.py"),
            NUMBERS,
            before=PUBLISHED,
        )
        for name in ("embedded", "full")
    ]
    run_all([*kinds, *large], folder)
    return SimpleNamespace(
        kinds=[saved(each.path) for each in kinds], large=[saved(each.path) for each in large]
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    with in_each_language(run_kinds, tmp_path_factory) as of:
        yield of


@LANGUAGES
def test_a_script_computes_what_the_app_computes_with_the_same_weights(language, results):
    """Every activation on either side; both outputs; no and many hidden layers."""
    for experiment, arrays in zip(ALL_KINDS, results(language).kinds):
        population = Population(experiment)
        weights = as_ours(arrays, "weight", experiment, language)
        with torch.no_grad():
            for name, value in weights.items():
                population.parameters.values[name][0] = torch.from_numpy(value)
            images = torch.from_numpy(arrays["test"][:40])
            heads = population.encoder.forward(images[None])[0]
            output = population.decoder.forward(torch.from_numpy(arrays["latents"])[None])[0]
            noise = torch.zeros(1, 40, experiment.latent)
            reconstruction, kl, _ = population.losses(images, noise)
        assert np.isfinite(arrays["loss"])
        close = {"rtol": 1e-4, "atol": 1e-4, "err_msg": str(experiment)}
        np.testing.assert_allclose(arrays["heads"], heads, **close)
        np.testing.assert_allclose(arrays["output"], output, **close)
        np.testing.assert_allclose(arrays["loss"], (reconstruction + kl).mean(), **close)


@LANGUAGES
def test_weights_start_as_the_apps_do(language, results):
    """By their spread and their bounds; 8,192 draws have theirs to a hundredth or so."""
    for experiment, arrays in zip(ALL_KINDS[:2], results(language).kinds):
        population = Population(experiment)
        initialise(population)
        for name, ours in as_ours(arrays, "initial", experiment, language).items():
            theirs = population.parameters.values[name][0].numpy()
            if name.endswith("bias"):  # few numbers, of which the spread is uncertain
                np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.3)
                continue
            for half, other in zip(np.split(ours, 2, axis=1), np.split(theirs, 2, axis=1)):
                np.testing.assert_allclose(half.std(), other.std(), rtol=0.05)
                if experiment.init == "pytorch":
                    np.testing.assert_allclose(np.abs(half).max(), np.abs(other).max(), rtol=0.01)


@LANGUAGES
def test_learned_numbers_start_as_the_apps_do(language, results):
    for experiment, arrays in zip(ALL_KINDS, results(language).kinds):
        population = Population(experiment)
        initialise(population)
        for name, ours in as_ours(arrays, "initial", experiment, language).items():
            if "activation" in name or "output" in name:
                np.testing.assert_array_equal(ours, population.parameters.values[name][0].detach())


@LANGUAGES
def test_a_single_step_has_no_schedule(language):
    """The app takes it with the whole rate; PyTorch's schedule would with a 250,000th."""
    one = Experiment(dataset="digits", activations=("relu",), batch_size=2048, epochs=1)
    for experiment, has_one in ((one, False), (one.replace(epochs=2), True)):
        script = WRITERS[language](experiment, experiment.members[0])
        assert ("OneCycle" in script) is has_one


def test_keras_takes_our_learning_rates(results):
    """PyTorch's script takes PyTorch's schedule, which is ours by test_schedule."""
    expected = [5e-3 * learning_rate_share("one-cycle", step, 15) for step in range(15)]
    np.testing.assert_allclose(results("keras").kinds[2]["rates"], expected, rtol=1e-4, atol=1e-9)


@LANGUAGES
def test_the_digits_are_split_as_in_the_app(language, results, digits):
    """Those for testing to the last pixel also where these are drawn."""
    for experiment, arrays in zip(ALL_KINDS, results(language).kinds):
        test = measured_images(digits, digits.test, experiment.pixels)
        np.testing.assert_array_equal(arrays["train"], digits.pixels(digits.train.images))
        np.testing.assert_array_equal(arrays["test"], test)


@LANGUAGES
def test_large_sets_are_cut_as_in_the_app(language, results):
    labels = np.random.default_rng(0).integers(10, size=70_000).astype(np.uint8)
    seed = make_embedded.SEED
    train = draw_per_class(labels[:60_000], make_embedded.TRAIN_PER_CLASS, seed)
    test = draw_per_class(labels[60_000:], make_embedded.TEST_PER_CLASS, seed) + 60_000
    cut, full = (
        {name: np.rint(array) for name, array in arrays.items()}
        for arrays in results(language).large
    )
    np.testing.assert_array_equal(cut["train"], train)
    np.testing.assert_array_equal(cut["test"], test)
    np.testing.assert_array_equal(full["train"], np.arange(60_000))
    np.testing.assert_array_equal(full["test"], np.arange(60_000, 70_000))


@pytest.mark.parametrize("write", [pytorch_script, keras_script])
@pytest.mark.parametrize("schedule", ["constant", "one-cycle"])
def test_a_script_has_the_learning_rate_and_initial_weights_of_its_vae(write, schedule):
    experiment = Experiment(
        dataset="digits",
        activations=("relu", "tanh"),
        learning_rates=(0.0123, 0.0456),
        inits=("gain", "pytorch"),
        schedule=schedule,
    )
    first, second = (write(experiment, member) for member in experiment.members)
    assert "0.0123" in first and "0.0456" in second
    assert "0.0456" not in first and "0.0123" not in second
    alone = experiment.replace(
        activations=("tanh",), learning_rates=None, inits=None, learning_rate=0.0456, init="pytorch"
    )
    assert second == write(alone, alone.members[0])
