"""Small trainings in processes of their own, and what the system says of those."""

from __future__ import annotations

from pathlib import Path

from vae_explorer.experiment.experiment import Experiment

SHORT = Experiment(dataset="digits", activations=("relu", "tanh"), hidden=(16,), epochs=3)
LONG = SHORT.replace(epochs=10_000)
PATIENCE = 60.0  # seconds; PyTorch alone takes some to import on a busy machine


def is_running(process_id: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return _state_and_parent(process_id)[0] != "Z"
    except OSError:
        return False


def parent_of(process_id: int) -> int:
    return int(_state_and_parent(process_id)[1])


def _state_and_parent(process_id: int) -> list[str]:
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[:2]


def workers_of(server) -> list[int]:
    """Process ids of the training processes that the server's forkserver has forked."""
    return [
        worker
        for child in _children_of(server.pid)
        if b"vae_explorer.jobs.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()
        for worker in _children_of(child)
    ]


def _children_of(process_id: int) -> list[int]:
    tasks = Path(f"/proc/{process_id}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
