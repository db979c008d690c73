"""The collector leaves modules alone, and goes on with what comes after them."""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections.abc import Iterator

import pytest

from vae_explorer.ui.shared import garbage


class Cycle:
    def __init__(self):
        self.self = self


@pytest.fixture(autouse=True)
def thawed(monkeypatch) -> Iterator[None]:
    gc.unfreeze()
    monkeypatch.setattr(garbage, "_modules", 0)
    yield
    gc.unfreeze()


def test_what_is_there_is_left_alone_and_garbage_is_not():
    before = Cycle()
    dead = weakref.ref(Cycle())
    garbage.spare_modules()
    assert dead() is None  # it was collected, not kept for ever
    tracked = {id(each) for each in gc.get_objects()}
    assert id(before) not in tracked
    after = weakref.ref(Cycle())
    gc.collect()
    assert after() is None


def test_it_is_done_again_only_when_there_are_more_modules(monkeypatch):
    garbage.spare_modules()
    later = Cycle()
    garbage.spare_modules()
    assert any(each is later for each in gc.get_objects())
    monkeypatch.setitem(sys.modules, "a_module_that_came_later", types.ModuleType("later"))
    garbage.spare_modules()
    assert not any(each is later for each in gc.get_objects())
