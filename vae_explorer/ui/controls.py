"""From an experiment to widgets and back: the side bar in which a run is set up.

Labels, help and bounds come from the configuration's settings; here is only which widget shows one.
The address bar always holds the experiment that the widgets show.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.config import SETTINGS, ConfigError, Experiment, parse
from vae_explorer.data import DATASETS
from vae_explorer.presets import PRESETS

# Settings of which a few steps are worth offering; any other value, from a URL say, joins them.
_LADDERS: dict[str, tuple[float, ...]] = {
    "latent": (1, 2, 3, 5, 8, 10, 16, 20, 32, 50, 64, 128),
    "batch_size": (16, 32, 64, 128, 256, 512, 1024),
    "learning_rate": (
        1e-5,
        3e-5,
        1e-4,
        3e-4,
        1e-3,
        2e-3,
        3e-3,
        5e-3,
        1e-2,
        2e-2,
        3e-2,
        0.1,
        0.3,
        1,
    ),
    "beta": (0, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 20, 50, 100),
    "dropout": (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
}
_CHOICE_LABELS = {
    **{name: info.label for name, info in DATASETS.items()},
    "embedded": "10,000 embedded",
    "full": "Full set",
    "bernoulli": "Bernoulli",
    "gaussian": "Gaussian",
    "grey": "Grey",
    "binarised": "Drawn as 0 or 1",
    "gain": "Scaled by gain",
    "pytorch": "PyTorch's",
    "constant": "Constant",
    "one-cycle": "One cycle",
    "float32": "float32",
    "bfloat16": "bfloat16",
    "auto": "Fastest",
}
_MIRRORED = "as the encoder"
_NO_LAYERS = "none"

# What a running population takes up at once; any other change is for the next run.
LIVE = ("beta", "learning_rate")


def sidebar() -> Experiment | None:
    """Draws all settings and returns their experiment; None, with a sentence, if it is refused."""
    if "experiment" not in st.session_state:
        experiment, notices = Experiment.from_query(st.query_params.to_dict())
        st.session_state.notices = notices
        _show(experiment)
    with st.sidebar:
        st.selectbox(
            "Start from",
            list(PRESETS),
            index=None,
            format_func=lambda name: PRESETS[name].label,
            placeholder="A preset…",
            key="preset",
            on_change=_take_preset,
            help="\n".join(f"- **{p.label}**: {p.sentence}" for p in PRESETS.values()),
        )
        values = {name: _widget(name) for name in ("dataset", "activations", "hidden")}
        left, right = st.columns(2)
        with left:
            values |= {name: _widget(name) for name in ("latent", "learning_rate", "beta")}
        with right:
            values |= {name: _widget(name) for name in ("epochs", "batch_size", "dropout")}
        values |= {name: _widget(name) for name in ("seed", "seeds")}
        with st.expander("More settings"):
            values |= {name: _widget(name) for name in SETTINGS if name not in values}
    try:
        parsed = {name: _from_widget(name, value) for name, value in values.items()}
        experiment = Experiment.from_dict(parsed)
    except ConfigError as error:
        st.sidebar.error(str(error), icon=":material/error:")
        return None
    st.session_state.experiment = experiment
    query = experiment.to_query()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    return experiment


def _take_preset() -> None:
    if st.session_state.preset is not None:
        _show(PRESETS[st.session_state.preset].experiment)


def _show(experiment: Experiment) -> None:
    """Sets every widget to an experiment."""
    st.session_state.experiment = experiment
    for name, value in experiment.to_dict().items():
        st.session_state[_key(name)] = _to_widget(name, value)


def _key(name: str) -> str:
    return f"setting.{name}"


def _widget(name: str) -> Any:
    """Draws one setting and returns what its widget holds."""
    setting = SETTINGS[name]
    facts = setting.metadata
    common = {"key": _key(name), "help": facts["help"], "persist_state": "session"}
    if "choices" in facts:
        return st.selectbox(
            facts["label"],
            facts["choices"],
            format_func=lambda choice: _CHOICE_LABELS[choice],
            **common,
        )
    if "each" in facts:
        return st.multiselect(
            facts["label"],
            facts["each"],
            format_func=lambda activation: ACTIVATIONS[activation].label,
            placeholder="The encoder's" if setting.default is None else "Choose some",
            **common,
        )
    if name in ("hidden", "decoder_hidden"):
        return st.text_input(facts["label"], **common)
    if name in _LADDERS:
        options = sorted({*_LADDERS[name], st.session_state[_key(name)]})
        return st.select_slider(facts["label"], options, format_func=lambda x: f"{x:g}", **common)
    return st.number_input(
        facts["label"],
        min_value=facts["minimum"],
        max_value=facts["maximum"],
        step=1 if isinstance(setting.default, int) else None,
        **common,
    )


def _to_widget(name: str, value: Any) -> Any:
    if name in ("hidden", "decoder_hidden"):
        if value is None:
            return _MIRRORED
        return ", ".join(map(str, value)) or _NO_LAYERS
    if name == "decoder_activations":
        return value or []
    return value


def _from_widget(name: str, value: Any) -> Any:
    if name in ("hidden", "decoder_hidden"):
        text = value.strip().lower()
        if text in ("", _MIRRORED) and name == "decoder_hidden":
            return None
        return (
            ()
            if text in ("", _NO_LAYERS)
            else parse(name, ",".join(text.replace(",", " ").split()))
        )
    if name == "decoder_activations":
        return value or None
    return value
