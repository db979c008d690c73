"""The training process of one page: `python -m vae_explorer.jobs.worker`, driven over its pipes.

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

from vae_explorer.data import DataError, load_or_embedded
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.jobs.pipe import (
    MESSAGE,
    RACE,
    READY,
    SNAPSHOT,
    TUNING,
    WEIGHTS,
    FrameWriter,
    Ready,
    Weights,
)
from vae_explorer.results.snapshot import BIN_EDGES

_SNAPSHOT_SECONDS = 0.5
_SNAPSHOT_SHARE = 0.12  # of the time at most goes into taking and sending snapshots

_LEAST_SNAPSHOTS = 30  # of a race, however short: it can be gone back and forth in

_END = {"do": "end"}
_STOPPED_TUNING = "It was stopped while its learning rates were tuned, before the race itself."


class Worker:
    """Obeys commands and sends frames; one run after another in the same process."""

    def __init__(self, commands: queue.Queue[dict[str, Any]], frames: FrameWriter):
        self._commands = commands
        self._frames = frames
        self._tuner: Any = None  # a Tuner, while there is something to tune
        self._tuning: Any = None  # what came of it
        self._race: Any = None  # a RaceTrainer, once there is one
        self._judging: Judging | None = None
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
            if self._race is None and self._tuner is None and do != "start":
                raise ValueError("There is nothing to steer: the run was refused at its start.")
            if self._race is None and do in ("change", "path", "save", "weights"):
                raise ValueError("The race has not begun yet: its learning rates are being tuned.")
            getattr(self, f"do_{do}")(**command)
            refused = None
        except (ConfigError, DataError, OSError, ValueError) as error:
            refused = str(error)
        except Exception as error:
            if do != "save":
                raise
            traceback.print_exc()  # what was trained must not be lost with it
            refused = f"An error came between ({type(error).__name__}: {str(error)[:200]})."
        self._answered += 1
        self._say(answered=self._answered, refused=refused, command=do)

    def do_start(
        self,
        experiment: dict[str, Any],
        judging: dict[str, Any] | None,
        cores: int,
        data_dir: str | None,
        running: bool,
    ) -> None:
        """Loads the images, draws the VAEs of each shape and, if asked to, begins to train.

        With `judging` it is a race: its arms are shown side by side, and judged at its end. What
        its experiment tunes is tuned before.
        """
        import torch  # seconds: after the page knows that the process lives

        from vae_explorer.training.machine import threads_for
        from vae_explorer.training.tuning import Tuner

        wanted = Experiment.from_dict(experiment)
        self._cores = cores
        self._dataset, self._notice = load_or_embedded(
            wanted.dataset, wanted.image_set, data_dir, lambda text: self._say(progress=text)
        )
        if self._notice:
            wanted = wanted.replace(image_set="embedded")
        self._judging = None if judging is None else Judging(**judging)
        if self._judging is not None and wanted.trials:
            torch.set_num_threads(threads_for(wanted.trials[0], cores))
            self._tuner = Tuner(wanted, self._dataset)
            self._send_tuning()
        else:
            self._draw(wanted)
        if running:
            self.do_resume()
        else:
            self._say(state="paused")

    def _draw(self, experiment: Experiment) -> None:
        """Draws the VAEs, and tells the page all that it has to know of them."""
        import torch

        from vae_explorer.activations import sample
        from vae_explorer.training.machine import threads_for
        from vae_explorer.training.race import Looks, RaceTrainer

        threads = threads_for(experiment, self._cores)
        torch.set_num_threads(threads)
        of_a_race, dataset = self._judging is not None, self._dataset
        self._race = race = RaceTrainer(experiment, dataset, side_by_side=of_a_race)
        self._looks = Looks(race, _LEAST_SNAPSHOTS if of_a_race else 1)
        trainer = race.trainers[0]
        names = {*experiment.activations, *(experiment.decoder_activations or ())}
        ready = Ready(
            origin=dataset.origin,
            notice=self._notice,
            train_images=len(dataset.train.labels),
            test_images=len(dataset.test.labels),
            probe=race.probe,
            path=trainer.path_images,
            steps=tuple(each.steps for each in race.trainers),
            precision=trainer.precision,
            threads=threads,
            functions={name: sample(name, BIN_EDGES) for name in sorted(names)},
        )
        self._frames.write(READY, ready.to_bytes())
        self._send_snapshot()
        self._snapshot_cost = 0.0  # the first one's says nothing of the next

    def do_pause(self) -> None:
        self._running = False
        self._send_newest()
        self._say(state="paused")

    def do_resume(self) -> None:
        self._running = self._race is None or not self._race.finished
        self._say(state="running" if self._running else "finished")

    def do_step(self) -> None:
        """One mini-batch, then a pause."""
        self._running = False
        if self._race is None:
            self._tune()
        elif not self._race.finished:
            self._step()
        self._send_newest()
        if self._race is not None and self._race.finished:
            self._end("finished")
        else:
            self._say(state="paused")

    def do_stop(self) -> None:
        """Ends the run where it is; what it has learned stays to look at."""
        self._running = False
        self._send_newest()
        if self._race is None:
            self._say(notice=_STOPPED_TUNING)
        self._end("stopped")

    def do_change(self, **settings: float) -> None:
        for trainer in self._race.trainers:
            trainer.change(**settings)

    def do_path(self, images: list[int]) -> None:
        """Chooses the two probe images that the interpolations join."""
        shown = self._race.trainers[0].probe.shown
        first, second = (min(max(int(index), 0), shown - 1) for index in images)
        self._race.choose_path((first, second))
        for trainer in self._race.trainers:
            if trainer.step_number or trainer is self._race.latest:
                self._send_snapshot(trainer)

    def do_weights(self, shape: int, members: list[int]) -> None:
        """Sends some members' weights as they are now."""
        from vae_explorer.saved import weights

        trainers = self._race.trainers
        if not 0 <= shape < len(trainers):
            raise ValueError(f"There is no shape {shape} in a race of {len(trainers)}.")
        trainer = trainers[shape]
        strange = [row for row in members if not 0 <= row < len(trainer.population)]
        if strange:
            raise ValueError(f"There is no VAE {strange[0]} among {len(trainer.population)}.")
        content = weights.to_bytes(trainer.population.some(members))
        sent = Weights(shape, tuple(members), trainer.step_number, content)
        self._frames.write(WEIGHTS, sent.to_bytes())

    def do_save(self, folder: str) -> None:
        if self._judging is None:
            from vae_explorer.saved.run import save_run

            save_run(folder, self._race.trainers[0])
        else:
            from vae_explorer.saved.race import save_runs

            save_runs(folder, self._race)
        self._say(saved=folder)

    def _train(self) -> None:
        """Steps up to the next look, or until a command waits."""
        if self._race is None:
            due = time.perf_counter() + _SNAPSHOT_SECONDS
            while self._race is None and time.perf_counter() < due and self._commands.empty():
                self._tune()
            if self._race is None:
                self._send_tuning()
            return
        due = self._snapshot_taken + max(_SNAPSHOT_SECONDS, self._snapshot_cost / _SNAPSHOT_SHARE)
        while time.perf_counter() < due and self._commands.empty():
            if self._step():
                self._send_snapshot()
                if self._race.finished:
                    self._running = False
                    self._end("finished")
                return
        if time.perf_counter() >= due:
            self._send_snapshot()

    def _tune(self) -> None:
        """One mini-batch of the trials; after the last of them the race is drawn."""
        self._tuner.step()
        if self._tuner.finished:
            self._tuning = self._send_tuning()
            self._draw(self._tuner.tuned)
            self._tuner = None

    def _step(self) -> bool:
        """One mini-batch; whether it is to be looked at, however little time has passed."""
        self._race.step()
        return self._looks.are_due()

    def _end(self, state: str) -> None:
        """Says that training has ended; a race that has learned anything is judged first."""
        if self._judging is not None and self._race is not None and self._race.step_number:
            from vae_explorer.saved.race_json import to_json
            from vae_explorer.training.judge import judge

            self._say(state="judging")
            try:
                race = judge(
                    self._race,
                    self._judging,
                    lambda text: self._say(progress=text),
                    self._tuning,
                )
                self._frames.write(RACE, to_json(race, race.arms[0].key).encode())
            except BrokenPipeError:
                raise
            except Exception as error:  # what was trained must not be lost with it
                traceback.print_exc()
                self._say(
                    notice=f"The race could not be judged ({type(error).__name__}: "
                    f"{str(error)[:200]}); what was trained can be taken away."
                )
        self._say(state=state, progress=None)

    def _send_newest(self) -> None:
        if self._race is None:
            self._send_tuning()
        else:
            self._send_snapshot()

    def _send_tuning(self) -> Any:
        """What there is of it, which is returned as well, and how far it is."""
        from vae_explorer.saved.tuning_json import to_plain

        tuning, tuner = self._tuner.tuning(), self._tuner
        done = {"step": tuner.step_number, "steps": tuner.steps, "tuning": to_plain(tuning)}
        self._frames.write(TUNING, json.dumps(done).encode())
        return tuning

    def _send_snapshot(self, trainer: Any = None) -> None:
        started = time.perf_counter()
        snapshot = (trainer or self._race.latest).snapshot()
        self._frames.write(SNAPSHOT, snapshot.to_bytes())
        self._snapshot_taken = time.perf_counter()
        self._snapshot_cost = self._snapshot_taken - started

    def _say(self, **message: Any) -> None:
        self._frames.write(MESSAGE, json.dumps(message).encode())


def _read_commands(source: BinaryIO, commands: queue.Queue[dict[str, Any]]) -> None:
    for line in source:
        commands.put(json.loads(line))
    commands.put(_END)


def main() -> None:
    # Frames go to a copy of standard output; whatever a library prints goes to standard error.
    frames = FrameWriter(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    commands: queue.Queue[dict[str, Any]] = queue.Queue()
    reader = threading.Thread(target=_read_commands, args=(sys.stdin.buffer, commands), daemon=True)
    reader.start()
    try:
        Worker(commands, frames).serve()
    except BrokenPipeError:
        pass  # the page is gone
    except Exception as error:
        traceback.print_exc()
        message = {"failed": f"{type(error).__name__}: {error}"[:300]}
        frames.write(MESSAGE, json.dumps(message).encode())
    finally:
        frames.close()
        sys.stderr.flush()
        os._exit(0)  # the reader may still wait on standard input; nothing is left to clean up


if __name__ == "__main__":
    main()
