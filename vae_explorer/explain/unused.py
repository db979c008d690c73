"""Where an activation has nothing to do: in a network without hidden layers.

An experiment may ask for several activations all the same; then they are names for one VAE.
"""

from __future__ import annotations

from collections.abc import Sequence

from vae_explorer.experiment.arms import Arm
from vae_explorer.experiment.experiment import Experiment


def unused(experiment: Experiment) -> str:
    """A sentence on the activations that no unit has; nothing where each has some."""
    arms = len({(m.encoder_activation, m.decoder_activation) for m in experiment.members})
    encoders = len(experiment.activations)
    decoders = len(experiment.decoder_activations or ())
    if not experiment.hidden and not experiment.decoder_widths:
        text = "Without hidden layers no activation is used"
        if arms > 1 and experiment.sweep == "none":
            noun = "pairs" if decoders else "activations"
            text += f": all {arms} {noun} give the same VAE"
        elif arms > 1:
            text += ": those that differ by activation alone are the same VAE"
    elif not experiment.hidden:
        text = "Without hidden layers in the encoder its activation is not used"
        text += ": pairs that differ by it alone are the same VAE" * bool(decoders and encoders > 1)
    elif not experiment.decoder_widths:
        text = "Without hidden layers in the decoder its activation is not used"
        text += ": pairs that differ by it alone are the same VAE" * (decoders > 1)
    else:
        return ""
    return f"{text}."


def sides_in_use(experiment: Experiment) -> tuple[bool, bool]:
    """Whether the encoder has hidden layers, and whether the decoder has."""
    return bool(experiment.hidden), bool(experiment.decoder_widths)


def all_alike(experiment: Experiment, arms: Sequence[Arm]) -> bool:
    """Whether several arms differ by nothing but activations that no unit has."""
    encoder, decoder = sides_in_use(experiment)
    found = set()
    for arm in arms:
        member = experiment.members[arm.rows[0]]
        found.add(
            (
                member.encoder_activation if encoder else "",
                member.decoder_activation if decoder else "",
                arm.value,
            )
        )
    return len(arms) > 1 and len(found) == 1
