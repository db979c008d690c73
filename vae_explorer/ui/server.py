"""What the app's server does beside showing pages: a file of its own, and its start."""

from __future__ import annotations

import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.routing import Route

from vae_explorer.ui.shared import plotly_file

_EVERYWHERE = ("0.0.0.0", "::")


def routes() -> list[Route]:
    """What can be fetched beside Streamlit's own files."""
    return [Route(_below_base(plotly_file.NAME), plotly_file.response)]


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Opens the app in a browser, as `streamlit run` does where it runs a plain script."""
    if not st.get_option("server.headless"):
        webbrowser.open(_address())
    yield


def _address() -> str:
    """Where a browser on this computer finds the app."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    host = st.get_option("server.address")
    if not host or host in _EVERYWHERE:
        host = "localhost"
    elif ":" in host:  # IPv6
        host = f"[{host}]"
    return f"{scheme}://{host}:{st.get_option('server.port')}{_below_base('')}"


def _below_base(name: str) -> str:
    """A path of this server; all of its paths begin with `server.baseUrlPath`, if there is one."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}/{name}" if base else f"/{name}"
