"""Experiments of any settings, and values that are none."""

from __future__ import annotations

import math

from hypothesis import assume
from hypothesis import strategies as st

from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.settings import ConfigError

NAMES = list(SETTINGS)
LISTS = [name for name, setting in SETTINGS.items() if "longest" in setting.metadata]
CHOICES = [name for name in NAMES if "choices" in SETTINGS[name].metadata]
NUMBERS = [name for name in NAMES if name not in LISTS + CHOICES]
WHOLE = [name for name in NUMBERS if isinstance(SETTINGS[name].default, int)]


def bounds(name):
    return SETTINGS[name].metadata["minimum"], SETTINGS[name].metadata["maximum"]


def valid(name):
    """Values that a setting may have, in any of the types that it may come in."""
    known = SETTINGS[name].metadata
    if name in CHOICES:
        return st.sampled_from(list(known["choices"]))
    if "each" in known:
        names = st.lists(st.sampled_from(list(known["each"])), min_size=1, max_size=5)
        values = names | names.map(tuple)
    elif name in LISTS:
        if known.get("kind") is float:
            numbers = st.floats(known["minimum"], 1) | st.integers(1, 6)
            return st.lists(numbers, max_size=known["longest"])
        widths = st.lists(st.integers(1, 40) | st.integers(1, 2048), max_size=known["longest"])
        values = widths | widths.map(tuple)
    elif name in WHOLE:
        values = st.integers(*bounds(name)) | st.integers(*bounds(name)).map(float)
    else:
        values = st.floats(*bounds(name)) | st.sampled_from(bounds(name))
    return st.none() | values if SETTINGS[name].default is None else values


@st.composite
def experiments(draw):
    others = [name for name in NAMES if name not in ("learning_rates", "inits")]
    chosen = draw(st.fixed_dictionaries({}, optional={name: valid(name) for name in others}))
    try:
        experiment = Experiment(**chosen)
        if experiment.sweep == "learning_rate" or draw(st.booleans()):
            return experiment
        rates = st.lists(
            st.floats(*bounds("learning_rates")), min_size=(count := len(arms_of(experiment)))
        )
        return experiment.replace(learning_rates=draw(rates)[:count])
    except ConfigError as error:
        assume("together" not in str(error) and "ask for" not in str(error))
        assume(not str(error).startswith(("The sweep", "The last of", "The learning rate")))
        raise


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, -(10**400), math.nan, math.inf, -math.inf, 1e308])
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
