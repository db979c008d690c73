"""Train: set a population up, press the button, and watch it learn."""

import streamlit as st

from vae_explorer.ui.shared import preview, session, sidebar, toolbar
from vae_explorer.ui.shared.address import keep_in_address, leads
from vae_explorer.ui.shared.live_figure import load_plotly
from vae_explorer.ui.shared.recall import recall_job
from vae_explorer.ui.shared.words import explained
from vae_explorer.ui.train import live

PAGE = sidebar.TRAIN.page

_SENTENCE = "Watch the loss fall, the classes part in the latent space, and units die or saturate."


def page() -> None:
    """Draws the whole page."""
    experiment, problem = sidebar.sidebar(sidebar.TRAIN, leads(PAGE))
    job = session.current_job(PAGE)
    keep_in_address(experiment.to_query())
    if job is not None:
        toolbar.apply_live_settings(job, experiment)

    st.markdown(
        f"##### {_SENTENCE}", help=explained("elbo", "latent", "dead", "saturated", "activation")
    )
    shown_state = "" if job is None else job.state
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        toolbar.buttons(PAGE, job, experiment, "Train", problem=problem)
        if job is not None and job.snapshot is not None and job.can_be_told:
            toolbar.save_button(job)
        if job is not None and problem is None:
            toolbar.changes(job, experiment, sidebar.LIVE)
        toolbar.explore_link(job)
    toolbar.refusal(problem)
    session.show_notices()
    if job is not None:
        toolbar.saving(job)
    if job is not None:
        live.view(job, shown_state)
    else:
        preview.view(experiment, "Train")
    load_plotly()
    recall_job(PAGE)
