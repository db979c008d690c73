"""A page that is loaded again goes on with its run.

A reload is a new session to Streamlit. The tab itself remembers the run's token, a secret that no
address holds; who shows it gets the run, if the session that owned it is gone.
"""

from __future__ import annotations

import streamlit as st

from vae_explorer.figures.inline import beside
from vae_explorer.ui.shared import session

_MEMORY = st.components.v2.component("vae_explorer_recall", js=beside(__file__, "recall.js"))


def recall_job(page: str) -> None:
    """Has the tab remember the page's run, or takes up the one that it remembers."""
    job = session.current_job(page)
    key = f"{page}.recall"
    _MEMORY(
        key=key,
        data={
            "page": page,
            "token": None if job is None else job.token,
            "recall": not session.has_forgotten(page),
        },
        height=1,
        on_token_change=lambda: session.take_up_job(page, st.session_state[key].token),
    )
