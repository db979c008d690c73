"""Names of folders as people write them: what `~` and a relative name mean, in one place."""

from __future__ import annotations

import os
from pathlib import Path


def absolute_path(name: str | Path) -> Path:
    """The absolute path of a file or folder that a person, a program or a variable names.

    ``~`` is the home folder and ``~name`` that of a user, which must be there: nobody means to make
    one. A relative name counts from the working folder. No link is followed.

    Raises
    ------
    ValueError
        The name is none, or has no meaning on this machine; the message is a sentence.
    """
    text = os.fspath(name)
    if not text or "\0" in text:
        raise ValueError(f"{text!r} is no name of a folder.")
    if text.startswith("~"):
        home = os.path.expanduser(text.split(os.sep, 1)[0])
        if not os.path.isdir(home):  # expanduser leaves what it does not know as it is
            raise ValueError(
                f"{text!r} has no meaning, since there is no home folder {home}; write the whole "
                f"path, or ./{text} for a folder of that name."
            )
    try:
        return Path(os.path.abspath(os.path.expanduser(text)))
    except OSError as error:  # of getcwd
        raise ValueError(
            "The working folder is gone, so that no name has a meaning in it; change to another."
        ) from error
