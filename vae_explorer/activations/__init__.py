"""The functions: one entry each, and how a name becomes one."""

from vae_explorer.activations.activation import FAMILIES, Activation
from vae_explorer.activations.registry import ACTIVATIONS, get_activation, sample

__all__ = ["ACTIVATIONS", "FAMILIES", "Activation", "get_activation", "sample"]
