"""What this project is measured against: the loop of PyTorch's own VAE example.

Written anew from what that example does (github.com/pytorch/examples, vae/main.py, on a CPU): a
784-400-20 network of `torch.nn` layers, images that are converted one by one while they are
loaded, a sigmoid and a summed binary cross-entropy, Adam at 1e-3, and the loss read at every step.
torchvision is not needed: `Images` does to an image what its MNIST and ToTensor do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from vae_explorer.data import Split

BATCH = 128


class Images(Dataset):
    """Every item goes from stored bytes through a PIL image to a float tensor (1, 28, 28)."""

    def __init__(self, split: Split):
        self._images = torch.from_numpy(split.images.copy()).view(-1, 28, 28)
        self._labels = torch.from_numpy(split.labels.copy())

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image, label = self._images[index], int(self._labels[index])
        picture = Image.fromarray(image.numpy())
        pixels = torch.from_numpy(np.array(picture, np.uint8, copy=True))
        pixels = pixels.view(picture.size[1], picture.size[0], 1).permute(2, 0, 1).contiguous()
        return pixels.to(torch.float32).div(255), label


class ReferenceVAE(nn.Module):
    """One hidden layer each way, two heads and a sigmoid at the end; the example's by default."""

    def __init__(
        self,
        pixels: int = 784,
        hidden: int = 400,
        latent: int = 20,
        activation: Callable[[Tensor], Tensor] = F.relu,
    ) -> None:
        super().__init__()
        self.activation = activation
        self.hidden = nn.Linear(pixels, hidden)
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)
        self.decoder_hidden = nn.Linear(latent, hidden)
        self.pixels = nn.Linear(hidden, pixels)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden = self.activation(self.hidden(images.flatten(1)))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        deviation = torch.exp(0.5 * log_variance)
        latents = mean + torch.randn_like(deviation) * deviation
        decoded = torch.sigmoid(self.pixels(self.activation(self.decoder_hidden(latents))))
        return decoded, mean, log_variance


def loss(images: Tensor, decoded: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Minus the ELBO, summed over the batch."""
    reconstruction = F.binary_cross_entropy(decoded, images.flatten(1), reduction="sum")
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return reconstruction + kl


def step(model: ReferenceVAE, adam: torch.optim.Adam, images: Tensor) -> float:
    """One mini-batch of training; returns its loss."""
    adam.zero_grad()
    batch_loss = loss(images, *model(images))
    batch_loss.backward()
    value = batch_loss.item()
    adam.step()
    return value


class Reference:
    """The example's training and testing."""

    def __init__(self, train: Split, test: Split, seed: int = 1):
        torch.manual_seed(seed)
        self._train = DataLoader(Images(train), batch_size=BATCH, shuffle=True)
        self._test = DataLoader(Images(test), batch_size=BATCH)
        self._model = ReferenceVAE()
        self._adam = torch.optim.Adam(self._model.parameters(), lr=1e-3)

    def epoch(self) -> Iterator[float]:
        """Trains for an epoch; yields each batch's loss."""
        self._model.train()
        for images, _ in self._train:
            yield step(self._model, self._adam, images)

    def endless(self) -> Iterator[float]:
        """Epoch after epoch."""
        while True:
            yield from self.epoch()

    @torch.no_grad()
    def test(self) -> float:
        """Minus the ELBO in nats an image over the test set, with one sampled z."""
        self._model.eval()
        total = 0.0
        for images, _ in self._test:
            total += loss(images, *self._model(images)).item()
        return total / len(self._test.dataset)
