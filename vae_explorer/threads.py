"""How many of PyTorch's threads a training is worth: handing small work over takes longer."""

from __future__ import annotations

import math

from vae_explorer.experiment.experiment import Experiment
from vae_explorer.model.population import parameter_shapes

# Floating-point operations of a step that pay for one more thread. Below them a step with two took
# 1.0 to 1.6 times as long as with one (benchmarks/README.md).
_WORTH_A_THREAD = 100e6


def operations(experiment: Experiment) -> int:
    """Floating-point operations of the matrix products of a step: the largest population's.

    Two for each weight and image, and as many again for the gradients of the inputs and of the
    weights.
    """
    parameters = max(
        sum(math.prod(shape) for shape in parameter_shapes(population).values())
        for population in experiment.populations
    )
    return 6 * experiment.batch_size * parameters


def threads_for(experiment: Experiment, cores: int) -> int:
    """The threads, at most `cores`, with which training goes fastest.

    They follow from the experiment alone, so that the same run on the same machine gives the same
    numbers, bit for bit.
    """
    return min(cores, 1 + int(operations(experiment) / _WORTH_A_THREAD))
