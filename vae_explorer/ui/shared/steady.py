"""Places on a page that what was there before leaves for sure."""

from __future__ import annotations

import streamlit as st


def end(most: int) -> None:
    """Ends a container of a fragment that may have held up to `most` elements more.

    Streamlit takes away what a fragment no longer draws once its run has ended, but not if another
    fragment's run begins by then, as those on a timer do (streamlit/streamlit#16708): what a page
    had said before would stay beside what it says now.
    """
    for _ in range(most):
        st.empty()
