"""One small race for all tests of files, none of which changes it."""

from __future__ import annotations

import pytest

from tests.helpers.saved_races import saved_race
from vae_explorer.results.record import RaceRecord


@pytest.fixture(scope="session")
def saved() -> RaceRecord:
    return saved_race()
