"""Sections of the Explore page: each draws one way to look at loaded VAEs.

    model = load_model(key, make)  # make() gives a Population and its Dataset
    projections(model, view)
    gallery(model, view)
    activation_outputs(model, view)

Each is a fragment: its own widgets redraw it alone, and what they are set to becomes part of the
view.
"""

from vae_explorer.ui.views.gallery import gallery
from vae_explorer.ui.views.model import LoadedModel, load_model
from vae_explorer.ui.views.outputs import activation_outputs
from vae_explorer.ui.views.projections import projections

__all__ = [
    "LoadedModel",
    "activation_outputs",
    "gallery",
    "load_model",
    "projections",
]
