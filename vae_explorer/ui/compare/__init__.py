"""The Compare page: a race between activations, live, judged, and gone back and forth in."""

from vae_explorer.ui.compare.page import page

__all__ = ["page"]
