"""How a standalone script writes its two networks: one function that makes both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vae_explorer.activations import ACTIVATIONS
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.experiment.recipe import Member

_IDENTITIES = ("linear", "dropout")  # nothing between linear layers but, perhaps, dropout


@dataclass(frozen=True)
class Language:
    """How a library says what stands between linear layers."""

    modules: Mapping[str, str]  # an expression that makes it, for each activation
    functions: Mapping[str, str]  # the definition that goes before, of those the library lacks
    dropout: str  # that expression for dropout, with {} for the rate
    factory: str  # what makes of such an expression something to be called ...
    called: str  # ... like this, where encoder and decoder differ
    plain: str  # how an expression ends that is only such a call


class Networks:
    """Encoder and decoder of a member.

    In the script a function `network(widths)` makes either; where their activations differ it
    takes the activation too and, with initial weights by gain, its gain.
    """

    def __init__(self, experiment: Experiment, member: Member, language: Language):
        self._language = language
        self._rate = member.dropout
        self._chains = [
            (list(chain.widths), chain.activation_of(member))
            for chain in experiment.architecture.chains
        ]
        hidden = [name for widths, name in self._chains if len(widths) > 2]
        self._names = list(dict.fromkeys(hidden))
        self.by_gain = member.init == "gain"

    @property
    def definitions(self) -> list[str]:
        """Code that defines the activations that the library does not have."""
        functions = self._language.functions
        return [functions[name] for name in self._names if name in functions]

    @property
    def drops(self) -> bool:
        """Whether training differs from evaluation."""
        return any(self._rate or ACTIVATIONS[name].dropout for name in self._names)

    @property
    def arguments(self) -> str:
        """Of the function that makes a network."""
        if len(self._names) < 2:
            return "widths"
        return "widths, activation, gain" if self.by_gain else "widths, activation"

    @property
    def between(self) -> list[str]:
        """Expressions of what follows a linear layer, in that function."""
        if len(self._names) < 2:
            return [part for name in self._names for part in self._following(name)]
        # The rate of an activation that is itself dropout comes with the activation.
        dropout = [self._language.dropout.format(self._rate)] if self._rate else []
        return [self._language.called, *dropout]

    def gain(self, before: str) -> str:
        """In that function, the gain of a layer; `before` is the list of those before it."""
        if len(self._names) == 2:
            return f"(gain if {before} else 1)"
        gains = {ACTIVATIONS[name].gain for name in self._names} - {1.0}
        return f"({gains.pop()} if {before} else 1)" if gains else "1"

    def kept(self, made: str) -> str:
        """In that function, the list `made` of all without what follows its last layer."""
        return f"{made}[:-{len(self.between)}]" if self.between else made

    def arguments_of(self, index: int) -> list[str]:
        """Arguments in the call that makes the encoder, 0, or the decoder, 1."""
        widths, name = self._chains[index]
        arguments = [str(widths)]
        if len(self._names) == 2:
            own = ACTIVATIONS[name].dropout if not self._rate else 0.0
            module = self._language.dropout.format(own) if own else self._language.modules[name]
            # A class that takes just that can be called as it is.
            made = module.removesuffix(self._language.plain)
            arguments.append(made if made != module else f"{self._language.factory}{module}")
            if self.by_gain:
                arguments.append(str(ACTIVATIONS[name].gain))
        return arguments

    def _following(self, name: str) -> list[str]:
        activation = [] if name in _IDENTITIES else [self._language.modules[name]]
        rate = self._rate or ACTIVATIONS[name].dropout
        return [*activation, self._language.dropout.format(rate)] if rate else activation
