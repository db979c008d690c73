"""Train: set a population up, press the button, and watch it learn."""

import streamlit as st

from vae_explorer.ui import before, controls, live, session, toolbar
from vae_explorer.ui.figure import load_plotly

experiment = controls.sidebar()
run = session.current_run()
if run is not None and experiment is not None:
    toolbar.apply_live_settings(run, experiment)

st.markdown(
    "##### Watch the loss fall, the classes part in the latent space, and units die or saturate."
)
shown_state = "" if run is None else run.state
toolbar.buttons(run, experiment)
session.show_notices()
if run is not None:
    live.view(run, shown_state)
elif experiment is not None:
    before.view(experiment)
load_plotly()
