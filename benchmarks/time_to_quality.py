"""How soon is a network as good as PyTorch's VAE example after its ten epochs?

The example (reference.py) trains ten epochs. `RECIPE` trains the same 784-400-20 network with
ReLU to a test loss that is no higher, from several seeds. Both losses are minus the ELBO in nats an
image, over the whole test set, in float32, with one sampled z.
"""

from __future__ import annotations

import argparse
import statistics
from collections import deque

from benchmarks.measure import EXAMPLE, parser, start, stopwatch, table
from benchmarks.reference import Reference
from vae_explorer.data import Dataset
from vae_explorer.training.trainer import Trainer

TARGET = 105.55  # nats: the example's test loss after ten epochs on the full MNIST
RECIPE = EXAMPLE.replace(
    schedule="one-cycle", learning_rate=1.5e-2, batch_size=320, epochs=5, precision="bfloat16"
)


def example(dataset: Dataset, epochs: int) -> tuple[float, float, float]:
    """The example's test loss, seconds of training, and seconds with a test after each epoch."""
    reference = Reference(dataset.train, dataset.test)
    training = testing = loss = 0.0
    for _ in range(epochs):
        training += stopwatch(lambda: deque(reference.epoch(), maxlen=0))
        losses: list[float] = []
        testing += stopwatch(lambda losses=losses: losses.append(reference.test()))
        loss = losses[0]
    return loss, training, training + testing


def ours(dataset: Dataset, seed: int) -> tuple[float, float, float]:
    """The same of RECIPE."""
    recipe = RECIPE.replace(image_set=dataset.image_set, seed=seed)
    trainer = Trainer(recipe, dataset)
    while not trainer.finished:
        trainer.step()
    curves = trainer.curves()
    loss = float(curves.test_reconstruction[-1, 0] + curves.test_kl[-1, 0])
    return loss, trainer.seconds, trainer.seconds_with_evaluation


def main(arguments: argparse.Namespace) -> None:
    dataset = start(arguments)
    runs = [ours(dataset, seed) for seed in range(arguments.seeds)]
    reference = example(dataset, EXAMPLE.epochs)
    runs += [ours(dataset, seed) for seed in range(arguments.seeds, 2 * arguments.seeds)]
    rows = [(f"VAE Explorer, seed {seed}", *run) for seed, run in enumerate(runs)]
    rows.append(("PyTorch's example", *reference))
    print("## Time to the quality of ten epochs of PyTorch's example\n")
    table(
        ("", "test loss, nats", "training, s", "with testing, s"),
        [(name, *(f"{value:.2f}" for value in values)) for name, *values in rows],
    )
    changed = {
        name: value
        for name, value in RECIPE.to_query().items()
        if value != EXAMPLE.to_query().get(name)
    }
    print(f"Recipe: the example's network with {changed}.")
    print(f"Seeds at or below {TARGET} nats: {sum(r[0] <= TARGET for r in runs)} of {len(runs)}.")
    for kind, index in (("training", 1), ("with testing", 2)):
        ratio = reference[index] / statistics.median(run[index] for run in runs)
        print(f"Sooner by, {kind}: {ratio:.1f} ×.")


if __name__ == "__main__":
    options = parser("Time to the test loss of PyTorch's VAE example after ten epochs.")
    options.add_argument(
        "--seeds", type=int, default=3, help="runs before the example's, and as many after it"
    )
    main(options.parse_args())
