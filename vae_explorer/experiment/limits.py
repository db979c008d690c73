"""How much may train at once: as many VAEs, weights and outputs as fit into a computer's memory.

Each check raises ConfigError where an experiment of `members` VAEs asks for more.
"""

from __future__ import annotations

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.settings import ConfigError

MAX_SEEDS = 20
MAX_MEMBERS = MAX_SEEDS * len(ACTIVATIONS)
MAX_PARAMETERS = 60_000_000  # of all members together: about 1 GB with Adam's two moments
MAX_OUTPUTS = 200_000_000  # of all layers and members on a mini-batch: about 3 GB in training


def check_members(members: int) -> None:
    if members > MAX_MEMBERS:
        raise ConfigError(
            f"The activations, seeds and swept values ask for {members:,} VAEs; at most "
            f"{MAX_MEMBERS} train at once. Choose fewer of them."
        )


def check_parameters(members: int, parameters: int) -> None:
    """`parameters` of all of them together."""
    if parameters > MAX_PARAMETERS:
        raise ConfigError(
            f"The {members:,} VAEs would have {parameters:,} weights together; at most "
            f"{MAX_PARAMETERS:,} train at once. Choose narrower layers or fewer VAEs."
        )


def check_outputs(members: int, batch_size: int, units: int) -> None:
    """`units` of one VAE, its input and outputs included."""
    outputs = members * batch_size * units
    if outputs > MAX_OUTPUTS:
        raise ConfigError(
            f"On a batch of {batch_size:,} images the {members:,} VAEs would give "
            f"{outputs:,} outputs together; at most {MAX_OUTPUTS:,} fit. Choose smaller "
            "batches, narrower layers or fewer VAEs."
        )
