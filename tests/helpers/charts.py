"""Members and numbers to draw charts of, and what is read from a chart."""

import numpy as np
import plotly.graph_objects as go

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.results.snapshot import BIN_EDGES, Curves, LayerView

TRIO = Experiment(activations=("relu", "tanh", "silu")).members
SEEDS = Experiment(activations=("relu", "tanh"), seeds=3).members
PAIRS = Experiment(activations=("relu",), decoder_activations=("relu", "tanh")).members


def made_curves(members, points: int = 20, per_epoch: int = 4) -> Curves:
    """Falling losses, another level for each member; test losses at every epoch's end."""
    count = len(members)
    epoch = np.arange(1, points + 1, dtype=np.float32) / per_epoch
    fall = (100 + 400 * np.exp(-3 * epoch))[:, None] + 7 * np.arange(count, dtype=np.float32)
    ends = (np.arange(1, points + 1) % per_epoch == 0)[:, None]
    kl = np.full((points, count), 5, np.float32) + np.arange(points, dtype=np.float32)[:, None] / 9
    curves = Curves(
        step=np.arange(1, points + 1) * 10,
        epoch=epoch,
        train_reconstruction=fall.astype(np.float32),
        train_kl=kl,
        test_reconstruction=np.where(ends, fall + 2, np.nan).astype(np.float32),
        test_kl=np.where(ends, kl, np.nan).astype(np.float32),
    )
    return thawed(curves)


def made_layer(count: int, name: str = "encoder 1") -> LayerView:
    rng = np.random.default_rng(0)
    bins = len(BIN_EDGES) - 1
    layer = LayerView(
        name=name,
        pre_activation=rng.integers(1, 50, (count, bins), dtype=np.int32),
        output=rng.integers(1, 50, (count, bins), dtype=np.int32),
        dead=np.full(count, 0.12),
        saturated=np.zeros(count),
    )
    return thawed(layer)


def thawed(view):
    """The view with arrays that a test may change before it draws them."""
    for value in vars(view).values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = True
    return view


def trace(figure: go.Figure, name: str, axis: str | None = None) -> go.Scatter:
    """The only trace of that name, on that x axis if one is given."""
    found = [t for t in figure.data if t.name == name and axis in (None, t.xaxis)]
    assert len(found) == 1, [t.name for t in figure.data]
    return found[0]


def texts(figure: go.Figure) -> str:
    return " ".join(note.text for note in figure.layout.annotations)
