"""pythae's trainer on the same network, timed in a process of its own.

engine.py starts it with the interpreter of an environment that has pythae 0.1.2, gives it the
training images as a .npy file and a number of threads, and sends a line whenever it is to train
some batches; it answers with the seconds a batch. It imports nothing of this project.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time

# pythae prints as it is imported and as it trains; answers alone go to the real standard output.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from pythae.data.datasets import BaseDataset  # noqa: E402
from pythae.models import VAE, VAEConfig  # noqa: E402
from pythae.models.base.base_utils import ModelOutput  # noqa: E402
from pythae.models.nn import BaseDecoder, BaseEncoder  # noqa: E402
from pythae.trainers import BaseTrainer, BaseTrainerConfig  # noqa: E402
from torch import nn  # noqa: E402

BATCH = 128


class Encoder(BaseEncoder):
    """784-400 with ReLU and two heads."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(784, 400), nn.ReLU())
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)

    def forward(self, images: torch.Tensor) -> ModelOutput:
        hidden = self.hidden(images)
        return ModelOutput(embedding=self.mean(hidden), log_covariance=self.log_variance(hidden))


class Decoder(BaseDecoder):
    """20-400-784 with ReLU and a sigmoid."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def forward(self, latents: torch.Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=self.layers(latents))


def main(images_file: str, threads: int) -> None:
    """Answers every line on standard input until it ends."""
    logging.disable()
    torch.set_num_threads(threads)
    images = torch.from_numpy(np.load(images_file)).float() / 255
    config = VAEConfig(input_dim=(784,), latent_dim=20, reconstruction_loss="bce")
    model = VAE(config, encoder=Encoder(), decoder=Decoder())
    with tempfile.TemporaryDirectory() as folder:
        training = BaseTrainerConfig(
            output_dir=folder, per_device_train_batch_size=BATCH, learning_rate=1e-3, no_cuda=True
        )
        labels = torch.zeros(len(images))
        trainer = BaseTrainer(model, BaseDataset(images, labels), training_config=training)
        trainer.prepare_training()
        print("ready", file=ANSWERS, flush=True)
        for epoch, _ in enumerate(sys.stdin, 1):
            started = time.perf_counter()
            trainer.train_step(epoch)  # an epoch over these images
            seconds = time.perf_counter() - started
            print(seconds / len(trainer.train_loader), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
