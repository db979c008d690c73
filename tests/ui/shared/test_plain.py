"""What somebody else wrote is shown as it is."""

from __future__ import annotations

import re

import pytest

from vae_explorer.ui.shared.plain import plain


@pytest.mark.parametrize(
    "text",
    [
        "[here](http://example.org)",
        "![a](http://example.org/a.png)",
        "**bold** _slanted_ `code` ~~gone~~",
        ":red[alarm] :material/error: $x^2$",
        "<b>tag</b> | # head - item + item. a\\b",
        "www.example.org",
    ],
)
def test_no_mark_of_markdown_is_left_bare(text):
    shown = plain(text)
    assert re.sub(r"\\(.)", r"\1", shown) == text  # and what is read is the text
    assert not re.search(r"[\[\]()<>*_`~$:|.#]", re.sub(r"\\.", "", shown))
