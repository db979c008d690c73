"""VAEs that this tab trains, or has trained, on the Explore page: with their newest weights."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import streamlit as st

from vae_explorer.data import DATASETS
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.jobs.job import Job
from vae_explorer.jobs.pipe import Weights
from vae_explorer.jobs.saving import zipped, zipped_runs
from vae_explorer.results.members import MemberResult, member_results
from vae_explorer.results.record import RaceRecord
from vae_explorer.saved.run import StoreError
from vae_explorer.ui.explore import state
from vae_explorer.ui.explore.canvas.canvas import Package, member_package
from vae_explorer.ui.explore.presenter import present_button
from vae_explorer.ui.explore.shown import Shown, images_of
from vae_explorer.ui.explore.state import PREFIX
from vae_explorer.ui.explore.view import MOST_SHOWN, PLACES, View
from vae_explorer.ui.shared import session, sidebar
from vae_explorer.ui.shared.recall import recall_job

REFRESH_SECONDS = 1.0  # between two looks at whether there are newer weights
_ANSWER_SECONDS = 1.5  # for which weights that were never had are waited for
_HELD = "explore.trained"
_PAGES = (sidebar.TRAIN.page, sidebar.COMPARE.page)


def find(run: str) -> Job | None:
    """The training of this tab that an address calls so; None if it has none."""
    jobs = [session.current_job(page) for page in _PAGES] if run else []
    found = (job for job in jobs if job is not None and job.name == run)
    return next((job for job in found if job.record is not None and len(job.record.history)), None)


def missing() -> None:
    """Says of what the address is, and asks the tab whether it trained them."""
    st.info(
        "This address is of VAEs that were trained in a browser tab, and only that tab has them, "
        "until it trains others. *Train* and *Compare* train such; others are pretrained.",
        icon=":material/travel_explore:",
    )
    _back("Show pretrained VAEs", View())
    for page in _PAGES:
        recall_job(page)


def _back(label: str, to: View) -> None:
    st.button(
        label, icon=":material/arrow_back:", key="explore.back", on_click=state.ask, args=(to,)
    )


# --- The choice ---


def chosen(view: View, job: Job) -> View:
    """Draws the choice of members; returns the view with it."""
    record = _record(job)
    left, middle, right, last = st.columns([2, 3.1, 6, 1.1], vertical_alignment="center")
    with last:
        present_button()
    with left:
        _back("Pretrained", View(dataset=record.experiment.dataset))
    rows = _rows(record, st.session_state[PREFIX + "members"] or view.members)
    with middle, st.container(gap=None):
        st.fragment(_status, run_every=REFRESH_SECONDS if job.is_live else None)(job)
        _choose_value(record.experiment, rows)
    labels = _labels(record.experiment, rows)
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
    shape = _shape(record.experiment, rows)
    changes = {"dataset": shape.dataset, "latent": shape.latent}
    if changes != {"dataset": view.dataset, "latent": view.latent}:
        # Another plane: its pins, window and image would mean something else.
        changes |= {name: getattr(View(), name) for name in PLACES}
        state.renew_canvas()
    return view.replace(**changes, members=tuple(members) or rows)


def _status(job: Job) -> None:
    """What it is and how far."""
    experiment, snapshot = _record(job).experiment, job.snapshot
    assert snapshot is not None  # there is a history
    far = f"epoch {snapshot.epoch:.1f} of {snapshot.epochs}"
    st.markdown(
        f"**{DATASETS[experiment.dataset].label}**, {far}{'' if job.is_live else ', ended'}"
    )


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


def _rows(record: RaceRecord, asked: Sequence[int]) -> tuple[int, ...]:
    """Those of the members asked for that can stand side by side; the first of each arm if none."""
    arms = arms_of(record.experiment)
    value_of = {row: arm.value for arm in arms for row in arm.rows}
    known = [row for row in asked if row in value_of]
    if not known:
        known = [arm.rows[0] for arm in arms]
    return tuple(row for row in known if value_of[row] == value_of[known[0]])[:MOST_SHOWN]


def _labels(experiment: Experiment, rows: tuple[int, ...]) -> dict[int, str]:
    """Of all members that may stand beside these."""
    members = experiment.members
    several = len({member.seed for member in members}) > 1
    arms, value = arms_of(experiment), _value_of(experiment, rows[0])
    return {
        row: members[row].label + (f", seed {members[row].seed}" if several else "")
        for arm in arms
        if arm.value == value
        for row in arm.rows
    }


def _value_of(experiment: Experiment, row: int) -> float | None:
    """Of the swept setting, for a member."""
    return next(arm.value for arm in arms_of(experiment) if row in arm.rows)


# --- What is chosen ---


def shown(view: View, job: Job) -> Shown:
    """The chosen VAEs as they are now. StoreError if their weights cannot be had."""
    record = _record(job)
    rows = _rows(record, view.members)
    number, within = _place(record.experiment, rows)
    weights = _newest(job, number, within)
    key = (job.name, number, within, weights.step)
    held = st.session_state.get(_HELD)
    if held is None or held.key != key:
        held = st.session_state[_HELD] = _shown(job, rows, weights, key)
    return held


def _shown(job: Job, rows: tuple[int, ...], weights: Weights, key: Hashable) -> Shown:
    from vae_explorer.saved import weights as files

    record = _record(job)
    experiment = record.experiment.shapes[weights.shape]
    population = files.from_bytes(weights.content, experiment, weights.members)
    dataset = images_of(experiment.dataset, experiment.image_set)
    results = _results(job, record, weights)
    labels = _labels(record.experiment, rows)
    before = {each.identity: each for each in _held_packages()}
    packages = []
    for k, (row, result) in enumerate(zip(rows, results)):
        identity = f"{job.name}/{row}"
        one, then = population.some([k]), before.get(identity)
        packages.append(member_package(one, dataset, result, labels[row], identity, then))
    return Shown(
        key=key,
        dataset=dataset,
        packages=tuple(packages),
        load=lambda: population,
        runs=lambda: zipped(job) if job.judging is None else zipped_runs(job),
        alone=lambda k: population.alone(k).experiment,
    )


def _held_packages() -> tuple[Package, ...]:
    held = st.session_state.get(_HELD)
    return () if held is None else held.packages


def _newest(job: Job, shape: int, members: tuple[int, ...]) -> Weights:
    """Weights of these, from memory where the process has none that are newer."""
    held = job.weights
    mine = held is not None and (held.shape, held.members) == (shape, members)
    step = next((s.step for s in _record(job).history.at(-1) if s.shape == shape), 0)
    if job.can_be_told and (not mine or (held is not None and held.step < step)):
        job.ask_weights(shape, members)
        job.settle(_ANSWER_SECONDS)
        held = job.weights
    if held is None or (held.shape, held.members) != (shape, members):
        raise StoreError(
            "The weights of these VAEs cannot be had: the process that trained them has ended, or "
            "is too busy to answer. Load the page again to try anew."
        )
    return held


def _results(job: Job, record: RaceRecord, weights: Weights) -> list[MemberResult]:
    """What each has reached: of a judged race its numbers, or as last evaluated."""
    assert job.ready is not None  # there are snapshots
    experiment = record.experiment.shapes[weights.shape]
    snapshot = next(each for each in record.history.at(-1) if each.shape == weights.shape)
    results = member_results(experiment, snapshot, job.ready.train_images)
    return [results[member] for member in weights.members]


def _record(job: Job) -> RaceRecord:
    assert job.record is not None  # `find` gives no other
    return job.record


def _place(experiment: Experiment, rows: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """The number of the shape that these members are of, and theirs within it."""
    start = 0
    for number, shape in enumerate(experiment.shapes):
        count = len(shape.members)
        if start <= rows[0] < start + count:
            return number, tuple(row - start for row in rows)
        start += count
    raise StoreError(f"This training has no VAE number {rows[0]}.")


def _shape(experiment: Experiment, rows: Sequence[int]) -> Experiment:
    return experiment.shapes[_place(experiment, rows)[0]]
