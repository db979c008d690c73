"""The experiment configuration: one frozen object that everything else reads.

Widgets edit it, the URL carries it, a saved run stores it, the command line parses it and errors
name its fields. Every default, bound, label and help text of its settings is written here, once;
the values that a sweep takes unless others are asked for are in `recipe`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.data import DATASETS, IMAGE_SETS
from vae_explorer.experiment.architecture import Architecture
from vae_explorer.experiment.limits import MAX_SEEDS, check_members, check_outputs, check_parameters
from vae_explorer.experiment.recipe import SHAPE_SWEEPS, SWEEPS, Member, activations_setting
from vae_explorer.experiment.settings import (
    ConfigError,
    check_all,
    from_query,
    from_text,
    number_text,
    setting,
    shown,
    to_query,
)

MAX_SEED = 2**31 - 1
_AS_ENCODER = "as the encoder"


@dataclass(frozen=True)
class Experiment:
    """What is trained, on what, and how. Raises ConfigError for a value that it may not have."""

    dataset: str = setting(
        "mnist",
        "Images",
        "The set of images to learn.",
        choices={name: info.label for name, info in DATASETS.items()},
    )
    image_set: str = setting(
        "embedded",
        "How many",
        "Those shipped with the app, at most 10,000 to train on, or the full published set.",
        choices=IMAGE_SETS,
    )
    activations: tuple[str, ...] = activations_setting(
        ("relu", "tanh", "silu"),
        "Activations",
        "The activation of every hidden layer; each chosen one trains a VAE of its own.",
        most=len(ACTIVATIONS),
    )
    decoder_activations: tuple[str, ...] | None = activations_setting(
        None,
        "Decoder activations",
        "Other activations for the decoder: every pair of encoder and decoder is trained.",
        most=len(ACTIVATIONS),
        unset=_AS_ENCODER,
    )
    hidden: tuple[int, ...] = setting(
        (256, 64),
        "Hidden widths",
        "Units in each hidden layer of the encoder, from the image inwards.",
        minimum=1,
        maximum=2048,
        longest=6,
    )
    decoder_hidden: tuple[int, ...] | None = setting(
        None,
        "Decoder widths",
        "Units in each hidden layer of the decoder, from the latent outwards; "
        "by default the encoder's in reverse.",
        minimum=1,
        maximum=2048,
        longest=6,
        unset=_AS_ENCODER,
    )
    latent: int = setting(
        2, "Latent size", "Dimensions of the latent space.", minimum=1, maximum=128
    )
    output: str = setting(
        "bernoulli",
        "Output",
        "The decoder's distribution of a pixel: Bernoulli on logits, or Gaussian with a learned "
        "variance.",
        choices={"bernoulli": "Bernoulli", "gaussian": "Gaussian"},
    )
    pixels: str = setting(
        "grey",
        "Pixels",
        "As they are, or drawn as 0 or 1 with their grey as the probability: anew whenever a "
        "training image is seen, once and for all of a test image.",
        choices={"grey": "Grey", "binarised": "Drawn as 0 or 1"},
    )
    init: str = setting(
        "gain",
        "Initial weights",
        "One normal draw shared by all members, scaled by each activation's gain; or PyTorch's "
        "default for linear layers.",
        choices={"gain": "Scaled by gain", "pytorch": "PyTorch's"},
    )
    epochs: int = setting(
        16, "Epochs", "Passes over the training images.", minimum=1, maximum=10_000
    )
    batch_size: int = setting(128, "Batch size", "Images in a mini-batch.", minimum=1, maximum=8192)
    learning_rate: float = setting(
        5e-3,
        "Learning rate",
        "Adam's step size; with the one-cycle schedule its highest value.",
        minimum=1e-7,
        maximum=10.0,
    )
    schedule: str = setting(
        "one-cycle",
        "Schedule",
        "A constant learning rate, or one that warms up and anneals to nothing.",
        choices={"constant": "Constant", "one-cycle": "One cycle"},
    )
    beta: float = setting(
        1.0,
        "Beta",
        "Weight of the KL term in what is minimised; at 1 that is the ELBO.",
        minimum=0.0,
        maximum=1000.0,
    )
    kl_warmup: float = setting(
        0.0,
        "KL warm-up",
        "Epochs over which the weight of the KL term grows from 0 to beta.",
        minimum=0.0,
        maximum=10_000.0,
    )
    free_bits: float = setting(
        0.0,
        "Free bits",
        "Nats of KL that each latent dimension may use before it is penalised.",
        minimum=0.0,
        maximum=100.0,
    )
    dropout: float = setting(
        0.0,
        "Dropout",
        "Share of hidden outputs set to zero at random in training, with any activation.",
        minimum=0.0,
        maximum=0.95,
    )
    clip_norm: float = setting(
        0.0,
        "Gradient clipping",
        "Longest gradient that a member may take a step with; 0 clips nothing.",
        minimum=0.0,
        maximum=1e9,
    )
    precision: str = setting(
        "float32",
        "Precision",
        "Of the matrix products in training; auto takes bfloat16 where it is measured faster.",
        choices={"float32": "float32", "bfloat16": "bfloat16", "auto": "Fastest"},
    )
    seed: int = setting(
        0,
        "Seed",
        "Every random draw comes from it: initial weights, batches, noise.",
        minimum=0,
        maximum=MAX_SEED,
    )
    seeds: int = setting(
        1,
        "Seeds",
        "How many times each activation is trained, from consecutive seeds.",
        minimum=1,
        maximum=MAX_SEEDS,
    )
    sweep: str = setting(
        "none",
        "Sweep",
        "A setting that takes several values; every recipe is trained with each of them.",
        choices={"none": "Nothing"}
        | {name: each.label.capitalize() for name, each in SWEEPS.items()},
    )
    sweep_values: tuple[float, ...] = setting(
        (),
        "Its values",
        "Values of the setting that is swept; by default a few usual ones.",
        minimum=0.0,
        maximum=2048.0,
        longest=12,
        kind=float,
    )

    def __post_init__(self) -> None:
        check_all(self)
        last = self.seed + self.seeds - 1
        if last > MAX_SEED:
            raise ConfigError(
                f"The last of {self.seeds} seeds from {self.seed:,} would be {last:,}; a seed is "
                f"at most {MAX_SEED:,}. Choose a lower seed or fewer seeds."
            )
        for value in self.swept_values:
            self._with_value(value)
        pairs = len(self.activations) * len(self.decoder_activations or (1,))
        count = pairs * self.seeds * max(1, len(self.swept_values))
        check_members(count)
        if self.sweep in SHAPE_SWEEPS:  # each has checked itself; they stay in memory together
            parameters = sum(e.parameters_per_member for e in self.shapes)
            parameters *= pairs * self.seeds
        else:
            parameters = count * self.parameters_per_member
        check_parameters(count, parameters)
        if self.sweep not in SHAPE_SWEEPS:
            check_outputs(count, self.batch_size, self.architecture.outputs)

    def _with_value(self, value: float) -> Experiment:
        """The experiment with one value of its sweep and no sweep; ConfigError if it may not be."""
        changes: dict[str, Any] = {"sweep": "none", self.sweep: value}
        try:
            if self.sweep in ("depth", "width"):
                del changes[self.sweep]
                changes |= self._resized(value)
            return self.replace(**changes)
        except ConfigError as error:
            what = f"The sweep of {self.sweep} cannot take {number_text(value)}"
            raise ConfigError(f"{what}: {error}") from None

    def _resized(self, value: float) -> dict[str, Any]:
        """The widths of all hidden layers with another depth or width."""
        if value != int(value):
            raise ConfigError(f"a {self.sweep} is a whole number.")
        if not self.hidden:
            raise ConfigError("hidden is empty; give it a width.")
        size = int(value)
        return {
            name: widths[:1] * size if self.sweep == "depth" else (size,) * len(widths)
            for name, widths in (("hidden", self.hidden), ("decoder_hidden", self.decoder_hidden))
            if widths is not None
        }

    @cached_property
    def swept_values(self) -> tuple[float, ...]:
        """The values of the sweep, each once; none where nothing is swept."""
        if self.sweep == "none":
            return ()
        return tuple(dict.fromkeys(self.sweep_values or SWEEPS[self.sweep].values))

    @cached_property
    def shapes(self) -> tuple[Experiment, ...]:
        """Experiments of one shape each, which train one after the other; mostly this one alone."""
        if self.sweep not in SHAPE_SWEEPS:
            return (self,)
        return tuple(self._with_value(value) for value in self.swept_values)

    @property
    def decoder_widths(self) -> tuple[int, ...]:
        """Widths of the decoder's hidden layers, from the latent outwards."""
        return self.hidden[::-1] if self.decoder_hidden is None else self.decoder_hidden

    @property
    def image_size(self) -> int:
        """Pixels of one image."""
        return math.prod(DATASETS[self.dataset].image_shape)

    @property
    def parameters_per_member(self) -> int:
        """Weights and biases of one VAE, not counting an activation's own parameters."""
        return self.architecture.parameters

    @cached_property
    def architecture(self) -> Architecture:
        """What each VAE is built of; where the shape is swept, before its values are put in."""
        return Architecture.dense(self.image_size, self.hidden, self.latent, self.decoder_widths)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The recipes, activation by activation and within one seed by seed.

        Where a setting of the recipe is swept, value by value between the two; where the shape is,
        they are those of all `shapes`, one after the other.
        """
        if self.sweep in SHAPE_SWEEPS:
            return tuple(member for each in self.shapes for member in each.members)
        if self.decoder_activations is None:
            pairs = [(name, name) for name in self.activations]
        else:
            pairs = list(product(self.activations, self.decoder_activations))
        recipe = {name: getattr(self, name) for name in ("dropout", "beta", "learning_rate")}
        recipes = [{**recipe, self.sweep: value} for value in self.swept_values] or [recipe]
        return tuple(
            Member(encoder, decoder, seed=self.seed + offset, **each)
            for encoder, decoder in pairs
            for each in recipes
            for offset in range(self.seeds)
        )

    def replace(self, **changes: Any) -> Experiment:
        """The same experiment with some settings changed, checked again."""
        return Experiment.from_dict({**self.to_dict(), **changes})

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, every setting."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Experiment:
        """The inverse of to_dict; settings that are left out have their default."""
        if not isinstance(values, Mapping):
            raise ConfigError(f"An experiment is {shown(values)}; it must be settings by name.")
        for name in values:
            if name not in SETTINGS:
                raise ConfigError(
                    f"There is no setting {shown(name)}; the settings are {', '.join(SETTINGS)}."
                )
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """The settings that differ from the default, as strings for a URL."""
        return to_query(self)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Experiment, list[str]]:
        """An experiment from URL parameters, and a sentence for each one that was ignored."""
        return from_query(cls, query)


SETTINGS: Mapping[str, dataclasses.Field] = {f.name: f for f in dataclasses.fields(Experiment)}


def parse(name: str, text: str) -> Any:
    """The value of a setting written as text, as in a URL; ConfigError says what is wrong."""
    return from_text(SETTINGS[name], text)
