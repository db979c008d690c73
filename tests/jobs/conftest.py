"""Jobs that are closed when the test ends, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from vae_explorer.jobs.job import Job


@pytest.fixture
def start() -> Iterator[Callable[..., Job]]:
    """Starts a job, given what a Job is given."""
    started: list[Job] = []

    def start_job(*arguments, **options) -> Job:
        started.append(Job(*arguments, **options))
        return started[-1]

    yield start_job
    for job in started:
        job.close()
