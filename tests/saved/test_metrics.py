"""The CSV file of the curves, with the numbers that are hard to write."""

from __future__ import annotations

import numpy as np
import pytest

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.snapshot import Curves
from vae_explorer.saved.metrics import COLUMNS, from_csv, to_csv

MEMBERS = Experiment(activations=["relu", "tanh"], decoder_activations=["silu"], seeds=2).members


def curves(losses):
    """Losses (4, P, K) under the names of Curves."""
    points = losses.shape[1]
    return Curves(np.arange(1, points + 1) * 3, (np.arange(points) / 3).astype(np.float32), *losses)


def assert_equal(first, second):
    for name, column in vars(first).items():
        np.testing.assert_array_equal(getattr(second, name), column, err_msg=name)
        assert getattr(second, name).dtype == column.dtype
        assert getattr(second, name).shape == column.shape


def test_every_float32_comes_back(random):
    bits = random.integers(0, 2**32, (4, 200, 4), dtype=np.uint32)
    losses = bits.view(np.float32)
    losses[:, 0] = [np.nan, np.inf, -np.inf, 1e-45]
    written = curves(losses)
    with np.errstate(all="ignore"):  # sums of any two numbers
        text = to_csv(written, MEMBERS)
    assert_equal(written, from_csv(text, MEMBERS))


def test_no_rows_come_back():
    empty = Curves(np.empty(0, np.int64), np.empty(0, np.float32), *np.empty((4, 0, 4), np.float32))
    assert to_csv(empty, MEMBERS) == ",".join(COLUMNS) + "\n"
    assert_equal(empty, from_csv(to_csv(empty, MEMBERS), MEMBERS))


def test_a_line_reads_well():
    losses = np.full((4, 1, 4), 0.1, dtype=np.float32)
    losses[2:] = np.nan
    lines = to_csv(curves(losses), MEMBERS).splitlines()
    assert lines[2] == "1,relu>silu,1,3,0.0,0.1,0.1,0.2,,,"


def test_line_ends_of_other_systems_are_read():
    text = to_csv(curves(np.ones((4, 2, 4), np.float32)), MEMBERS)
    assert_equal(from_csv(text, MEMBERS), from_csv(text.replace("\n", "\r\n"), MEMBERS))


def test_half_a_point_is_refused():
    text = to_csv(curves(np.ones((4, 2, 4), np.float32)), MEMBERS)
    short = "".join(text.splitlines(keepends=True)[:-1])
    with pytest.raises(ValueError, match="its last point has lines for 3 of 4 members"):
        from_csv(short, MEMBERS)


def test_lines_are_looked_at_as_they_come():
    """A file of as many bytes as that of 540 VAEs may hold a hundred million empty lines."""
    head = ",".join(COLUMNS) + "\n"
    with pytest.raises(ValueError, match="line 2 has 0 cells, not 11"):
        from_csv(head + "\n" * 1000, MEMBERS)
    with pytest.raises(ValueError, match="more than 16,000 lines"):
        from_csv(head + "0,relu,0,1,0,,,,,,\n" * 16_001, MEMBERS)
