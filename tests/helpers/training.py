"""What tests of training compare."""

from __future__ import annotations


def weights(trainer):
    return trainer.population.parameters.flat.clone()
