"""Initial weights: one draw a seed, shared by all members that have it."""

from __future__ import annotations

import math

import torch

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.recipe import INITIAL_OUTPUT_LOG_VARIANCE
from vae_explorer.model.population import Population
from vae_explorer.model.randomness import generator


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
    members = population.members
    seeds = list(dict.fromkeys(member.seed for member in members))
    streams = {seed: generator(seed, "weights") for seed in seeds}
    index = torch.tensor([seeds.index(member.seed) for member in members])
    gains = population.experiment.init == "gain"
    sides = (
        (population.encoder, [member.encoder_activation for member in members]),
        (population.decoder, [member.decoder_activation for member in members]),
    )
    for network, activations in sides:
        for depth, dense in enumerate(network.dense):
            weight_draws = [torch.empty(dense.weight.shape[1:]) for _ in seeds]
            bias_draws = [torch.empty(dense.bias.shape[1:]) for _ in seeds]
            bound = 1 / math.sqrt(dense.weight.shape[1])
            for seed, weight, bias in zip(seeds, weight_draws, bias_draws):
                if gains:
                    weight.normal_(0, bound, generator=streams[seed])
                    bias.zero_()
                else:
                    weight.uniform_(-bound, bound, generator=streams[seed])
                    bias.uniform_(-bound, bound, generator=streams[seed])
            dense.weight.copy_(torch.stack(weight_draws)[index])
            dense.bias.copy_(torch.stack(bias_draws)[index])
            if gains and depth > 0:
                scale = [ACTIVATIONS[name].gain for name in activations]
                dense.weight.mul_(torch.tensor(scale).view(-1, 1, 1))
        for activate in network.activate:
            activate.initialise()
    if gains:
        population.encoder.dense[-1].weight[..., population.latent :] = 0
    if not population.bernoulli:
        population.parameters.values["output.log_variance"].fill_(INITIAL_OUTPUT_LOG_VARIANCE)
