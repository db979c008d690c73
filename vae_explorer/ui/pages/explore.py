"""Explore: pretrained VAEs under the pointer."""

from vae_explorer.ui import explorer

explorer.page()
