"""A page that is loaded again goes on with its run.

A reload is a new session to Streamlit. The tab itself remembers the run's token, a secret that no
address holds; who shows it gets the run, as soon as the session that owned it is gone.
"""

from __future__ import annotations

import streamlit as st

from vae_explorer.figures.inline import beside
from vae_explorer.ui.shared import session
from vae_explorer.ui.shared.told import told

_MEMORY = st.components.v2.component("vae_explorer_recall", js=beside(__file__, "recall.js"))


_AGAIN_SECONDS = 1.0  # a run that is free is closed after `jobs.job.GRACE_SECONDS`


def recall_job(page: str) -> None:
    """Has the tab remember the page's run, or takes up the one that it remembers."""
    job = session.current_job(page)
    awaits = session.awaited_token(page) is not None
    key = f"{page}.recall"
    _MEMORY(
        key=key,
        data={
            "page": page,
            "token": None if job is None else job.token,
            "awaits": awaits,
            "recall": not session.has_forgotten(page),
        },
        height=1,
        on_token_change=lambda: _take_up(page, key),
    )
    if awaits:
        st.fragment(_try_again, run_every=_AGAIN_SECONDS)(page)


def _take_up(page: str, key: str) -> None:
    token = told(key, "token")
    if token is not None:
        session.take_up_job(page, token)


def _try_again(page: str) -> None:
    """Asks for the run again until it is there, or there no more."""
    session.take_up_job(page, session.awaited_token(page))
    if session.awaited_token(page) is None:
        st.rerun()
