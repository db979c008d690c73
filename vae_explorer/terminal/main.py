"""The command line: `python -m vae_explorer train ...`, `compare ...` and `pretrain ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from vae_explorer.data import DataError
from vae_explorer.experiment.command import PROGRAM
from vae_explorer.experiment.settings import ConfigError
from vae_explorer.saved.run import StoreError, absolute
from vae_explorer.terminal import compare, pretrain, train
from vae_explorer.terminal.options import (
    FAILED,
    Parser,
)
from vae_explorer.terminal.steps import INTERRUPTED
from vae_explorer.version import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code: 0, 2 with a sentence on stderr, or 130."""
    try:
        arguments = build_parser().parse_args(argv)
        absolute(".")  # without a working folder PyTorch ends the process while it is imported
        return arguments.run(arguments)
    except SystemExit as end:  # argparse has printed the help or what is wrong
        return int(end.code or 0)
    except (ConfigError, DataError, StoreError) as error:
        return _fail(str(error))
    except MemoryError:
        return _fail("The memory of this machine is too small for the experiment.")
    except RuntimeError as error:
        if "allocate memory" in str(error):  # PyTorch has no error of its own for it
            return _fail("The memory of this machine is too small for the experiment.")
        raise
    except KeyboardInterrupt:
        print("Interrupted; nothing was saved.", file=sys.stderr)
        return INTERRUPTED


def _fail(sentence: str) -> int:
    print(f"Error: {sentence}", file=sys.stderr)
    return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; the chosen one's function is in `run`."""
    parser = Parser(
        prog=PROGRAM,
        description="See what an activation function does to a variational autoencoder.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vae_explorer {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    _add_command(
        commands,
        "train",
        train.run,
        "Train one VAE for each activation and seed, all at once, and save them.",
        train.add_options,
        epilog=train.epilog(),
    )
    _add_command(
        commands,
        "compare",
        compare.run,
        "Race activations from several seeds, and write a report of what differs.",
        compare.add_options,
        epilog=compare.epilog(),
    )
    _add_command(
        commands,
        "pretrain",
        pretrain.run,
        "Train the pretrained catalogue again, entry by entry.",
        pretrain.add_options,
        epilog=pretrain.epilog(),
    )
    return parser


def _add_command(
    commands: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    add_options: Callable[[argparse.ArgumentParser], None],
    epilog: str = "",
) -> None:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,  # an option that is not given is not there
        allow_abbrev=False,
    )
    add_options(parser)
    parser.set_defaults(run=run)
