"""Slow work beside a page."""

from __future__ import annotations

import threading

from vae_explorer.jobs.background import Background

PATIENCE = 10.0


def finish(work: Background) -> None:
    work.wait(PATIENCE)
    assert not work.is_busy


def test_an_answer_comes_with_its_key_and_is_asked_for_once():
    work = Background()
    calls = []
    work.ask("a", lambda: calls.append("a") or 1)
    finish(work)
    work.ask("a", lambda: calls.append("again"))
    assert (work.key, work.answer, calls) == ("a", 1, ["a"])


def test_one_at_a_time_and_the_last_answer_stays_meanwhile():
    work = Background()
    work.ask("a", lambda: 1)
    finish(work)
    release = threading.Event()
    work.ask("b", lambda: release.wait(PATIENCE))
    assert work.is_busy
    work.ask("c", lambda: 3)
    assert (work.key, work.answer) == ("a", 1)
    release.set()
    finish(work)
    assert (work.key, work.answer) == ("b", True)


def test_it_rests_between_answers_unless_in_a_hurry():
    work = Background(rest_seconds=3600)
    work.ask("a", lambda: 1)
    finish(work)
    work.ask("b", lambda: 2)
    assert work.key == "a"
    work.ask("b", lambda: 2, hurry=True)
    finish(work)
    assert work.key == "b"


def test_an_exception_is_an_answer():
    work = Background()
    work.ask("a", lambda: 1 / 0)
    finish(work)
    assert isinstance(work.answer, ZeroDivisionError)
