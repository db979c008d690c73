"""Who leads, and how it came about: the race's curves beside its leaderboard."""

from __future__ import annotations

import streamlit as st

from vae_explorer.experiment.recipe import SWEEPS
from vae_explorer.experiment.settings import facts
from vae_explorer.explain.standing import ON_CURVES, Standing, standing_in
from vae_explorer.figures import race as race_figures
from vae_explorer.figures.leaderboard import leaderboard_rows
from vae_explorer.figures.style import short_label
from vae_explorer.results.race import QUANTITIES
from vae_explorer.results.record import RaceRecord
from vae_explorer.results.scene import Scene, scene_at
from vae_explorer.ui.compare import state, tuning
from vae_explorer.ui.compare.leaderboard import leaderboard
from vae_explorer.ui.compare.meaning import advice, standings_of
from vae_explorer.ui.compare.shown import overlay_race
from vae_explorer.ui.compare.view import RaceView
from vae_explorer.ui.shared import steady
from vae_explorer.ui.shared.live_figure import live_figure

_TALLEST = 326  # px, of the table: twelve arms
# Settings that decide what a nat of loss is about.
_MEASURED = ("dataset", "image_set", "output", "pixels")


def standings(shown: RaceRecord, scene: Scene, at_end: bool) -> None:
    """Draws the chart and the table, for the quantity and the reference that are chosen."""
    left, right = st.columns([9, 11], gap="small")
    with right, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        quantity = _quantity(shown, at_end)
        _reference(shown)
    standing = _standing(shown, scene, quantity, at_end)
    with left:
        _chart(shown, scene, quantity, standing)
        steady.end(1)
    with right:
        about = QUANTITIES[quantity]
        leaderboard(
            leaderboard_rows(
                standing.times(about.factor),
                digits=about.digits,
                rates=shown.experiment.learning_rates,
            ),
            "compare_leaderboard",
            quantity_label=about.label,
            unit=about.unit,
            reference_label=short_label(shown.arms[standing.reference]),
            height=_TALLEST,
        )
        advice(shown, at_end)
        steady.end(2)


def _reference(shown: RaceRecord) -> None:
    """Draws the choice of the arm that the others are held against."""
    labels = {arm.key: arm.label for arm in shown.arms}
    st.selectbox(
        "Held against",
        list(labels),
        format_func=lambda key: f"against {labels[key]}",
        label_visibility="collapsed",
        **state.widget("reference", state.reference_key(shown)),
    )


def _quantity(shown: RaceRecord, at_end: bool) -> str:
    names = list(QUANTITIES) if shown.race is not None and at_end else list(ON_CURVES)
    return st.selectbox(
        "Judged by",
        names,
        format_func=lambda name: f"by {QUANTITIES[name].label}",
        label_visibility="collapsed",
        **state.widget("judged", options=names),
    )


def _standing(shown: RaceRecord, scene: Scene, quantity: str, at_end: bool) -> Standing:
    """By the race's judgement where it is shown at its end, else by the curves."""
    reference = state.reference_key(shown)
    if shown.race is not None and at_end:
        return standings_of(shown.race, reference).of(quantity)
    keys = [arm.key for arm in shown.arms]
    return standing_in(scene, quantity, keys.index(reference))


def _chart(shown: RaceRecord, scene: Scene, quantity: str, standing: Standing) -> None:
    views = ["curves", "differences"]
    if shown.experiment.sweep != "none":
        views.insert(1, "sweep")
    elif shown.experiment.decoder_activations is not None:
        views.insert(1, "grid")
    if shown.tuning is not None:
        views.append("tuning")
    view = st.segmented_control(
        "Chart",
        views,
        required=True,
        format_func=facts(RaceView, "chart")["choices"].__getitem__,
        label_visibility="collapsed",
        **state.widget("chart", options=views),
    )
    label = QUANTITIES[quantity].label
    over = None
    if view == "curves":
        over = _overlay(shown)
        # The leaderboard is the legend, but for what is laid over.
        figure = race_figures.curves(
            scene, ON_CURVES.get(quantity, "loss"), over, legend=over is not None
        )
        alt = "Losses of every VAE on the test images, thin, and each mean with its interval"
    elif view == "sweep":
        figure = race_figures.sweep(standing, shown.experiment.sweep, quantity)
        alt = f"{label} against {SWEEPS[shown.experiment.sweep].label}"
    elif view == "grid":
        figure = race_figures.grid(standing, shown.experiment, quantity)
        alt = f"{label} of each encoder's activation with each decoder's"
    elif view == "tuning" and shown.tuning is not None:
        tuning.view(shown.tuning, shown.experiment)
        return
    else:
        figure = race_figures.against(standing, quantity)
        alt = f"Differences to {shown.arms[standing.reference].label} with their intervals"
    live_figure(figure, "chart.race", alt)
    if view == "curves" and over is None and overlay_race() is not None:
        st.caption(
            ":material/warning: The race to be laid over is not drawn: it learned other images, or "
            "with another likelihood, and its nats cannot be compared with these."
        )


def _overlay(shown: RaceRecord) -> Scene | None:
    """The end of the race that is laid over this one, if their losses measure the same."""
    over = overlay_race()
    if over is None:
        return None
    one, other = over.experiment, shown.experiment
    if any(getattr(one, name) != getattr(other, name) for name in _MEASURED):
        return None
    if not over.probe.same_as(shown.probe):  # other images under the same name
        return None
    return scene_at(one, over.history)
