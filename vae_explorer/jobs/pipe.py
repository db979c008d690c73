"""What a page and its training process say to each other, over the process's two pipes.

To the worker: commands, one JSON object a line. From it: frames, each one byte that says what it
is, the payload's length in eight bytes, and the payload.
"""

from __future__ import annotations

import json
import queue
import threading
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import numpy as np

from vae_explorer.results.arrays import from_bytes, take_arrays, to_bytes, with_arrays
from vae_explorer.results.history import ProbeImages

MESSAGE, TUNING, READY, SNAPSHOT, RACE, WEIGHTS = b"M", b"T", b"R", b"S", b"J", b"W"
"""What a frame holds: JSON, a Tuning, a Ready, a Snapshot, a Race, Weights."""
_KINDS = (MESSAGE, TUNING, READY, SNAPSHOT, RACE, WEIGHTS)

# A frame that claims more than this is no frame: the pipe is out of step.
_LONGEST_FRAME = 1 << 30
_MOST_WAITING = 4  # frames that a slow reader may be behind


@dataclass(frozen=True, eq=False)
class Ready:
    """Sent once, when the images are loaded, what is tuned is chosen and the VAEs are drawn."""

    origin: str  # one sentence: where the images came from
    notice: str | None  # one sentence if they are not the ones asked for
    train_images: int
    test_images: int
    probe: ProbeImages
    path: tuple[int, int]  # the two that interpolations join until others are chosen
    steps: tuple[int, ...]  # of each population
    precision: str
    threads: int
    functions: dict[str, np.ndarray] = field(default_factory=dict)  # name: f at BIN_EDGES

    def to_bytes(self) -> bytes:
        arrays = {f"{_FUNCTION}{name}": values for name, values in self.functions.items()}
        plain = take_arrays(replace(self, functions={}), "ready", arrays)
        return to_bytes("ready", plain, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Ready:
        values, arrays = from_bytes("ready", data)
        values["probe"] = ProbeImages(**with_arrays(values["probe"], arrays))
        values |= {name: tuple(values[name]) for name in ("path", "steps")}
        values["functions"] = {
            name.removeprefix(_FUNCTION): array
            for name, array in arrays.items()
            if name.startswith(_FUNCTION)
        }
        return cls(**values)


_FUNCTION = "function."  # before the name of each in a frame


@dataclass(frozen=True, eq=False)
class Weights:
    """Some members' weights as they were at a step; sent when they are asked for."""

    shape: int  # number of the population
    members: tuple[int, ...]  # of that population
    step: int
    content: bytes  # as `saved.weights.to_bytes` gives them

    def to_bytes(self) -> bytes:
        head = json.dumps([self.shape, list(self.members), self.step]).encode()
        return len(head).to_bytes(8, "little") + head + self.content

    @classmethod
    def from_bytes(cls, data: bytes) -> Weights:
        start = 8 + int.from_bytes(data[:8], "little")
        shape, members, step = json.loads(data[8:start])
        return cls(shape, tuple(members), step, data[start:])


def write_frame(pipe: BinaryIO, kind: bytes, payload: bytes) -> None:
    pipe.write(kind + len(payload).to_bytes(8, "little"))
    pipe.write(payload)
    pipe.flush()


class FrameWriter:
    """Writes frames in a thread of its own, in order.

    A page that draws is slow to read, and whoever writes more than a pipe holds waits for it: 26 ms
    for each snapshot (benchmarks/README.md).
    """

    def __init__(self, pipe: BinaryIO):
        self._pipe = pipe
        self._frames: queue.Queue[tuple[bytes, bytes] | None] = queue.Queue(_MOST_WAITING)
        self._broken = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def write(self, kind: bytes, payload: bytes) -> None:
        """Has a frame written; waits while others do. BrokenPipeError if nobody reads any more."""
        if self._broken:
            raise BrokenPipeError
        self._frames.put((kind, payload))

    def close(self) -> None:
        """Waits until all are written, or nobody reads any more."""
        self._frames.put(None)
        self._thread.join()

    def _run(self) -> None:
        while frame := self._frames.get():
            if self._broken:
                continue  # so that nobody waits to put another
            try:
                write_frame(self._pipe, *frame)
            except OSError:
                self._broken = True


def read_frame(pipe: BinaryIO) -> tuple[bytes, bytes] | None:
    """Kind and payload, or None where the pipe ends. ValueError for what is no frame."""
    head = pipe.read(9)
    if len(head) < 9:
        return None
    kind, length = head[:1], int.from_bytes(head[1:], "little")
    if kind not in _KINDS or length > _LONGEST_FRAME:
        raise ValueError(f"The training process sent a frame {kind!r} of {length:,} bytes.")
    payload = pipe.read(length)
    return (kind, payload) if len(payload) == length else None


def write_command(pipe: BinaryIO, do: str, **arguments: Any) -> None:
    pipe.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
    pipe.flush()
