"""What a session owns, without a browser around it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.helpers.session import State
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.jobs.job import Job
from vae_explorer.ui.shared import session

LONG = Experiment(dataset="digits", activations=("relu",), hidden=(16,), epochs=10_000)


@pytest.fixture
def state(monkeypatch) -> State:
    state = State()
    monkeypatch.setattr(session, "st", SimpleNamespace(session_state=state))
    monkeypatch.setattr(session, "_presence", lambda: lambda: True)
    return state


@pytest.fixture
def held() -> Iterator[Job]:
    """A run whose owner seems to be there until it is said that it is not."""
    job = Job(LONG, owner_is_there=lambda: True, running=False)
    yield job
    job.close()


def test_a_run_that_is_held_is_waited_for_until_its_owner_is_gone(state, held):
    for _ in range(3):
        session.take_up_job("train", held.token)
        assert session.current_job("train") is None
        assert session.awaited_token("train") == held.token
        assert not session.has_forgotten("train")
    assert "still held" in state["notices"][0]
    held.owner_is_there = lambda: False
    session.take_up_job("train", held.token)
    assert session.current_job("train") is held
    assert session.awaited_token("train") is None
    assert held.owner_is_there()


def test_it_is_said_once_that_a_run_is_held(state, held):
    session.take_up_job("train", held.token)
    del state["notices"]
    session.take_up_job("train", held.token)
    assert "notices" not in state


def test_a_run_that_ends_while_it_is_waited_for_is_forgotten(state, held):
    session.take_up_job("train", held.token)
    held.close()
    session.take_up_job("train", held.token)
    assert session.current_job("train") is None
    assert session.awaited_token("train") is None
    assert session.has_forgotten("train")


@pytest.mark.parametrize("token", ["", "no run's", None, 7])
def test_a_token_of_no_run_is_forgotten_at_once(state, token):
    session.take_up_job("train", token)
    assert session.has_forgotten("train")
    assert session.awaited_token("train") is None


def test_who_starts_a_run_waits_for_no_other(state, held):
    session.take_up_job("train", held.token)
    session.discard_job("train")
    assert session.awaited_token("train") is None
    assert session.has_forgotten("train")


def test_a_variable_that_is_empty_names_no_folder_of_images(state, monkeypatch):
    """Whoever loads images reads the variable: nobody else decides what it means."""
    asked = []
    monkeypatch.setattr(session, "Job", lambda *_, **options: asked.append(options))
    monkeypatch.setenv("VAE_EXPLORER_DATA_DIR", "")
    session.start_job("train", LONG)
    assert [options.get("data_dir") for options in asked] == [None]
