"""Jobs: trainings with a worker process each, started, steered and watched from here.

A page holds a Job and never trains itself: in a thread beside the page the interpreter lock cut
training from 37,000 to 900 images/s.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vae_explorer.data import images_folder
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.judging import Judging
from vae_explorer.jobs import register
from vae_explorer.jobs.endings import ABANDONED, UNREADABLE, died
from vae_explorer.jobs.pipe import (
    RACE,
    READY,
    SNAPSHOT,
    TUNING,
    WEIGHTS,
    Ready,
    Weights,
    read_frame,
    write_command,
)
from vae_explorer.jobs.process import start_worker
from vae_explorer.results.history import MOST_KEPT, History
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.snapshot import Snapshot
from vae_explorer.results.tuning import Tuning
from vae_explorer.saved.race_json import from_json
from vae_explorer.saved.tuning_json import from_plain
from vae_explorer.training.machine import cores_beside_a_page

GRACE_SECONDS = 30.0  # a run goes on so long without the page that owns it, say while it reloads
_WATCH_SECONDS = 1.0
_END_SECONDS = 3.0


class Job:
    """An experiment in training, in a process of its own: one population, or a race.

    Attributes
    ----------
    token : str
        A secret by which a page that is loaded again finds it.
    state : str
        "starting", "running", "paused", "judging", "finished", "stopped" or "failed".
    version : int
        Grows with everything that changed and may be worth drawing.
    ready : Ready or None; snapshot : Snapshot or None
        The newest that came.
    tuning : Tuning or None; tuned_share : float
        What there is of a race's tuning, and how much of it is done, from 0 to 1.
    weights : Weights or None
        Those that were asked for, the newest that came.
    record : RaceRecord or None
        What was kept of it, from the first snapshot on; of a race that has ended, its numbers too.
    error, notice, progress : str or None
        Sentences: why it failed or refused, what is not as asked for, what it waits for.
    save_refused : str or None
        Why it was not saved when it was last asked for, in a sentence.
    """

    def __init__(
        self,
        experiment: Experiment,
        judging: Judging | None = None,
        owner_is_there: Callable[[], bool] = lambda: True,
        data_dir: str | None = None,
        cores: int | None = None,
        running: bool = True,
    ):
        self.experiment = experiment
        self.token = secrets.token_urlsafe()
        self.owner_is_there = owner_is_there
        self.state = "starting"
        self.version = 0
        self.ready: Ready | None = None
        self.snapshot: Snapshot | None = None
        self.tuning: Tuning | None = None
        self.tuned_share = 0.0
        self.weights: Weights | None = None
        self.record: RaceRecord | None = None
        self.judging = judging  # of a race
        self.error: str | None = None
        self.notice: str | None = None
        self.progress: str | None = None
        self.saved: str | None = None
        self.save_refused: str | None = None
        self.answered = 0  # commands carried out, of so many asked
        self._asked = 0
        self.path = (0, 0)  # the two probe images last chosen for interpolations
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._closing = threading.Lock()
        self._last_words: deque[str] = deque(maxlen=20)
        register.enter(self)
        self._process = start_worker()
        for target in (self._read_frames, self._read_last_words):
            threading.Thread(target=target, daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()
        self._tell(
            "start",
            experiment=experiment.to_dict(),
            judging=None if judging is None else asdict(judging),
            cores=cores or cores_beside_a_page(),
            data_dir=images_folder(data_dir),
            running=running,
        )

    @property
    def name(self) -> str:
        """What an address calls it; nobody learns the token from it."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:8]

    @property
    def is_live(self) -> bool:
        """Whether something new is to come: it trains, or a command is not carried out yet."""
        told = self.answered < self._asked and self.state != "failed"
        return told or self.state in ("starting", "running", "judging")

    @property
    def has_ended(self) -> bool:
        """Whether it will not train any further."""
        return self.state in ("finished", "stopped", "failed")

    @property
    def process_id(self) -> int | None:
        """Waits until there is a process; None if none could be started."""
        return self._process.pid

    def pause(self) -> None:
        self._tell("pause")

    def resume(self) -> None:
        self._tell("resume")

    def step(self) -> None:
        """One mini-batch; pauses a run that is running."""
        self._tell("step")

    def stop(self) -> None:
        """Ends training; the worker stays for paths and saving."""
        self._tell("stop")

    def change(self, **settings: float) -> None:
        """beta or learning_rate from the next step on; a refusal comes as `error`."""
        self._tell("change", **settings)

    def choose_path(self, first: int, second: int) -> None:
        """The two probe images that interpolations join."""
        self.path = (first, second)
        self._tell("path", images=[first, second])

    def ask_weights(self, shape: int, members: Sequence[int]) -> None:
        """Has `weights` become those of members of a shape, as they are now."""
        self._tell("weights", shape=shape, members=list(members))

    @property
    def can_be_told(self) -> bool:
        """Whether its process is there, to save it or to draw other paths."""
        return not self._closed.is_set() and self._process.poll() is None

    def save(self, folder: Path, timeout: float) -> None:
        """Has the run saved and waits for it; RuntimeError, with a sentence, if it is not."""
        if not self.can_be_told:
            raise RuntimeError("The run's process has ended, so that it can no longer be saved.")
        asked = self._tell("save", folder=str(folder))
        self.wait(lambda job: job.answered >= asked or not job.can_be_told, timeout)
        if self.saved == str(folder):
            return
        if self.answered >= asked:
            raise RuntimeError(self.save_refused or "The run could not be saved.")
        if self.can_be_told:
            raise RuntimeError(f"The run was not saved within {timeout:.0f} s.")
        raise RuntimeError("The run's process ended before it was saved.")

    def wait(self, until: Callable[[Job], bool], timeout: float) -> bool:
        """Waits until `until(run)` holds; False if it does not within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: until(self), timeout)

    def close(self) -> None:
        """Ends the worker process, by force if it does not end by itself.

        Whoever calls it while another does waits until the process has ended.
        """
        self.let_end()
        with self._closing:
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._update(state=self.state if self.has_ended else "stopped")

    def let_end(self) -> None:
        """Tells the worker to end, and waits for nothing."""
        with self._closing:
            if self._closed.is_set():
                return
            self._closed.set()
            register.leave(self)
            with contextlib.suppress(OSError):
                self._process.stdin.close()  # type: ignore[union-attr]

    def settle(self, timeout: float) -> bool:
        """Waits until every command so far is carried out; False if it takes longer, in seconds."""
        asked = self._asked
        return self.wait(lambda job: job.answered >= asked or job.state == "failed", timeout)

    def _tell(self, do: str, **arguments: Any) -> int:
        """The number of the command, which is carried out when so many are answered."""
        with self._changed:  # two threads' commands must not get into each other
            self._asked += 1
            # A worker that is gone has been reported by whoever reads its frames.
            with contextlib.suppress(OSError, ValueError):
                write_command(self._process.stdin, do, **arguments)  # type: ignore[arg-type]
            return self._asked

    def _update(self, **changes: Any) -> None:
        with self._changed:
            for name, value in changes.items():
                setattr(self, name, value)
            self.version += 1
            self._changed.notify_all()

    def _read_frames(self) -> None:
        try:
            while frame := read_frame(self._process.stdout):  # type: ignore[arg-type]
                kind, payload = frame
                if kind == SNAPSHOT:
                    snapshot = Snapshot.from_bytes(payload)
                    if self.record is not None:
                        self.record.history.add(snapshot)
                    self._update(snapshot=snapshot)
                elif kind == READY:
                    ready = Ready.from_bytes(payload)
                    self.path = ready.path
                    self.record = self._record_of(ready)
                    self._update(ready=ready, notice=ready.notice, progress=None)
                elif kind == TUNING:
                    found = json.loads(payload)
                    tuning = from_plain(found["tuning"], self.experiment)
                    self._update(tuning=tuning, tuned_share=found["step"] / found["steps"])
                elif kind == WEIGHTS:
                    self._update(weights=Weights.from_bytes(payload))
                elif kind == RACE:
                    race = from_json(payload.decode())
                    self._update(record=self.record and replace(self.record, race=race))
                else:
                    self._hear(json.loads(payload))
        except Exception as error:  # whatever it is, no later frame can be read
            self._last_words.append(str(error))
            self._process.kill()
            self._update(state="failed", error=UNREADABLE.format(error=error))
        self._report_end()

    def _record_of(self, ready: Ready) -> RaceRecord:
        """Of a race all is kept that there is room for; of another run, the newest is enough."""
        kept = MOST_KEPT if self.judging is not None else 1
        history = History(ready.steps, most_kept=kept)
        experiment = self.experiment
        if self.tuning is not None:
            experiment = experiment.tuned_to(self.tuning.chosen)
        return RaceRecord(experiment, history, ready.probe, tuning=self.tuning)

    def _hear(self, message: dict[str, Any]) -> None:
        if "failed" in message:
            self._update(state="failed", error=f"Training failed: {message['failed']}.")
        elif "refused" in message:
            self._hear_answer(message["answered"], message["refused"], message["command"])
        else:
            self._update(**message)

    def _hear_answer(self, answered: int, refused: str | None, command: str) -> None:
        """A command is carried out, or refused; what was refused before it is forgotten."""
        if command == "save":
            self._update(answered=answered, save_refused=refused)
        elif self.state == "failed":
            self._update(answered=answered)
        elif refused is not None and self.ready is None and self.tuning is None:
            self._update(answered=answered, error=refused, state="failed")
        else:
            self._update(answered=answered, error=refused)

    def _read_last_words(self) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in self._process.stderr:  # type: ignore[union-attr]
                self._last_words.append(line.decode(errors="replace").rstrip())

    def _report_end(self) -> None:
        """The frames have ended: by our closing it, or because the worker died."""
        code = self._process.wait()
        self._update()
        if self._closed.is_set():
            return
        if self.state == "failed":
            self.close()
            return
        self._update(state="failed", error=died(code, self._last_words))
        self.close()

    def _watch(self) -> None:
        """Closes the run when its owner has been away for longer than the grace."""
        seen = time.monotonic()
        while not self._closed.wait(_WATCH_SECONDS):
            if self.owner_is_there():
                seen = time.monotonic()
            elif time.monotonic() - seen > GRACE_SECONDS:
                gone = ABANDONED.format(seconds=GRACE_SECONDS)
                self._update(notice=f"{self.notice} {gone}" if self.notice else gone)
                self.close()
