"""What a name of a folder means, and what is said of one that means nothing."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from vae_explorer.data import DataError, load_dataset
from vae_explorer.data.paths import absolute_path
from vae_explorer.data.sets import DATASETS


def test_names_mean_what_they_mean_in_a_shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    own = pwd.getpwuid(os.getuid())
    for name, meant in {
        "run": tmp_path / "run",
        "./~/run": tmp_path / "~" / "run",
        "a/../run/": tmp_path / "run",
        "~": tmp_path,
        "~/run": tmp_path / "run",
        f"~{own.pw_name}/run": Path(own.pw_dir, "run"),
        "/run": Path("/run"),
        "a~b": tmp_path / "a~b",
    }.items():
        assert absolute_path(name) == meant
    assert absolute_path(Path("~/run")) == tmp_path / "run"


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match=r"is no name of a folder\.$"):
        absolute_path(name)


@pytest.mark.parametrize("name", ["~no-such-user", "~no-such-user/x", "~no-such-user/../x"])
def test_a_user_that_the_machine_does_not_know_is_said(name):
    with pytest.raises(ValueError, match="no home folder ~no-such-user;"):
        absolute_path(name)


def test_a_home_folder_that_is_missing_is_never_made(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "missing"))
    with pytest.raises(ValueError, match=f"no home folder {tmp_path}/missing; .* or ./~/x for a"):
        absolute_path("~/x")


def test_a_machine_that_knows_no_home_folder_is_said(monkeypatch):
    def unknown(user):
        raise KeyError(user)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(ValueError, match="there is no home folder ~;"):
        absolute_path("~/x")
    monkeypatch.delenv("SCIKIT_LEARN_DATA", raising=False)
    with pytest.raises(DataError, match=r"nowhere to be kept: .*LEARN_DATA may name another"):
        load_dataset("mnist", "full")


def test_a_working_folder_that_is_gone_is_said(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for name in (".", "x", "../x"):
        with pytest.raises(ValueError, match="The working folder is gone"):
            absolute_path(name)
    assert absolute_path(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["~no-such-user/x", "a\0b"])
def test_a_data_folder_without_a_meaning_is_said(name):
    with pytest.raises(DataError, match=r"^The data folder cannot be read: .*\.$"):
        load_dataset("mnist", "full", name)


def test_so_is_one_that_the_environment_names(monkeypatch):
    monkeypatch.setenv("VAE_EXPLORER_DATA_DIR", "~no-such-user/x")
    with pytest.raises(DataError, match="no home folder ~no-such-user;"):
        load_dataset("mnist", "full")


def test_an_empty_name_is_no_reason_to_go_online(monkeypatch):
    """But an empty variable is one that is not set, as usual."""
    asked = []
    monkeypatch.setattr("vae_explorer.data.sources.read_openml", lambda *given: asked.append(given))
    monkeypatch.setenv("VAE_EXPLORER_DATA_DIR", "")
    with pytest.raises(DataError, match="'' is no name of a folder"):
        load_dataset("mnist", "full", "")
    assert not asked
    with pytest.raises(TypeError):  # what stands in for OpenML has no images
        load_dataset("mnist", "full")
    assert asked[0][0] is DATASETS["mnist"]
