"""Figures: pure functions from arrays to Plotly figures, for either theme.

Members that differ in their seed alone are one group: one colour, their mean, and their range as a
band. Groups come in the order of the members.
"""

from vae_explorer.figures.charts.differences import difference_plot
from vae_explorer.figures.charts.functions import activation_curve
from vae_explorer.figures.charts.grid import activation_grid
from vae_explorer.figures.charts.heat_map import class_heat_map
from vae_explorer.figures.charts.latents import latent_scatter
from vae_explorer.figures.charts.layers import activation_histograms, gradient_norms
from vae_explorer.figures.charts.losses import QUANTITIES, loss_curves
from vae_explorer.figures.charts.over_training import (
    gradients_over_training,
    histograms_over_training,
)
from vae_explorer.figures.charts.panels import member_title, panel_columns
from vae_explorer.figures.charts.race import race_curves
from vae_explorer.figures.charts.space import MOST_SPACES, latent_space
from vae_explorer.figures.charts.sweep import sweep_lines
from vae_explorer.figures.charts.transfer import layer_transfers
from vae_explorer.figures.charts.tuning import rate_lines
from vae_explorer.figures.charts.values import value_scatter

__all__ = [
    "MOST_SPACES",
    "QUANTITIES",
    "activation_curve",
    "activation_grid",
    "activation_histograms",
    "class_heat_map",
    "difference_plot",
    "gradient_norms",
    "gradients_over_training",
    "histograms_over_training",
    "latent_scatter",
    "latent_space",
    "layer_transfers",
    "loss_curves",
    "member_title",
    "panel_columns",
    "race_curves",
    "rate_lines",
    "sweep_lines",
    "value_scatter",
]
