"""Writes scripts of "show me the code", runs them in other processes and reads what they made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.activations.functions import MIXED
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import parameter_shapes
from vae_explorer.standalone.keras import keras_script
from vae_explorer.standalone.pytorch import pytorch_script
from vae_explorer.version import ROOT

WRITERS = {"pytorch": pytorch_script, "keras": keras_script}
LANGUAGES = pytest.mark.parametrize("language", WRITERS)

# An experiment in which every option is used.
EVERYTHING = {
    "activations": ("prelu",),
    "decoder_activations": ("average_pooling",),
    "hidden": (24, 16),
    "output": "gaussian",
    "pixels": "binarised",
    "init": "pytorch",
    "schedule": "constant",
    "beta": 2.0,
    "kl_warmup": 2.0,
    "free_bits": 0.1,
    "dropout": 0.05,
    "clip_norm": 20.0,
}


def on_digits(**changes):
    return Experiment(**{"dataset": "digits", "hidden": (64,), "activations": ("relu",), **changes})


def write(experiment, language, path):
    path.write_text(WRITERS[language](experiment, experiment.members[0]), encoding="utf-8")
    return path


def run(*command, folder):
    """Standard output of a Python process in a folder, with one thread and Keras on PyTorch."""
    environment = {
        **os.environ,
        "KERAS_BACKEND": "torch",
        "KERAS_HOME": str(folder),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Run(NamedTuple):
    """A script among several, and code for before and after it.

    The code after it has the script's names, its `path`, and `save`, which keeps arrays for
    `saved`. What the code before it changes in a module stays so for the scripts that follow.
    """

    path: Path
    after: str = ""
    before: str = ""


# Importing takes longest, and then reading the digits.
_RUN_ALL = """
import contextlib, functools, json, pathlib, runpy, sys
import numpy as np
import sklearn.datasets
import torch

torch.set_num_threads(1)
sklearn.datasets.load_digits = functools.cache(sklearn.datasets.load_digits)
for path, after, before in json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")):
    path = pathlib.Path(path)
    exec(before)
    with open(path.with_suffix(".txt"), "w") as out, contextlib.redirect_stdout(out):
        names = runpy.run_path(str(path))
    save = functools.partial(np.savez, path.with_suffix(".npz"))
    exec(after, {**names, "path": path, "save": save, "np": np, "torch": torch})
"""


def run_all(runs, folder):
    """Runs scripts in one process, one after another; what each prints goes to a .txt file."""
    listed = folder / "runs.json"
    listed.write_text(json.dumps([(str(path), *code) for path, *code in runs]), encoding="utf-8")
    run("-c", _RUN_ALL, listed, folder=folder)


@contextmanager
def in_each_language(work, folders):
    """Does work(language, folder) for both at once; to be asked for the result of either."""
    with ThreadPoolExecutor() as pool:
        done = {name: pool.submit(work, name, folders.mktemp(name)) for name in WRITERS}
        yield lambda language: done[language].result()


def saved(path):
    with np.load(path.with_suffix(".npz")) as arrays:
        return dict(arrays)


# To read a model that a script made, and to change it, in either language.
MEANS = {
    "pytorch": """
def weights(vae):
    own = [vae.pixel_log_variance] if hasattr(vae, "pixel_log_variance") else []
    return [*vae.encoder.parameters(), *vae.decoder.parameters(), *own]

def numbers(value):
    return value.detach().numpy().copy()

def change(value, new):
    value.data.copy_(torch.from_numpy(new))

def loss(vae, images):
    normal, torch.randn_like = torch.randn_like, torch.zeros_like
    reconstruction, kl = vae.eval()(images)
    torch.randn_like = normal
    return (reconstruction + kl.sum(1)).mean()
""",
    "keras": """
def weights(vae):
    vae(test[:2])  # which makes them
    own = [vae.pixel_log_variance] if hasattr(vae, "pixel_log_variance") else []
    return [*vae.encoder.trainable_weights, *vae.decoder.trainable_weights, *own]

def numbers(value):
    return ops.convert_to_numpy(value).copy()

def change(value, new):
    value.assign(new)

def loss(vae, images):
    normal, keras.random.normal = keras.random.normal, lambda shape, seed: ops.zeros(shape)
    vae(images)
    keras.random.normal = normal
    return vae.losses[0]
""",
}


def as_ours(arrays, prefix, experiment, language):
    """Arrays of a script by the names of a population's parameters, in its layout."""
    shapes = {name: shape[1:] for name, shape in parameter_shapes(experiment).items()}
    rest = [arrays[name] for name in sorted(arrays) if name.startswith(prefix)]
    mixture = ACTIVATIONS["adaptive_mixture"].parameters
    named = {}
    for name in shapes:
        if name in named:
            continue
        layer, _, key = name.rpartition(".")
        array = rest.pop(0)
        if key in mixture:  # five scales, then five biases
            for part, values in (("scale", array), ("bias", rest.pop(0))):
                gates = zip(MIXED, values)
                named |= {f"{layer}.{function}_{part}": gate for function, gate in gates}
        else:
            named[name] = array.T if language == "pytorch" and array.ndim == 2 else array
    assert not rest
    return {name: named[name].reshape(shape) for name, shape in shapes.items()}
