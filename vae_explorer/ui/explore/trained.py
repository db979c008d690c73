"""VAEs that were trained, here or before, on the Explore page: their choice, and what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.experiment.arms import arms_of, places_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.figures.charts import member_title
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.canvas.canvas import Package, member_package
from vae_explorer.ui.explore.presenter import present_button
from vae_explorer.ui.explore.shown import Shown, images_of
from vae_explorer.ui.explore.source_menu import source_menu
from vae_explorer.ui.explore.sources import PAGES, Source
from vae_explorer.ui.explore.state import PREFIX
from vae_explorer.ui.explore.view import MOST_SHOWN, View
from vae_explorer.ui.shared.plain import plain
from vae_explorer.ui.shared.recall import recall_job

REFRESH_SECONDS = 1.0  # between two looks at whether there are newer weights
_HELD = "explore.trained"


def missing() -> None:
    """Says of what the address is, and asks the tab whether it trained them."""
    st.info(
        "This address is of VAEs that are not here: a browser tab alone has what it trained, until "
        "it trains others, and a server the runs of its own folder. *Train* and *Compare* train "
        "such; others are pretrained.",
        icon=":material/travel_explore:",
    )
    st.button(
        "Show pretrained VAEs",
        icon=":material/arrow_back:",
        key="explore.back",
        on_click=state.ask,
        args=(View(),),
    )
    for page in PAGES:
        recall_job(page)


# --- The choice ---


def chosen(view: View, source: Source) -> View:
    """Draws the choice of members; returns the view with it."""
    experiment = source.experiment
    left, middle, right, last = st.columns([2, 3.1, 6, 1.1], vertical_alignment="center")
    with last:
        present_button()
    with left:
        source_menu(source)
    rows = _rows(experiment, st.session_state[PREFIX + "members"] or view.members)
    with middle, st.container(gap=None):
        st.fragment(_describe, run_every=REFRESH_SECONDS if source.is_live else None)(source)
        _choose_value(experiment, rows)
    labels = _labels(experiment, rows)
    # Who has cleared them wants to choose: what was shown stays until one is chosen.
    held = st.session_state[PREFIX + "members"]
    if (held or not view.members) and held != list(rows):
        st.session_state[PREFIX + "members"] = list(rows)
    members = right.multiselect(
        "VAEs",
        list(labels),
        format_func=labels.__getitem__,
        max_selections=MOST_SHOWN,
        placeholder=f"Choose up to {MOST_SHOWN} VAEs",
        label_visibility="collapsed",
        key=PREFIX + "members",
    )
    shape = experiment.shapes[places_of(experiment)[rows[0]][0]]
    view = state.on_plane_of(view, shape.dataset, shape.latent)
    return view.replace(members=tuple(members) or rows)


def _describe(source: Source) -> None:
    st.markdown(f"**{DATASETS[source.experiment.dataset].label}**, {source.state}")
    if source.notice:
        st.caption(f":material/info: {plain(source.notice)}")


def _choose_value(experiment: Experiment, rows: tuple[int, ...]) -> None:
    """Of a swept setting: VAEs of one value stand side by side."""
    values = {arm.value: arm.value_text for arm in arms_of(experiment)}
    if len(values) < 2:
        return
    key = f"{PREFIX}value"
    st.session_state[key] = _value_of(experiment, rows[0])
    label = SWEEPS[experiment.sweep].label.capitalize()
    st.selectbox(
        label,
        list(values),
        format_func=lambda value: f"{label} {values[value]}",
        label_visibility="collapsed",
        key=key,
        on_change=_take_value,
        args=(experiment, key),
    )


def _take_value(experiment: Experiment, key: str) -> None:
    value = st.session_state.get(key)
    rows = [arm.rows[0] for arm in arms_of(experiment) if arm.value == value]
    st.session_state[PREFIX + "members"] = rows[:MOST_SHOWN]


def _rows(experiment: Experiment, asked: Sequence[int]) -> tuple[int, ...]:
    """Those of the members asked for that can stand side by side; the first of each arm if none."""
    arms = arms_of(experiment)
    value_of = {row: arm.value for arm in arms for row in arm.rows}
    known = [row for row in asked if row in value_of]
    if not known:
        known = [arm.rows[0] for arm in arms]
    return tuple(row for row in known if value_of[row] == value_of[known[0]])[:MOST_SHOWN]


def _labels(experiment: Experiment, rows: tuple[int, ...]) -> dict[int, str]:
    """Of all members that may stand beside these."""
    members = experiment.members
    arms, value = arms_of(experiment), _value_of(experiment, rows[0])
    return {
        row: member_title(members[row], members)
        for arm in arms
        if arm.value == value
        for row in arm.rows
    }


def _value_of(experiment: Experiment, row: int) -> float | None:
    """Of the swept setting, for a member."""
    return next(arm.value for arm in arms_of(experiment) if row in arm.rows)


# --- What is chosen ---


def shown(view: View, source: Source) -> Shown:
    """The chosen VAEs as they are now. StoreError if their weights cannot be had."""
    rows = _rows(source.experiment, view.members)
    places = places_of(source.experiment)
    number, within = places[rows[0]][0], tuple(places[row][1] for row in rows)
    taken = source.take(number, within)
    key = (source.name, number, within, taken.version)
    held = st.session_state.get(_HELD)
    if held is not None and held.key == key:
        return held
    before = {each.identity: each for each in (held.packages if held is not None else ())}
    population, shape = taken.load(), source.experiment.shapes[number]
    dataset = images_of(shape.dataset, shape.image_set)
    labels = _labels(source.experiment, rows)
    packages: list[Package] = []
    for k, (row, result) in enumerate(zip(rows, taken.results)):
        identity = f"{source.name}/{row}"
        one, then = population.some([k]), before.get(identity)
        packages.append(member_package(one, dataset, result, labels[row], identity, then))
    st.session_state[_HELD] = Shown(
        key=key,
        dataset=dataset,
        packages=tuple(packages),
        load=lambda: population,
        runs=source.runs,
        alone=lambda k: population.alone(k).experiment,
    )
    return st.session_state[_HELD]
