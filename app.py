"""The app: page setup and navigation. Start it with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

UI = Path(__file__).parent / "vae_explorer" / "ui"

st.set_page_config(
    page_title="VAE Explorer",
    page_icon=UI / "icon.png",
    layout="wide",
    initial_sidebar_state=270,
)
st.logo(UI / "logo.svg", icon_image=UI / "icon.png")
# Charts need the width that Streamlit leaves empty at the sides.
st.html("<style>.stMainBlockContainer { padding-left: 1.8rem; padding-right: 1.8rem; }</style>")
st.navigation(
    [st.Page(UI / "pages" / "train.py", title="Train", icon=":material/play_circle:")],
    position="top",
).run()
