"""The decoder's distribution of an image: what its output means, costs, and learns by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from vae_explorer.experiment.recipe import INITIAL_OUTPUT_LOG_VARIANCE
from vae_explorer.model import objective
from vae_explorer.model.parameters import Parameters, Shapes

_MULTIPLIED = 100  # probabilities at once, none below a half: float32 holds down to 2^-126


class Output(ABC):
    """p(x given z), for every member, from the decoder's last numbers: output is (K, N, D).

    Its own parameters, if it has any, are bound and initialised like a layer's.
    """

    def __init__(self, members: int):
        self._members = members

    def declare(self) -> Shapes:
        """Name to shape (K, ...) of its parameters; nothing is allocated."""
        return {}

    def bind(self, parameters: Parameters) -> None:
        """Takes its parameters, and where their gradients go, from among all."""
        return

    def initialise(self) -> None:
        """Sets its parameters to what training starts from."""
        return

    @abstractmethod
    def image(self, output: Tensor) -> Tensor:
        """(K, N, D) the mean image, in [0, 1]."""

    @abstractmethod
    def reconstruction(self, output: Tensor, images: Tensor) -> Tensor:
        """(K, N) minus log-likelihood in nats of images (N, D) or (K, N, D)."""

    def reconstruction_of_draws(self, output: Tensor, images: Tensor) -> Tensor:
        """As `reconstruction`, of one member, for many outputs (n, s, D) an image (n, 1, D)."""
        return self.reconstruction(output, images)

    @abstractmethod
    def backward(self, output: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
        """Batch mean of `reconstruction`, (K,), and its gradient in the output, (K, N, D).

        Writes its own parameters' gradients.
        """


class Bernoulli(Output):
    """Each pixel 1 with the probability whose logit the output is."""

    def image(self, output: Tensor) -> Tensor:
        return torch.sigmoid(output)

    def reconstruction(self, output: Tensor, images: Tensor) -> Tensor:
        return objective.bernoulli_reconstruction(output, images)

    def reconstruction_of_draws(self, output: Tensor, images: Tensor) -> Tensor:
        """In less than half the time of `reconstruction`.

        Of p and 1 - p the larger is the sigmoid of the logit's absolute value. It is at least a
        half, so many pixels' can be multiplied before a logarithm, which takes longest, is taken.
        """
        larger = output.abs().sigmoid_().unflatten(2, (-1, group(output.shape[2])))
        log_larger = larger.prod(3).log_().sum(2)
        return F.relu(output).addcmul_(output, images, value=-1).sum(2).sub_(log_larger)

    def backward(self, output: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
        return objective.bernoulli_gradient(output, images)


@cache
def group(pixels: int) -> int:
    """How many pixels' probabilities are multiplied: the largest divisor that may be."""
    return max(size for size in range(1, _MULTIPLIED + 1) if pixels % size == 0)


class Gaussian(Output):
    """Each pixel normal about the output, with one variance that a member learns for all."""

    _NAME = "output.log_variance"

    def declare(self) -> Shapes:
        return {self._NAME: (self._members, 1, 1)}

    def bind(self, parameters: Parameters) -> None:
        self._log_variance = parameters.values[self._NAME]
        self._gradient = parameters.gradients[self._NAME]

    def initialise(self) -> None:
        self._log_variance.fill_(INITIAL_OUTPUT_LOG_VARIANCE)

    def image(self, output: Tensor) -> Tensor:
        """The mean, cut to [0, 1]."""
        return output.clamp(0, 1)

    def reconstruction(self, output: Tensor, images: Tensor) -> Tensor:
        return objective.gaussian_reconstruction(output, self._log_variance, images)

    def backward(self, output: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
        loss, gradient, own = objective.gaussian_gradient(output, self._log_variance, images)
        self._gradient.copy_(own)
        return loss, gradient


# By the experiment's `output`.
OUTPUTS: dict[str, type[Output]] = {"bernoulli": Bernoulli, "gaussian": Gaussian}
