"""The population: K variational autoencoders of one shape as one batched program.

Kingma and Welling (2014), "Auto-Encoding Variational Bayes", appendix C, with every weight stacked
on a leading member axis: a dense layer is (K, in, out), a batch of latents (K, N, L).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import SHAPE_SWEEPS, Member
from vae_explorer.model import objective
from vae_explorer.model.inputs import checked_images, checked_latents, checked_normals
from vae_explorer.model.network import Network
from vae_explorer.model.output import OUTPUTS, Output
from vae_explorer.model.parameters import Parameters, Shapes


def parameter_shapes(experiment: Experiment) -> Shapes:
    """Name to shape (K, ...) of every parameter; nothing is allocated."""
    return _shapes(_parts(experiment, experiment.members))


def _parts(experiment: Experiment, members: tuple[Member, ...]) -> tuple[Network, Network, Output]:
    """Encoder, decoder and the distribution of their output, without weights."""
    encoder, decoder = (Network(chain, members) for chain in experiment.architecture.chains)
    return encoder, decoder, OUTPUTS[experiment.output](len(members))


def _shapes(parts: tuple[Network, Network, Output]) -> Shapes:
    return {name: shape for part in parts for name, shape in part.declare().items()}


class Population:
    """K VAEs that differ in their recipe. Weights are zero until `initialise` draws them.

    Parameters
    ----------
    experiment : Experiment
        Gives the layers' widths, the output distribution and the members. ValueError if it sweeps
        the shape: each of its `shapes` is one.
    members : sequence of int, optional
        Which of the experiment's members; all by default.
    """

    def __init__(self, experiment: Experiment, members: Sequence[int] | None = None):
        if experiment.sweep in SHAPE_SWEEPS:
            raise ValueError(
                f"The experiment sweeps {experiment.sweep}: each of its `shapes` is one."
            )
        self.experiment = experiment
        every = experiment.members
        self.members = every if members is None else tuple(every[row] for row in members)
        self.latent = experiment.latent
        self.image_size = experiment.image_size
        self.encoder, self.decoder, self.output = parts = _parts(experiment, self.members)
        self.parameters = Parameters(_shapes(parts))
        for part in parts:
            part.bind(self.parameters)

    def __len__(self) -> int:
        return len(self.members)

    @torch.no_grad()
    def alone(self, member: int) -> Population:
        """A population of that member only, with a copy of its weights."""
        recipe = self.members[member]
        same = recipe.encoder_activation == recipe.decoder_activation
        experiment = self.experiment.replace(
            activations=(recipe.encoder_activation,),
            decoder_activations=None if same else (recipe.decoder_activation,),
            dropout=recipe.dropout,
            beta=recipe.beta,
            learning_rate=recipe.learning_rate,
            seed=recipe.seed,
            seeds=1,
            sweep="none",
            sweep_values=(),
            tune="none",
            learning_rates=None,
            init=recipe.init,
            inits=None,
        )
        one = Population(experiment)
        one._copy(self, [member])
        return one

    @torch.no_grad()
    def some(self, rows: Sequence[int]) -> Population:
        """A population of some of these members, in this order, with copies of their weights."""
        every = self.experiment.members
        few = Population(self.experiment, [every.index(self.members[row]) for row in rows])
        few._copy(self, rows)
        return few

    def _copy(self, other: Population, rows: Sequence[int]) -> None:
        """Takes the weights of another one's members, which are these."""
        for name, value in self.parameters.values.items():
            value.copy_(other.parameters.values[name][list(rows)])

    def multiply_in(self, precision: str) -> None:
        """Sets the precision of training's matrix products, float32 or bfloat16.

        In bfloat16 their operands and results are rounded to it, as in mixed-precision training
        (Micikevicius et al. 2018); weights, everything between the products, gradients' sums,
        Adam's moments and every evaluation stay float32.
        """
        product_type = torch.bfloat16 if precision == "bfloat16" else self.parameters.flat.dtype
        self.encoder.multiply_in(product_type)
        self.decoder.multiply_in(product_type)

    @torch.no_grad()
    def encode(self, images: np.ndarray | Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z given x), each (K, N, L).

        images is (N, D) or, one batch a member, (K, N, D), floats in [0, 1]. ValueError if they
        are not.
        """
        pixels = self._batched(checked_images(images), self.image_size, "pixels")
        heads = self.encoder.forward(pixels)
        mean, log_variance = heads.split(self.latent, dim=2)
        return mean, log_variance

    @torch.no_grad()
    def decode(self, latents: np.ndarray | Tensor, diverged: bool = False) -> Tensor:
        """Mean images in [0, 1], (K, N, D), of latents (N, L) or (K, N, L), finite floats.

        A Gaussian output's means are cut to [0, 1]. ValueError for latents that are not finite,
        unless `diverged` says that they are codes of members that may have diverged: these have
        images of NaN.
        """
        codes = self._batched(checked_latents(latents, diverged), self.latent, "latent dimensions")
        return self.output.image(self.decoder.forward(codes))

    def _batched(self, values: Tensor, size: int, what: str) -> Tensor:
        """Values (N, size) or (K, N, size) as (K, N, size) of the weights' type."""
        inputs = values.to(self.parameters.flat.dtype)
        if inputs.ndim == 2:
            inputs = inputs.expand(len(self), -1, -1)
        if inputs.ndim != 3 or inputs.shape[0] != len(self) or inputs.shape[2] != size:
            raise ValueError(
                f"The shape is {tuple(inputs.shape)}; it must be (N, {size}) or "
                f"({len(self)}, N, {size}), with {size} {what}."
            )
        return inputs

    @torch.no_grad()
    def losses(
        self, images: np.ndarray | Tensor, noise: np.ndarray | Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Reconstruction and KL of each image, both (K, N) in nats, and the means (K, N, L).

        images (N, D) or (K, N, D), floats in [0, 1]; noise (N, L) or (K, N, L), standard normal.
        ValueError if they are not, as for `encode`.
        """
        pixels = self._batched(checked_images(images), self.image_size, "pixels")
        draws = self._batched(checked_normals(noise), self.latent, "latent dimensions")
        mean, log_variance = self.encoder.forward(pixels).split(self.latent, dim=2)
        output = self.decoder.forward(mean + draws * torch.exp(0.5 * log_variance))
        reconstruction = self.output.reconstruction(output, pixels)
        return reconstruction, objective.kl_by_dimension(mean, log_variance).sum(-1), mean

    @torch.no_grad()
    def backward(
        self,
        images: Tensor,
        noise: Tensor,
        kl_weight: Tensor,
        free_bits: float = 0.0,
        uniforms: Mapping[str, Tensor] = MappingProxyType({}),
    ) -> tuple[Tensor, Tensor]:
        """Writes the gradient of the batch's mean loss into `parameters.flat_gradient`.

        images (K, N, D); noise (K, N, L), standard normal; kl_weight (K, 1, 1); uniforms, for
        dropout, (K, N, H) in [0, 1) by name of the layers that drop outputs. Returns the batch
        means of reconstruction and KL, each (K,), in nats. Nothing is checked: it is training's
        own way in.
        """
        heads = self.encoder.forward_for_backward(images, uniforms)
        mean, log_variance = heads.split(self.latent, dim=2)
        deviation = torch.exp(0.5 * log_variance)
        step = noise * deviation
        output = self.decoder.forward_for_backward(mean + step, uniforms)
        reconstruction, gradient = self.output.backward(output, images)
        self.decoder.backward(gradient)
        kl, mean_gradient, log_variance_gradient = objective.kl_gradient(
            mean, log_variance, deviation.square(), kl_weight, free_bits
        )
        latent_gradient = self.decoder.input_gradient()
        mean_gradient += latent_gradient
        log_variance_gradient.addcmul_(latent_gradient, step, value=0.5)
        self.encoder.backward(torch.cat([mean_gradient, log_variance_gradient], dim=2))
        return reconstruction, kl
