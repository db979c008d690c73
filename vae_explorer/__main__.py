"""`python -m vae_explorer`: see `vae_explorer.terminal.main`."""

import io
import sys


def _main() -> int:
    try:  # the imports too: a Ctrl-C is answered from the first moment on
        from vae_explorer.terminal.main import main

        return main()
    except KeyboardInterrupt:
        print("Interrupted; nothing was saved.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without × or █ shows a ? instead
    sys.exit(_main())
