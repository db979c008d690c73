"""The names that a notebook imports, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import tomllib

import pytest

import vae_explorer
from vae_explorer.version import ROOT


def modules_after(statement):
    """Top-level modules of a fresh interpreter after a statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_else():
    assert not modules_after("import vae_explorer") & {"torch", "numpy", "sklearn", "streamlit"}


@pytest.mark.parametrize(
    "statement",
    [
        "from vae_explorer import Experiment, load_dataset, load, load_run, save_run",
        "from vae_explorer.saved.run import read_record, check_target",
        "from vae_explorer.results.members import member_results",
        "import vae_explorer.terminal.main",
    ],
)
def test_what_needs_no_pytorch_does_not_import_it(statement):
    assert not modules_after(statement) & {"torch", "streamlit", "plotly"}


@pytest.mark.parametrize("name", vae_explorer.__all__)
def test_every_public_name_is_there(name):
    assert getattr(vae_explorer, name) is not None
    assert name in dir(vae_explorer)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'vae_explorer' has no attribute 'train'$"):
        _ = vae_explorer.train


def test_the_version_is_that_of_the_distribution():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project.get("version", vae_explorer.__version__) == vae_explorer.__version__


def test_the_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _, example = vae_explorer.__doc__.split("::\n")
    names = {}
    exec(textwrap.dedent(example), names)
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert names["images"].shape == (4, 360, 64)
