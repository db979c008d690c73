"""The address bar, which always holds what a page shows."""

from __future__ import annotations

import streamlit as st


def keep_in_address(query: dict[str, str]) -> None:
    """Has the address bar hold a query; one that it holds already is not sent again."""
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
