"""The images that snapshots are of tell one test set from another."""

from __future__ import annotations

import numpy as np

from vae_explorer.results.history import ProbeImages


def probe(seed, labels=(3, 3, 1), size=(3, 64)):
    images = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
    return ProbeImages(images, np.array(labels, np.uint8), 2)


def test_the_same_images_are_of_one_set_and_others_are_not():
    assert probe(0).same_as(probe(0))
    assert not probe(0).same_as(probe(1))
    assert not probe(0).same_as(probe(0, labels=(3, 3, 2)))
    assert not probe(0).same_as(probe(0, labels=(3, 3), size=(2, 64)))
