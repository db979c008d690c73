"""Whether initial weights should count how bright the images are: their first layer, scaled or not.

The gain of an activation keeps the second moment of pre-activations that are standard normal. Those
of the first layer are smaller, by the second moment of the pixels; scaling the layer's weights by
one over its root would make up for that. Prints what initial pre-activations have, and the negative
ELBO after training either way, of six activations at four learning rates on digits.
"""

from __future__ import annotations

import numpy as np
import torch

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import load_dataset
from vae_explorer.experiment.judging import LEAST_DRAWS
from vae_explorer.experiment.presets import RACES
from vae_explorer.experiment.settings import number_text
from vae_explorer.explain.statistics import interval
from vae_explorer.model.bound import losses
from vae_explorer.training.trainer import Trainer

RATES = (1e-3, 1e-2, 3e-2, 1e-1)
SEEDS = 5


def main() -> None:
    torch.set_num_threads(1)
    dataset = load_dataset("digits")
    experiment = RACES["six"].experiment.replace(
        tune="none", sweep="learning_rate", sweep_values=RATES, seeds=SEEDS
    )
    train, test = (dataset.pixels(split.images) for split in (dataset.train, dataset.test))
    moment = float(np.square(train).mean())
    print(f"Second moment of the pixels: {moment:.3f}\n")
    found = {}
    for name, scale in (("as they are", 1.0), ("scaled", moment**-0.5)):
        trainer = Trainer(experiment, dataset)
        population = trainer.population
        first = next(iter(population.parameters.values.values()))
        first.mul_(scale)
        hidden = population.encoder.hidden(torch.from_numpy(train).expand(len(population), -1, -1))
        moments = hidden[0][2].square().mean((1, 2)).reshape(len(experiment.activations), -1)[:, 0]
        print(f"Second moment of the first pre-activations, {name}: {moments.mean():.3f}")
        while not trainer.finished:
            trainer.step()
        lost = losses(population, test, LEAST_DRAWS).by_draw.mean(1)
        found[name] = lost.reshape(len(experiment.activations), len(RATES), SEEDS)
    print("\n| nats, scaled minus as it is | " + " | ".join(map(number_text, RATES)) + " |")
    print("|---|" + "---:|" * len(RATES))
    for name, gaps in zip(experiment.activations, found["scaled"] - found["as they are"]):
        each = [interval(gap) for gap in gaps]
        cells = [f"{one.mean:+.2f} ± {one.half:.2f}".replace("-", "−") for one in each]
        print(f"| {ACTIVATIONS[name].label} | " + " | ".join(cells) + " |")
    print(f"\nMean and 95 % interval over {SEEDS} seeds, paired; less is better.")


if __name__ == "__main__":
    main()
