"""Compare: a fair race between activations, and what it means."""

from vae_explorer.ui import compare

compare.page()
