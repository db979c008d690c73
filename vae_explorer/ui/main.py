"""The script of every page: its setup and the navigation. `app.py` serves it."""

from pathlib import Path

import streamlit as st

from vae_explorer.jobs.process import get_ready
from vae_explorer.ui.shared.garbage import spare_modules
from vae_explorer.ui.shared.pages import pages

UI = Path(__file__).parent

st.set_page_config(
    page_title="VAE Explorer",
    page_icon=UI / "icon.png",
    layout="wide",
    initial_sidebar_state=270,
)
st.logo(UI / "logo.svg", icon_image=UI / "icon.png")
# Charts need the space that Streamlit leaves empty at the sides and above; its links do not show
# that the keyboard is at them; and nobody presents from a phone, or has files there, whose first
# screen has no room to give away.
st.html("""<style>
.stMainBlockContainer { padding: 4.4rem 1.8rem 3rem; }
[data-testid="stTopNavLink"]:focus-visible {
  outline: 3px solid Highlight !important; outline-offset: 2px;
}
@media (max-width: 40rem) {
  .stMainBlockContainer { padding: 3.6rem 1.2rem 2rem; }
  .st-key-present, .st-key-sources { display: none; }
}
</style>""")
st.navigation(pages(), position="top").run()
spare_modules()
get_ready()  # after the page: what it imports would take its core
