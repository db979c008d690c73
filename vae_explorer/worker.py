"""The training process of one page: `python -m vae_explorer.worker`, driven over its pipes.

It trains between commands, sends a snapshot about once a second, and ends when its standard input
does, so it never outlives the page that started it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
import traceback
from typing import Any, BinaryIO

import numpy as np

from vae_explorer.config import ConfigError, Experiment
from vae_explorer.data import DataError, load_or_embedded
from vae_explorer.pipe import MESSAGE, READY, SNAPSHOT, Ready, write_frame
from vae_explorer.snapshot import BIN_EDGES

_SNAPSHOT_SECONDS = 0.5
_SNAPSHOT_SHARE = 0.12  # of the time at most goes into taking and sending snapshots

_END = {"do": "end"}


class Worker:
    """Obeys commands and sends frames; one run after another in the same process."""

    def __init__(self, commands: queue.Queue[dict[str, Any]], output: BinaryIO):
        self._commands = commands
        self._output = output
        self._trainer: Any = None
        self._running = False
        self._answered = 0

    def serve(self) -> None:
        """Until the commands end."""
        while True:
            try:
                command = self._commands.get(block=not self._running)
            except queue.Empty:
                self._train()
                continue
            if command == _END:
                return
            self._obey(command)

    def _obey(self, command: dict[str, Any]) -> None:
        do = command.pop("do")
        try:
            getattr(self, f"do_{do}")(**command)
        except (ConfigError, DataError, OSError, ValueError) as error:
            self._say(refused=str(error))
        self._answered += 1
        self._say(answered=self._answered)

    def do_start(
        self, experiment: dict[str, Any], threads: int, data_dir: str | None, running: bool
    ) -> None:
        """Loads the images, draws the population and, if asked to, begins to train."""
        import torch  # seconds: after the page knows that the process lives

        from vae_explorer.activations import sample
        from vae_explorer.training import Trainer

        torch.set_num_threads(threads)
        wanted = Experiment.from_dict(experiment)
        dataset, notice = load_or_embedded(
            wanted.dataset, wanted.image_set, data_dir, lambda text: self._say(progress=text)
        )
        if notice:
            wanted = wanted.replace(image_set="embedded")
        self._trainer = trainer = Trainer(wanted, dataset)
        pixels = np.round(trainer.probe.pixels * 255).astype(np.uint8)
        names = {*wanted.activations, *(wanted.decoder_activations or ())}
        ready = Ready(
            origin=dataset.origin,
            notice=notice,
            train_images=len(dataset.train.labels),
            test_images=len(dataset.test.labels),
            probe_images=pixels,
            probe_labels=trainer.probe.labels,
            shown=trainer.probe.shown,
            path=trainer.path_images,
            steps=trainer.steps,
            precision=trainer.precision,
            threads=threads,
            functions={name: sample(name, BIN_EDGES) for name in sorted(names)},
        )
        write_frame(self._output, READY, ready.to_bytes())
        self._send_snapshot()
        if running:
            self.do_resume()
        else:
            self._say(state="paused")

    def do_pause(self) -> None:
        self._running = False
        self._send_snapshot()
        self._say(state="paused")

    def do_resume(self) -> None:
        self._running = not self._trainer.finished
        self._say(state="running" if self._running else "finished")

    def do_step(self) -> None:
        """One mini-batch, then a pause."""
        self._running = False
        if not self._trainer.finished:
            self._trainer.step()
        self._send_snapshot()
        self._say(state="finished" if self._trainer.finished else "paused")

    def do_stop(self) -> None:
        """Ends the run where it is; what it has learned stays to look at."""
        self._running = False
        self._send_snapshot()
        self._say(state="stopped")

    def do_change(self, **settings: float) -> None:
        self._trainer.change(**settings)

    def do_path(self, images: list[int]) -> None:
        """Chooses the two probe images that the interpolations join."""
        first, second = (min(max(int(index), 0), self._trainer.probe.shown - 1) for index in images)
        self._trainer.path_images = (first, second)
        self._send_snapshot()

    def do_save(self, folder: str) -> None:
        from vae_explorer.store import save_run

        save_run(folder, self._trainer)
        self._say(saved=folder)

    def _train(self) -> None:
        """Steps up to the next snapshot, or until a command waits."""
        due = self._snapshot_taken + max(_SNAPSHOT_SECONDS, self._snapshot_cost / _SNAPSHOT_SHARE)
        while time.perf_counter() < due and self._commands.empty():
            self._trainer.step()
            if self._trainer.finished:
                self._running = False
                self._send_snapshot()
                self._say(state="finished")
                return
        if time.perf_counter() >= due:
            self._send_snapshot()

    def _send_snapshot(self) -> None:
        started = time.perf_counter()
        write_frame(self._output, SNAPSHOT, self._trainer.snapshot().to_bytes())
        self._snapshot_taken = time.perf_counter()
        self._snapshot_cost = self._snapshot_taken - started

    def _say(self, **message: Any) -> None:
        write_frame(self._output, MESSAGE, json.dumps(message).encode())


def _read_commands(source: BinaryIO, commands: queue.Queue[dict[str, Any]]) -> None:
    for line in source:
        commands.put(json.loads(line))
    commands.put(_END)


def main() -> None:
    # Frames go to a copy of standard output; whatever a library prints goes to standard error.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    commands: queue.Queue[dict[str, Any]] = queue.Queue()
    reader = threading.Thread(target=_read_commands, args=(sys.stdin.buffer, commands), daemon=True)
    reader.start()
    try:
        Worker(commands, output).serve()
    except BrokenPipeError:
        pass  # the page is gone
    except Exception as error:
        traceback.print_exc()
        message = {"failed": f"{type(error).__name__}: {error}"[:300]}
        write_frame(output, MESSAGE, json.dumps(message).encode())
    finally:
        sys.stderr.flush()
        os._exit(0)  # the reader may still wait on standard input; nothing is left to clean up


if __name__ == "__main__":
    main()
