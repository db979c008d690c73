"""How to hold an image equal across VAEs that each lay their own map of it.

From a place of one VAE's latent space, where is the same image in another's? For every pair of
pretrained VAEs and every test image: at the same coordinates, at those turned by the Procrustes fit
of both's codes of the test images (Schönemann 1966), or at the other's own code of what the first
draws. Prints how far the two drawings are apart, and how often both places are of one class.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier

from vae_explorer.data import DATASETS, load_dataset
from vae_explorer.saved.catalogue import load_members, read_catalogue
from vae_explorer.study.alignment import aligned

NAMES = ("relu", "tanh", "silu", "gelu")
WAYS = ("same coordinates", "turned by Procrustes", "through the image")
NEIGHBOURS = 10


def main() -> None:
    torch.set_num_threads(1)
    catalogue = read_catalogue()
    print("| squared difference of the drawings; share of one class | " + " | ".join(WAYS) + " |")
    print("|---|" + "---:|" * len(WAYS))
    for name, info in DATASETS.items():
        for latent in catalogue.latents(name):
            offered = catalogue.activations(name, latent)
            chosen = tuple(each for each in NAMES if each in offered)
            if len(chosen) < 2:
                continue
            population = load_members(catalogue, name, latent, chosen)
            cells = [f"{far:.1f}; {same:.0%}" for far, same in _compared(population, name)]
            print(f"| {info.label}, {latent} latents | " + " | ".join(cells) + " |", flush=True)


def _compared(population, name: str) -> np.ndarray:
    """(3, 2), by each way: the squared difference, and the share of images of one class."""
    dataset = load_dataset(name)
    pixels, labels = dataset.pixels(dataset.test.images), dataset.test.labels
    codes = population.encode(pixels)[0].numpy()
    drawn = population.decode(codes).numpy()
    classifiers = [KNeighborsClassifier(NEIGHBOURS).fit(each, labels) for each in codes]
    classes = [one.predict(each) for one, each in zip(classifiers, codes)]
    found = []
    for own, other in permutations(range(len(codes)), 2):
        alone = population.alone(other)
        places = (
            codes[own],
            aligned(codes[own], codes[other]),
            alone.encode(drawn[own])[0][0].numpy(),
        )
        row = []
        for place in places:
            far = ((alone.decode(place)[0].numpy() - drawn[own]) ** 2).sum(1).mean()
            row.append((far, (classifiers[other].predict(place) == classes[own]).mean()))
        found.append(row)
    return np.mean(found, axis=0)


if __name__ == "__main__":
    main()
