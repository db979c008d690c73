"""How near does a fixed time come to the single-layer VAE of Burda et al.?

Burda, Grosse and Salakhutdinov (2016), "Importance Weighted Autoencoders", Table 1, VAE with k = 1
and one stochastic layer: 784-200-200-50, tanh, stochastically binarised MNIST of 60,000 training
images. They reach a negative log-likelihood of 86.76 nats, estimated by the bound of 5,000 samples
on the 10,000 test images, with 19 active units.

What differs here. They train for 3,280 epochs in batches of 20, at a learning rate of 0.001 ·
10^(-i/7) for 3^i epochs, i from 0 to 7, with an epsilon of 1e-4 in Adam. Those 9.8 million steps
take many hours here, so within the budget images come in batches of 250, which pass several times
as fast, at a learning rate that rises to 0.003 in a hundredth of the time and falls to nothing
along a cosine: higher than theirs by about the root of the batches' ratio. It follows the clock and
not the epochs, as it is not known beforehand how many of them a shared machine has time for. Adam's
epsilon is 1e-8, initial weights are scaled by the activation's gain where they take Glorot's, and
the test images are binarised once, by a draw of our own.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np

from benchmarks.measure import parser, start
from vae_explorer.data.pixels import measured_images
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.bound import importance_bound, mean_with_error
from vae_explorer.training.trainer import Trainer

PUBLISHED_NATS = 86.76
PUBLISHED_ACTIVE = 19
RECIPE = Experiment(
    dataset="mnist",
    activations=("tanh",),
    hidden=(200, 200),
    latent=50,
    pixels="binarised",
    batch_size=250,
    learning_rate=3e-3,
    schedule="constant",  # as far as the trainer knows
    epochs=10_000,  # never reached
)
WARM_UP = 0.01  # of the time
ROWS = 9  # of the curve: one at the end, one at half of the time, at a quarter ...
CURVE_SAMPLES, CURVE_IMAGES = 50, 1_000
FINAL_SAMPLES = 5_000


def learning_rate(share: float) -> float:
    """At a share of the time."""
    if share < WARM_UP:
        return RECIPE.learning_rate * max(share / WARM_UP, 0.01)
    fallen = 0.5 + 0.5 * math.cos(math.pi * (share - WARM_UP) / (1 - WARM_UP))
    return RECIPE.learning_rate * max(fallen, 1e-3)


def row(trainer: Trainer, images: np.ndarray, minutes: float) -> None:
    """Prints a row of the curve."""
    found = trainer.evaluate()
    bounds = importance_bound(trainer.population, images[:CURVE_IMAGES], CURVE_SAMPLES)
    (bound,), (error,) = mean_with_error(bounds)
    cells = (
        f"{trainer.epoch:,.0f}",
        f"{minutes:.1f}",
        f"{found.loss[0]:.2f}",
        f"{-bound:.2f} ± {error:.2f}",
        found.active_latents[0],
    )
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def train(trainer: Trainer, images: np.ndarray, seconds: float) -> None:
    """Trains until the time is over, and prints the curve."""
    print(
        f"| epochs | minutes | negative ELBO, nats | negative bound of {CURVE_SAMPLES} samples on "
        f"{CURVE_IMAGES:,} test images, nats | active units |\n|---:|---:|---:|---:|---:|",
        flush=True,
    )
    started = time.perf_counter()
    due = [seconds / 2**halvings for halvings in reversed(range(ROWS))]
    while (spent := time.perf_counter() - started) < seconds:
        if trainer.step_number % 20 == 0:
            trainer.change(learning_rate=learning_rate(spent / seconds))
            trainer.changes.clear()  # as many as there are would only take memory
        trainer.step()
        if spent >= due[0]:
            row(trainer, images, spent / 60)
            due = [moment for moment in due if moment > spent]
    row(trainer, images, seconds / 60)


def main(arguments: argparse.Namespace) -> None:
    dataset = start(arguments)
    images = measured_images(dataset, dataset.test, RECIPE.pixels)
    trainer = Trainer(RECIPE.replace(image_set=dataset.image_set), dataset)
    print(f"## The VAE of Burda et al. (2016) in {arguments.minutes:g} minutes\n")
    train(trainer, images, 60 * arguments.minutes)
    started = time.perf_counter()
    bounds = importance_bound(trainer.population, images, FINAL_SAMPLES)
    (bound,), (error,) = mean_with_error(bounds)
    taken = time.perf_counter() - started
    active = trainer.evaluate().active_latents[0]
    print(
        f"\nThe bound of {FINAL_SAMPLES:,} samples on {len(images):,} test images, negative: "
        f"**{-bound:.2f} ± {error:.2f} nats** (standard error over images), "
        f"{-bound - PUBLISHED_NATS:+.2f} from the published {PUBLISHED_NATS}; {active} "
        f"active units, published {PUBLISHED_ACTIVE}. It took {taken / 60:.1f} minutes."
    )


if __name__ == "__main__":
    options = parser(__doc__.partition("\n")[0])
    options.add_argument("--minutes", type=float, default=40, help="of training")
    main(options.parse_args())
