"""The evidence lower bound, its two parts and their gradients, in nats.

Kingma and Welling (2014), "Auto-Encoding Variational Bayes": equation 10 and appendix B. Beta is
that of Higgins et al. (2017), free bits those of Kingma et al. (2016), appendix C.8.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

_LOG_2PI = math.log(2 * math.pi)


def kl_by_dimension(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL of N(mean, exp(log_variance)) from N(0, 1), elementwise (equation 10's last term)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


def bernoulli_reconstruction(logits: Tensor, images: Tensor) -> Tensor:
    """(K, N) minus log-likelihood of images (N, D) or (K, N, D) under logits (K, N, D)."""
    return (F.softplus(logits) - logits * images).sum(-1)


def gaussian_reconstruction(means: Tensor, log_variance: Tensor, images: Tensor) -> Tensor:
    """(K, N) minus log-density of images under N(means, exp(log_variance)), (K, 1, 1) of it."""
    scaled = (images - means).square() * torch.exp(-log_variance)
    return 0.5 * (scaled + log_variance + _LOG_2PI).sum(-1)


def bernoulli_gradient(logits: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
    """Batch mean of the reconstruction term, (K,), and its gradient in the logits, (K, N, D).

    The loss comes out of the sigmoid that the gradient needs anyway: softplus(l) is
    max(l, 0) - log max(p, 1 - p), exact in both tails. The larger of p and 1 - p lies as far
    above a half as p lies from it.
    """
    batch = logits.shape[1]
    probability = torch.sigmoid(logits)
    log_larger = (probability - 0.5).abs_().add_(0.5).log_()
    loss = F.relu(logits).addcmul_(logits, images, value=-1).sub_(log_larger).sum((1, 2))
    return loss / batch, probability.sub_(images).mul_(1 / batch)


def gaussian_gradient(
    means: Tensor, log_variance: Tensor, images: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch mean of the reconstruction term, (K,), its gradients in means and log_variance."""
    batch, pixels = means.shape[1:]
    error = means - images
    scaled = error * (torch.exp(-log_variance) / batch)
    square = (error * scaled).sum((1, 2))  # (K,)
    loss = 0.5 * (square + pixels * (log_variance.view(-1) + _LOG_2PI))
    return loss, scaled, (0.5 * (pixels - square)).view(-1, 1, 1)


def kl_gradient(
    mean: Tensor, log_variance: Tensor, variance: Tensor, weight: Tensor, free_bits: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch mean of the KL, (K,), and the gradients of weight * KL in mean and log_variance.

    weight is (K, 1, 1). With free bits a dimension whose KL, averaged over the batch, is below
    them is not pushed further down: its gradient is zero.
    """
    batch = mean.shape[1]
    variance_excess = variance - 1
    by_dimension = (mean.square() + variance_excess - log_variance).sum(1) * (0.5 / batch)  # (K, L)
    scale = weight / batch
    if free_bits > 0:
        scale = scale * (by_dimension > free_bits).unsqueeze(1)
    return by_dimension.sum(1), mean * scale, variance_excess * (0.5 * scale)
