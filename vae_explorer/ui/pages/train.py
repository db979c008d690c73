"""Train: set a population up, press the button, and watch it learn."""

import streamlit as st

from vae_explorer.ui import before, controls, live, session, toolbar
from vae_explorer.ui.address import keep_in_address
from vae_explorer.ui.figure import load_plotly
from vae_explorer.ui.recall import recall_run

PAGE = controls.TRAIN.page

experiment = controls.sidebar(controls.TRAIN)
run = session.current_run(PAGE)
if experiment is not None:
    keep_in_address(experiment.to_query())
    if run is not None:
        toolbar.apply_live_settings(run, experiment)

st.markdown(
    "##### Watch the loss fall, the classes part in the latent space, and units die or saturate."
)
shown_state = "" if run is None else run.state
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    toolbar.buttons(PAGE, run, experiment, "Train")
    if run is not None and run.snapshot is not None and run.state != "failed":
        toolbar.save_button(run)
    if run is not None and experiment is not None:
        toolbar.changes(run, experiment, controls.LIVE)
session.show_notices()
if run is not None:
    live.view(run, shown_state)
elif experiment is not None:
    before.view(experiment, "Train")
load_plotly()
recall_run(PAGE)
