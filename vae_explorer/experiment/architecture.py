"""What one VAE is built of: the one description of its encoder and its decoder.

Weights, files, scripts and pages take widths, names and order of layers from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from vae_explorer.experiment.recipe import Member


@dataclass(frozen=True)
class Block:
    """A layer with weights and, in a hidden layer, the activation that follows it."""

    key: str  # what its parameters' names begin with, in memory and in files: "encoder.0"
    title: str  # as a person reads it: "encoder 1", or for the last "heads" or "output"
    inputs: int  # numbers that an image is to it
    outputs: int
    hidden: bool  # whether an activation follows

    @property
    def activation_key(self) -> str:
        """What the names of the activation's own parameters begin with."""
        return f"{self.key}.activation"


@dataclass(frozen=True)
class Chain:
    """One of the two networks, from its input to its output."""

    side: str  # "encoder" or "decoder"
    widths: tuple[int, ...]  # numbers between the blocks, input and output included
    last: str  # the last block's title

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in the order in which an image passes through them."""
        final = len(self.widths) - 2
        return tuple(
            Block(
                key=f"{self.side}.{index}",
                title=self.last if index == final else f"{self.side} {index + 1}",
                inputs=inputs,
                outputs=outputs,
                hidden=index < final,
            )
            for index, (inputs, outputs) in enumerate(pairwise(self.widths))
        )

    def activation_of(self, member: Member) -> str:
        """The activation of the hidden blocks of a member."""
        encodes = self.side == "encoder"
        return member.encoder_activation if encodes else member.decoder_activation

    def activations_of(self, members: Sequence[Member]) -> list[str]:
        """As `activation_of`, of each."""
        return [self.activation_of(member) for member in members]


@dataclass(frozen=True)
class Architecture:
    """Both networks. The encoder's outputs are the means and then the log-variances."""

    encoder: Chain
    decoder: Chain

    @classmethod
    def dense(
        cls, image: int, hidden: Sequence[int], latent: int, decoder_hidden: Sequence[int]
    ) -> Architecture:
        """Of dense layers, with so many units in each hidden one."""
        # The heads for mean and log-variance are the two halves of one matrix: one product.
        return cls(
            encoder=Chain("encoder", (image, *hidden, 2 * latent), "heads"),
            decoder=Chain("decoder", (latent, *decoder_hidden, image), "output"),
        )

    @property
    def chains(self) -> tuple[Chain, Chain]:
        return self.encoder, self.decoder

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Of both, from the image over the latent to the image."""
        return self.encoder.blocks + self.decoder.blocks

    @property
    def path(self) -> tuple[int, ...]:
        """Numbers that an image is on its way: itself, hidden layers, its code, and back again."""
        return self.encoder.widths[:-1] + self.decoder.widths

    @property
    def outputs(self) -> int:
        """Numbers that all layers take and give of one image."""
        return sum(self.encoder.widths) + sum(self.decoder.widths)

    @property
    def parameters(self) -> int:
        """Weights and biases, not counting an activation's own parameters."""
        return sum((block.inputs + 1) * block.outputs for block in self.blocks)
