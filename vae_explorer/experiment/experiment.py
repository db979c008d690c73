"""The experiment configuration: one frozen object that everything else reads.

Widgets edit it, the URL carries it, a saved run stores it, the command line parses it and errors
name its fields. The settings themselves are those of `choices`; what follows from them is here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from vae_explorer.data import DATASETS
from vae_explorer.experiment.architecture import Architecture
from vae_explorer.experiment.choices import MAX_SEED, Choices
from vae_explorer.experiment.limits import (
    check_members,
    check_outputs,
    check_parameters,
)
from vae_explorer.experiment.recipe import INITS, SHAPE_SWEEPS, SWEEPS, Member
from vae_explorer.experiment.settings import (
    ConfigError,
    check_all,
    from_query,
    from_text,
    number_text,
    shown,
    to_query,
)
from vae_explorer.experiment.tuning import RATES, TRIAL_SEEDS

# Settings that each arm may have for itself: what a member of it has of them.
_OF_ARM = {"learning_rates": "learning_rate", "inits": "init"}


@dataclass(frozen=True)
class Experiment(Choices):
    """What is trained, on what, and how. Raises ConfigError for a value that it may not have."""

    def __post_init__(self) -> None:
        check_all(self)
        last = self.seed + self.seeds - 1
        if last > MAX_SEED:
            raise ConfigError(
                f"The last of {self.seeds} seeds from {self.seed:,} would be {last:,}; a seed is "
                f"at most {MAX_SEED:,}. Choose a lower seed or fewer seeds."
            )
        self._check_learning_rates()
        for value in self.swept_values:
            self.with_value(value)
        pairs = self._pairs
        count = self._arms * self.seeds
        check_members(count)
        if self.sweep in SHAPE_SWEEPS:  # each has checked itself; they stay in memory together
            parameters = sum(e.parameters_per_member for e in self.shapes)
            parameters *= pairs * self.seeds
        else:
            parameters = count * self.parameters_per_member
        check_parameters(count, parameters)
        if self.sweep not in SHAPE_SWEEPS:
            check_outputs(count, self.batch_size, self.architecture.outputs)
        _ = self.trials  # which check themselves

    def _check_learning_rates(self) -> None:
        """That one thing alone sets them, for each arm."""
        sets_them = self.tune != "none" or self.learning_rates is not None
        if sets_them and self.sweep == "learning_rate":
            raise ConfigError(
                "The learning rate is swept, so that it cannot be tuned, nor be each one's own; "
                "choose one of these."
            )
        for name, own in self._own.items():
            if len(own) != self._arms:
                raise ConfigError(
                    f"The {name} of their own are {len(own)}, for {self._arms} that race; give one "
                    "for each, in their order."
                )

    @property
    def _pairs(self) -> int:
        """Of an encoder's and a decoder's activation."""
        return len(self.activations) * len(self.decoder_activations or (1,))

    @property
    def _arms(self) -> int:
        return self._pairs * max(1, len(self.swept_values))

    def with_value(self, value: float) -> Experiment:
        """The experiment with one value of its sweep and no sweep; ConfigError if it may not be.

        Of learning rates that are each arm's own, those of the value's arms are left.
        """
        changes: dict[str, Any] = {"sweep": "none", "tune": "none"}
        for name, own in self._own.items():
            arms = self.arms_by_value[self.swept_values.index(value)]
            changes[name] = [own[arm] for arm in arms]
        try:
            resized = self.sweep in ("depth", "width")
            changes |= self._resized(value) if resized else {self.sweep: value}
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
        return tuple(self.with_value(value) for value in self.swept_values)

    @cached_property
    def trials(self) -> tuple[Experiment, ...]:
        """What tries every learning rate with every arm before the race; none without tuning.

        One for each value that is swept and kind of initial weights, in which the learning rate is
        swept instead, from seeds that follow the race's own.
        """
        if self.tune == "none":
            return ()
        plain = self.replace(tune="none", learning_rates=None, inits=None)
        values = plain.swept_values
        changes = {
            "sweep": "learning_rate",
            "sweep_values": sorted(set(self.tune_values or RATES)),
            "seed": self.seed + self.seeds,
            "seeds": TRIAL_SEEDS,
        }
        try:
            each = [plain.with_value(value) for value in values] or [plain]
            return tuple(
                one.replace(**changes, init=init) for one in each for init in self.tried_inits
            )
        except ConfigError as error:
            raise ConfigError(f"The learning rates cannot be tried: {error}") from None

    @property
    def tried_inits(self) -> tuple[str, ...]:
        """The kinds of initial weights that a tuning tries."""
        return tuple(INITS) if self.tune == "learning_rate_and_init" else (self.init,)

    def tuned_to(self, chosen: Iterable[tuple[float, str] | None]) -> Experiment:
        """With a learning rate and initial weights an arm; where None what all would share."""
        own = [(self.learning_rate, self.init) if each is None else each for each in chosen]
        inits = [init for _, init in own] if len(self.tried_inits) > 1 else None
        return self.replace(learning_rates=[rate for rate, _ in own], inits=inits)

    @property
    def _own(self) -> dict[str, tuple[Any, ...]]:
        """Settings that each arm has for itself, by their names."""
        found = {"learning_rates": self.learning_rates, "inits": self.inits}
        return {name: own for name, own in found.items() if own is not None}

    @property
    def arms_by_value(self) -> tuple[tuple[int, ...], ...]:
        """Places among the arms of those that have each swept value; of all where none is swept."""
        values = range(max(1, len(self.swept_values)))
        places = range(self._arms)
        if self.sweep in SHAPE_SWEEPS:
            return tuple(tuple(places[each * self._pairs :][: self._pairs]) for each in values)
        return tuple(tuple(places[each :: len(values)]) for each in values)

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
        names = ("dropout", "beta", "learning_rate", "init")
        recipe = {name: getattr(self, name) for name in names}
        recipes = [{**recipe, self.sweep: value} for value in self.swept_values] or [recipe]
        arms = list(product(pairs, recipes))
        for name, values in self._own.items():
            own = zip(arms, values)
            arms = [(pair, {**each, _OF_ARM[name]: value}) for (pair, each), value in own]
        return tuple(
            Member(encoder, decoder, seed=self.seed + offset, **each)
            for (encoder, decoder), each in arms
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
