"""Train: set a population up, press the button, and watch it learn."""

import streamlit as st

from vae_explorer.ui.shared import preview, session, sidebar, toolbar
from vae_explorer.ui.shared.address import keep_in_address
from vae_explorer.ui.shared.live_figure import load_plotly
from vae_explorer.ui.shared.recall import recall_run
from vae_explorer.ui.train import live

PAGE = sidebar.TRAIN.page

_SENTENCE = "Watch the loss fall, the classes part in the latent space, and units die or saturate."


def page() -> None:
    """Draws the whole page."""
    experiment = sidebar.sidebar(sidebar.TRAIN)
    run = session.current_run(PAGE)
    if experiment is not None:
        keep_in_address(experiment.to_query())
        if run is not None:
            toolbar.apply_live_settings(run, experiment)

    st.markdown(f"##### {_SENTENCE}")
    shown_state = "" if run is None else run.state
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        toolbar.buttons(PAGE, run, experiment, "Train")
        if run is not None and run.snapshot is not None and run.state != "failed":
            toolbar.save_button(run)
        if run is not None and experiment is not None:
            toolbar.changes(run, experiment, sidebar.LIVE)
    session.show_notices()
    if run is not None:
        live.view(run, shown_state)
    elif experiment is not None:
        preview.view(experiment, "Train")
    load_plotly()
    recall_run(PAGE)
