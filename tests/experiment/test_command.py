"""The command that trains an experiment again, read back by the parser that it is written for."""

from __future__ import annotations

import argparse
import shlex

from hypothesis import given

from tests.helpers.experiments import experiments
from vae_explorer.experiment.command import PROGRAM, command_line
from vae_explorer.experiment.experiment import Experiment
from vae_explorer.terminal.options import add_experiment_options, experiment_from


def parsed(line: str) -> argparse.Namespace:
    words = shlex.split(line)
    assert words[:4] == [*PROGRAM.split(), "compare"]
    parser = argparse.ArgumentParser(argument_default=argparse.SUPPRESS, allow_abbrev=False)
    parser.add_argument("--out")
    parser.add_argument("--reference")
    add_experiment_options(parser)
    return parser.parse_args(words[4:])


@given(experiments())
def test_it_is_read_as_the_same_experiment(experiment):
    arguments = parsed(command_line(experiment, out="some where/it's", reference="relu>tanh"))
    if experiment.trials:  # which choose again
        experiment = experiment.replace(learning_rates=None, inits=None)
    assert experiment_from(arguments) == experiment
    assert (arguments.out, arguments.reference) == ("some where/it's", "relu>tanh")


def test_only_what_differs_from_the_default_is_in_it():
    experiment = Experiment(dataset="digits", activations=("relu", "gelu"), seeds=5, hidden=())
    assert command_line(experiment, out="race", threads=None) == (
        "python -m vae_explorer compare --dataset digits --activation relu gelu --hidden none "
        "--seeds 5 --out race"
    )
    assert command_line(Experiment(), "train") == "python -m vae_explorer train"
