"""Who leads, and how it came about: the race's curves beside its leaderboard."""

from __future__ import annotations

import numpy as np
import streamlit as st

from vae_explorer.config import SWEEPS
from vae_explorer.judgement import QUANTITIES
from vae_explorer.scene import Scene, scene_at
from vae_explorer.ui import race_figures
from vae_explorer.ui.compare.shown import ShownRace, overlay_race
from vae_explorer.ui.figure import live_figure
from vae_explorer.ui.leaderboard import leaderboard, leaderboard_rows
from vae_explorer.ui.takeaway.downloads import figure_button

# Quantities that there are at any time, and what the curves call them.
_LIVE = {"test_loss": "loss", "reconstruction": "reconstruction", "kl": "kl"}


def standings(shown: ShownRace, scene: Scene, at_end: bool) -> None:
    """Draws the chart and the table, for the quantity and the reference that are chosen."""
    left, right = st.columns([9, 11], gap="small")
    with right, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        quantity = _quantity(shown, at_end)
        reference = reference_arm(shown)
    values = _values(shown, scene, quantity, at_end)
    with left:
        _chart(shown, scene, quantity, values, reference)
    with right:
        about = QUANTITIES[quantity]
        leaderboard(
            leaderboard_rows(
                shown.arms,
                values * about.factor,
                reference,
                about.better,
                digits=about.digits,
                diverged=scene.diverged,
            ),
            "compare_leaderboard",
            quantity_label=about.label,
            unit=about.unit,
            reference_label=shown.arms[reference].label,
            height=race_figures.HEIGHT,
        )


def reference_arm(shown: ShownRace) -> int:
    """Draws the choice of the arm that the others are held against; the first at first."""
    labels = {arm.key: arm.label for arm in shown.arms}
    wanted = st.session_state.get("compare.reference")
    if wanted not in labels:
        st.session_state["compare.reference"] = shown.arms[0].key
    chosen = st.selectbox(
        "Held against",
        list(labels),
        format_func=lambda key: f"against {labels[key]}",
        label_visibility="collapsed",
        key="compare.reference",
        persist_state="session",
    )
    return list(labels).index(chosen)


def _quantity(shown: ShownRace, at_end: bool) -> str:
    names = list(QUANTITIES) if shown.race is not None and at_end else list(_LIVE)
    if st.session_state.get("compare.quantity") not in names:
        st.session_state["compare.quantity"] = names[0]
    return st.selectbox(
        "Judged by",
        names,
        format_func=lambda name: f"by {QUANTITIES[name].label}",
        label_visibility="collapsed",
        key="compare.quantity",
        persist_state="session",
    )


def _values(shown: ShownRace, scene: Scene, quantity: str, at_end: bool) -> np.ndarray:
    """(A, S) of the race's judgement where it is shown at its end, else of the curves."""
    if shown.race is not None and at_end:
        return shown.race.values(quantity)
    return scene.newest(_LIVE[quantity])


def _chart(
    shown: ShownRace, scene: Scene, quantity: str, values: np.ndarray, reference: int
) -> None:
    views = ["Curves", "Differences"]
    if shown.experiment.sweep != "none":
        views.insert(1, "Sweep")
    elif shown.experiment.decoder_activations is not None:
        views.insert(1, "Grid")
    if st.session_state.get("compare.chart") not in views:
        st.session_state["compare.chart"] = views[0]
    view = st.segmented_control(
        "Chart",
        views,
        required=True,
        label_visibility="collapsed",
        key="compare.chart",
        persist_state="session",
    )
    label = QUANTITIES[quantity].label
    if view == "Curves":
        figure = race_figures.curves(scene, _LIVE.get(quantity, "loss"), _overlay())
        alt = "Test losses of every VAE, thin, and each activation's mean with its interval"
    elif view == "Sweep":
        figure = race_figures.sweep(scene, values, quantity)
        alt = f"{label} against {SWEEPS[shown.experiment.sweep].label}"
    elif view == "Grid":
        figure = race_figures.grid(shown.experiment, values, quantity)
        alt = f"{label} of each encoder's activation with each decoder's"
    else:
        figure = race_figures.against(scene, values, quantity, reference)
        alt = f"Differences to {shown.arms[reference].label} with their intervals"
    live_figure(figure, "chart.race", alt)
    if not shown.is_live:
        figure_button(figure, alt, alt)


def _overlay() -> Scene | None:
    """The end of the race that is laid over this one."""
    over = overlay_race()
    return None if over is None else scene_at(over.race.experiment, over.history)
