"""Two fragments, one of them on a timer, so that one's run often ends when the other's begins."""

import streamlit as st

from vae_explorer.ui.shared import steady


@st.fragment(run_every=0.2)
def _timer():
    st.text("timer")


@st.fragment
def _said():
    if st.toggle("Say it"):
        st.text("What was said")
    steady.end(1)


_timer()
_said()
