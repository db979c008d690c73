"""Figures: pure functions from arrays to Plotly figures, for either theme.

Members that differ in their seed alone are one group: one colour, their mean, and their range as a
band. Groups come in the order of the members.
"""

from vae_explorer.ui.charts._functions import activation_curve
from vae_explorer.ui.charts._latents import latent_scatter
from vae_explorer.ui.charts._layers import activation_histograms, gradient_norms
from vae_explorer.ui.charts._losses import QUANTITIES, loss_curves

__all__ = [
    "QUANTITIES",
    "activation_curve",
    "activation_histograms",
    "gradient_norms",
    "latent_scatter",
    "loss_curves",
]
