"""From an experiment to widgets and back: the side bar in which a run is set up.

Labels, help and bounds come from the configuration's settings; here is only which widget shows one.
The address bar always holds the experiment that the widgets show.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from vae_explorer.experiment.experiment import SETTINGS, Experiment
from vae_explorer.experiment.presets import PRESETS, RACES, Preset
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.experiment.settings import (
    ConfigError,
    checked,
    from_words,
    in_terms_of,
    in_words,
    number_text,
)
from vae_explorer.experiment.tuning import RATES
from vae_explorer.ui.shared.plain import plain

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

# Settings that another one decides on: which, and whether it must be set or must not.
_ONLY_WITH = {
    "sweep_values": ("sweep", True),
    "tune_values": ("tune", True),
    "learning_rate": ("tune", False),
    "learning_rates": ("tune", False),
    "inits": ("tune", False),
}

# What a running population takes up at once; any other change is for the next run.
LIVE = ("beta", "learning_rate")


@dataclass(frozen=True)
class Form:
    """The side bar of one page: which settings it has, and what it begins with."""

    page: str  # before the names of its settings in the session's state
    presets: Mapping[str, Preset]
    first: Experiment  # where the address names no other
    above: tuple[str, ...]  # one below the other
    left: tuple[str, ...]
    right: tuple[str, ...]
    without: tuple[str, ...] = ()  # settings that the page has no use for

    def key(self, name: str) -> str:
        return f"{self.page}.{name}"


TRAIN = Form(
    "train",
    PRESETS,
    Experiment(),
    above=("dataset", "activations", "hidden"),
    left=("latent", "learning_rate", "beta", "seed"),
    right=("epochs", "batch_size", "dropout", "seeds"),
    without=("sweep", "sweep_values", "tune", "tune_values", "learning_rates", "inits"),
)
COMPARE = Form(
    "compare",
    RACES,
    next(iter(RACES.values())).experiment,
    above=(
        *("dataset", "activations", "decoder_activations", "tune", "tune_values"),
        *("sweep", "sweep_values", "hidden"),
    ),
    left=("seeds", "latent", "learning_rate"),
    right=("epochs", "batch_size", "beta"),
)


def sidebar(form: Form, address_leads: bool) -> tuple[Experiment, str | None]:
    """Draws all settings and returns their experiment: at first, and where it leads, the address's.

    Where one may not be what it is, a sentence stands under it and is returned as well, with the
    last experiment that could be: a slip of the hand takes nothing off the page.
    """
    if address_leads or form.key("experiment") not in st.session_state:
        experiment, notices = _from_address(form)
        st.session_state.notices = notices
        _show(form, experiment)
    with st.sidebar:
        st.selectbox(
            "Start from",
            list(form.presets),
            index=None,
            format_func=lambda name: form.presets[name].label,
            placeholder="A preset…",
            key=form.key("preset"),
            on_change=_take_preset,
            args=(form,),
            help="\n".join(f"- **{p.label}**: {p.sentence}" for p in form.presets.values()),
        )
        together = st.empty()  # what is wrong with settings that each may be what they are
        values: dict[str, Any] = {}
        problems: list[str] = []
        _fields(form, form.above, values, problems)
        for column, names in zip(st.columns(2), (form.left, form.right)):
            with column:
                _fields(form, names, values, problems)
        with st.expander("More settings"):
            shown = {*form.above, *form.left, *form.right, *form.without}
            _fields(form, [name for name in SETTINGS if name not in shown], values, problems)
    # Where each chooses its own it is that of whom no trial came through.
    values.setdefault("learning_rate", _of(form, "learning_rate"))
    if not problems:
        try:
            st.session_state[form.key("experiment")] = Experiment.from_dict(values)
        except ConfigError as error:
            problems.append(str(error))
            together.error(plain(str(error)), icon=":material/error:")
    return _of(form, "experiment"), " ".join(problems) or None


def _fields(
    form: Form, names: Collection[str], values: dict[str, Any], problems: list[str]
) -> None:
    """Draws those of the settings that have a use: to `values` goes what one is, or why it is not.

    The sentence stands under the setting, and says its label.
    """
    for name in names:
        if not _has_use(form, name):
            continue
        held = _widget(form, name)
        try:
            values[name] = checked(SETTINGS[name], _from_widget(name, held))
        except ConfigError as error:
            problem = in_terms_of(SETTINGS[name], error)
            problems.append(problem)
            st.error(plain(problem))


def _from_address(form: Form) -> tuple[Experiment, list[str]]:
    query = st.query_params.to_dict()
    if not any(name in SETTINGS for name in query):
        return form.first, []
    return Experiment.from_query({n: text for n, text in query.items() if n not in form.without})


def _has_use(form: Form, name: str) -> bool:
    """Values of a sweep, or of a tuning, have none without it; nor have rates that are tuned."""
    of, needs_it = _ONLY_WITH.get(name, ("", False))
    return not of or (_of(form, of) != "none") == needs_it


def _of(form: Form, name: str) -> Any:
    return st.session_state[form.key(name)]


def _take_preset(form: Form) -> None:
    chosen = st.session_state.get(form.key("preset"))
    if chosen is not None:  # nor is it there where the page was left meanwhile
        _show(form, form.presets[chosen].experiment)


def _show(form: Form, experiment: Experiment) -> None:
    """Sets every widget to an experiment."""
    st.session_state[form.key("experiment")] = experiment
    for name in SETTINGS:
        st.session_state[form.key(name)] = _to_widget(name, getattr(experiment, name))


def _widget(form: Form, name: str) -> Any:
    """Draws one setting and returns what its widget holds."""
    setting = SETTINGS[name]
    facts = setting.metadata
    key = form.key(name)
    common = {"key": key, "help": facts["help"], "persist_state": "session"}
    if "choices" in facts:
        return st.selectbox(
            facts["label"],
            list(facts["choices"]),
            format_func=facts["choices"].__getitem__,
            **common,
        )
    if "each" in facts and not _is_text(name):
        return st.multiselect(
            facts["label"],
            list(facts["each"]),
            format_func=facts["each"].__getitem__,
            placeholder="The encoder's" if setting.default is None else "Choose some",
            **common,
        )
    if name in ("sweep_values", "tune_values"):
        usual = RATES if name == "tune_values" else SWEEPS[_of(form, "sweep")].values
        return st.text_input(facts["label"], placeholder=in_words(setting, usual), **common)
    if _is_text(name):
        return st.text_input(facts["label"], **common)
    if name in _LADDERS:
        options = sorted({*_LADDERS[name], st.session_state[key]})
        return st.select_slider(facts["label"], options, format_func=number_text, **common)
    return st.number_input(
        facts["label"],
        min_value=facts["minimum"],
        max_value=facts["maximum"],
        step=1 if isinstance(setting.default, int) else None,
        **common,
    )


def _to_widget(name: str, value: Any) -> Any:
    if _is_text(name):
        blank = not value and name in ("sweep_values", "tune_values")
        return "" if blank else in_words(SETTINGS[name], value)
    return list(value or ()) if "each" in SETTINGS[name].metadata else value


def _from_widget(name: str, value: Any) -> Any:
    setting = SETTINGS[name]
    if _is_text(name):
        blank = None if setting.default is None else ()
        return from_words(setting, value) if value.strip() else blank
    return value or None if setting.default is None else value


def _is_text(name: str) -> bool:
    """Whether its widget is a text, of numbers with commas or spaces between them."""
    facts = SETTINGS[name].metadata
    return "longest" in facts and ("each" not in facts or facts.get("repeats", False))
