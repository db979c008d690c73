"""The curves of a run as a CSV file, one line a member and point, for any spreadsheet.

Losses are nats per image, `train_loss` and `test_loss` the negative ELBO. A cell is empty where
nothing was measured. Numbers have as many digits as it takes to read the same float32 back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from vae_explorer.experiment.recipe import Member
from vae_explorer.results.snapshot import Curves

_LOSSES = ("train_reconstruction", "train_kl", "test_reconstruction", "test_kl")
COLUMNS = (
    "member",
    "activation",
    "seed",
    "step",
    "epoch",
    "train_reconstruction",
    "train_kl",
    "train_loss",
    "test_reconstruction",
    "test_kl",
    "test_loss",
)
MOST_BYTES_A_MEMBER = 512 * 1024  # some 1,000 lines of some 120 bytes, with room
_MOST_POINTS = 4000


def to_csv(curves: Curves, members: Sequence[Member]) -> str:
    """The file's text: a header, then point by point a line for each member."""
    points = len(curves.step)
    cells: dict[str, np.ndarray] = {
        "member": np.tile(np.arange(len(members)), points),
        "activation": np.tile([member.activation_key for member in members], points),
        "seed": np.tile([member.seed for member in members], points),
        "step": np.repeat(curves.step, len(members)),
        "epoch": np.repeat(curves.epoch, len(members)),
    }
    columns = [_texts(cells.get(name, getattr(curves, name, None))) for name in COLUMNS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(zip(*columns))
    return text.getvalue()


def from_csv(text: str, members: Sequence[Member]) -> Curves:
    """The inverse of to_csv. ValueError, with what is wrong and in which line, for other text."""
    count = len(members)
    columns = _columns(text, most=count * _MOST_POINTS)
    points, rest = divmod(len(columns["member"]), count)
    if rest:
        raise ValueError(f"its last point has lines for {rest} of {count} members")
    _check_members(columns, members, points)
    step = _numbers(columns, "step", np.int64).reshape(points, count)
    epoch = _numbers(columns, "epoch", np.float32).reshape(points, count)
    if (step != step[:, :1]).any() or (epoch != epoch[:, :1]).any():
        raise ValueError("the members of one point have different steps or epochs")
    if not (np.diff(step[:, 0], prepend=0) > 0).all() or not np.isfinite(epoch).all():
        raise ValueError("its steps do not grow from point to point")
    losses = {name: _numbers(columns, name, np.float32).reshape(points, count) for name in _LOSSES}
    return Curves(step=step[:, 0].copy(), epoch=epoch[:, 0].copy(), **losses)


def _texts(values: np.ndarray | None) -> list[str]:
    assert values is not None, "every column is a cell above or a field of Curves"
    texts = values.ravel().astype(str)
    return np.where(texts == "nan", "", texts).tolist()


def _columns(text: str, most: int) -> dict[str, list[str]]:
    """The cells by column; checks, line by line, that each has all of them and that few come."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: dict[str, list[str]] = {name: [] for name in COLUMNS}
    try:
        if tuple(next(lines, ())) != COLUMNS:
            raise ValueError(f"its first line is not {','.join(COLUMNS)}")
        for number, line in enumerate(lines, start=2):
            if len(line) != len(COLUMNS):
                raise ValueError(f"line {number} has {len(line)} cells, not {len(COLUMNS)}")
            if number > most + 1:
                raise ValueError(f"it has more than {most:,} lines of numbers")
            for cells, cell in zip(columns.values(), line):
                cells.append(cell)
    except csv.Error as error:
        raise ValueError(f"it is no CSV file ({error})") from error
    return columns


def _check_members(columns: dict[str, list[str]], members: Sequence[Member], points: int) -> None:
    expected = [
        (str(index), member.activation_key, str(member.seed))
        for index, member in enumerate(members)
    ] * points
    found = zip(columns["member"], columns["activation"], columns["seed"])
    for number, (cells, wanted) in enumerate(zip(found, expected), start=2):
        if cells != wanted:
            raise ValueError(
                f"line {number} is of {', '.join(cells)[:60]!r}, not of {', '.join(wanted)!r}"
            )


def _numbers(columns: dict[str, list[str]], name: str, kind: type) -> np.ndarray:
    read = int if kind is np.int64 else float
    numbers = []
    for line, cell in enumerate(columns[name], start=2):
        try:
            numbers.append(read(cell or "nan"))
        except ValueError:
            raise ValueError(f"{name} in line {line} is {cell[:40]!r}, not a number") from None
    try:
        with np.errstate(over="ignore"):  # beyond float32 is infinite
            return np.array(numbers).astype(kind) if numbers else np.empty(0, kind)
    except OverflowError:
        raise ValueError(f"the column {name} holds a number that is too large") from None
