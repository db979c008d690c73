"""What signals do while something worth saving is going on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from vae_explorer.terminal.interruption import Interruption
from vae_explorer.version import ROOT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_a_wish(number):
    before = signal.getsignal(number)
    with Interruption() as interruption:
        assert not interruption.requested
        signal.raise_signal(number)
        assert interruption.requested
    assert signal.getsignal(number) is before


def test_a_second_signal_is_obeyed_at_once_unless_it_is_an_echo(monkeypatch):
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        now = 100.9
        signal.raise_signal(signal.SIGINT)
        assert interruption.requested
        now = 101.0
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def hang_ups_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


def test_a_signal_that_nohup_has_silenced_stays_silent(hang_ups_ignored):
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGHUP)
        assert not interruption.requested
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_ctrl_c_while_the_program_is_imported_is_a_sentence():
    code = """
import runpy, sys

class Pressed:
    def find_spec(self, name, *_):
        if name == "vae_explorer.terminal.main":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Pressed())
runpy.run_module("vae_explorer", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "Interrupted; nothing was saved.\n")
