"""The app's server. Start it with `streamlit run app.py`."""

import streamlit as st

from vae_explorer.ui import server

app = st.App("vae_explorer/ui/main.py", routes=server.routes(), lifespan=server.lifespan)
