"""A live run taken away as a file."""

from __future__ import annotations

import io
import zipfile

import numpy as np

import vae_explorer
from vae_explorer.archive import zipped
from vae_explorer.config import Experiment
from vae_explorer.runs import Run


def test_a_zip_of_a_running_run_can_be_loaded(tmp_path):
    run = Run(Experiment(dataset="digits", activations=("relu",), hidden=(8,), epochs=10_000))
    try:
        assert run.wait(lambda r: r.snapshot is not None and r.snapshot.step > 0, 60)
        data = zipped(run, "mine")
    finally:
        run.close()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(name.startswith("mine/") for name in archive.namelist())
        archive.extractall(tmp_path)
    saved = vae_explorer.load_run(tmp_path / "mine")
    assert saved.experiment == run.experiment
    assert not saved.info.finished
    mean, log_variance = saved.population.encode(np.zeros((3, 64), dtype=np.float32))
    assert mean.shape == log_variance.shape == (1, 3, 2)
