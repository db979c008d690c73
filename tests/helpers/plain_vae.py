"""A VAE as one would write it by hand, to hold a population against."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.model.population import Population


class PlainVAE(nn.Module):
    """One member of a population, written with nn.Linear, autograd and torch.distributions."""

    def __init__(self, population: Population, member: int):
        super().__init__()
        experiment, recipe = population.experiment, population.members[member]
        encoder = (population.image_size, *experiment.hidden, 2 * population.latent)
        decoder = (population.latent, *experiment.decoder_widths, population.image_size)
        self.encoder = _Chain(encoder, recipe.encoder_activation)
        self.decoder = _Chain(decoder, recipe.decoder_activation)
        self.log_variance = (
            nn.Parameter(torch.zeros(1, 1)) if experiment.output == "gaussian" else None
        )
        with torch.no_grad():
            for name, parameter in self.by_name().items():
                parameter.copy_(population.parameters.values[name][member])

    def by_name(self, gradients: bool = False) -> dict[str, Tensor]:
        """Parameters, or their gradients, by the population's names and in its layout."""
        named: dict[str, nn.Parameter | None] = {}
        for side, chain in (("encoder", self.encoder), ("decoder", self.decoder)):
            for index, linear in enumerate(chain.linears):
                named[f"{side}.{index}.weight"] = linear.weight
                named[f"{side}.{index}.bias"] = linear.bias
            for index, learned in enumerate(chain.learned):
                named |= {f"{side}.{index}.activation.{key}": learned[key] for key in learned}
        if self.log_variance is not None:
            named["output.log_variance"] = self.log_variance
        tensors = {name: value.grad if gradients else value for name, value in named.items()}
        return {
            name: tensor.T if name.endswith("weight") else tensor.reshape(1, -1)
            for name, tensor in tensors.items()
        }

    def encode(self, images: Tensor, masks: Sequence[Tensor] = ()) -> tuple[Tensor, Tensor]:
        return self.encoder(images, masks).chunk(2, dim=-1)

    def decode(self, latents: Tensor) -> Tensor:
        output = self.decoder(latents, ())
        return output.sigmoid() if self.log_variance is None else output.clamp(0, 1)

    def losses(
        self, images: Tensor, noise: Tensor, masks: Sequence[Tensor] = ()
    ) -> tuple[Tensor, Tensor]:
        """(N,) minus log-likelihood and (N, L) KL in nats; masks scale hidden outputs."""
        depth = len(self.encoder.learned)
        mean, log_variance = self.encode(images, masks[:depth])
        posterior = Normal(mean, torch.exp(log_variance / 2))
        output = self.decoder(posterior.mean + noise * posterior.stddev, masks[depth:])
        if self.log_variance is None:
            reconstruction = F.binary_cross_entropy_with_logits(output, images, reduction="none")
        else:
            pixel = Normal(output, torch.exp(self.log_variance / 2))
            reconstruction = -pixel.log_prob(images)
        prior = Normal(torch.zeros_like(mean), torch.ones_like(mean))
        return reconstruction.sum(-1), kl_divergence(posterior, prior)

    def loss(
        self,
        images: Tensor,
        noise: Tensor,
        kl_weight: float = 1.0,
        free_bits: float = 0.0,
        masks: Sequence[Tensor] = (),
    ) -> Tensor:
        """What is minimised: the batch's mean."""
        reconstruction, kl = self.losses(images, noise, masks)
        return reconstruction.mean() + kl_weight * kl.mean(0).clamp(min=free_bits).sum()


class _Chain(nn.Module):
    def __init__(self, widths: Sequence[int], activation: str):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.activation = ACTIVATIONS[activation]
        self.learned = nn.ModuleList(
            nn.ParameterDict({key: torch.zeros(width) for key in self.activation.parameters})
            for width in widths[1:-1]
        )

    def forward(self, inputs: Tensor, masks: Sequence[Tensor]) -> Tensor:
        for index, learned in enumerate(self.learned):
            parameters = {key: value.view(1, 1, -1) for key, value in learned.items()}
            inputs = self.activation.function(self.linears[index](inputs)[None], **parameters)[0]
            if masks:
                inputs = inputs * masks[index]
        return self.linears[-1](inputs)
