"""Initial weights: one draw a seed, shared by all members that have it."""

from __future__ import annotations

import torch

from vae_explorer.model.population import Population
from vae_explorer.model.randomness import InitialDraws


@torch.no_grad()
def initialise(population: Population) -> None:
    """Draws every member's initial weights.

    With ``init="gain"`` weights are normal with standard deviation gain / sqrt(fan_in), where the
    gain is that of the activation that feeds the layer (He et al. 2015, for any activation), and
    biases are zero. The log-variance head alone starts at zero, so every q(z given x) starts with
    the prior's variance: e to the power of a random number would throw latents far out, which
    fast-growing activations do not survive. With ``"pytorch"`` both are uniform within
    1 / sqrt(fan_in), as in `torch.nn.Linear`.
    """
    by_gain = [member.init == "gain" for member in population.members]
    draws = InitialDraws([member.seed for member in population.members], by_gain)
    population.encoder.initialise(draws)
    population.decoder.initialise(draws)
    heads = population.experiment.architecture.encoder.blocks[-1].key
    rows = torch.tensor(by_gain)
    population.parameters.values[f"{heads}.weight"][rows, :, population.latent :] = 0
    population.output.initialise()
