"""How a race is tuned: the loss of each arm with each learning rate, as it goes and afterwards."""

from __future__ import annotations

import streamlit as st

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures import race as race_figures
from vae_explorer.results.tuning import Tuning
from vae_explorer.ui.shared.live_figure import live_figure


def view(found: Tuning, experiment: Experiment, ended: bool = True) -> None:
    """Draws a chart for each value that is swept; `ended` where all trials have."""
    for number, (figure, caption) in enumerate(race_figures.tuning(found, experiment, ended)):
        live_figure(figure, f"chart.tuning.{number}", caption)
        st.caption(caption)
