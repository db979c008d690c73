"""A leaderboard that takes other numbers at a click, for test_leaderboard.py."""

import numpy as np
import streamlit as st

from tests.helpers.races import standing
from vae_explorer.experiment.arms import arms_of
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.figures.leaderboard import leaderboard_rows
from vae_explorer.ui.compare.leaderboard import leaderboard

ACTIVATIONS = ("relu", "tanh", "silu", "sine")

experiment = Experiment(activations=ACTIVATIONS, seeds=3)
turned = st.toggle("Turn")
several = np.array([100.0, 101.0, 102.0, 103.0])[:: -1 if turned else 1]
values = several[:, None] + np.array([0.0, 0.1, 0.3])
leaderboard(
    leaderboard_rows(standing(arms_of(experiment), values)),
    "standings",
    quantity_label="Negative ELBO",
    unit="nats",
    reference_label="ReLU",
    height=120 if st.toggle("Low") else None,
)
