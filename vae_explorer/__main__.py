"""`python -m vae_explorer`: see `vae_explorer.terminal.main`."""

import io
import sys

from vae_explorer.terminal.main import main

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without × or █ shows a ? instead
    sys.exit(main())
