"""QR codes of addresses, for an audience to point their telephones at."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

# The standard has room for 2,953, but a code of so many modules cannot be read from a seat.
MOST_CHARACTERS = 2000
QUIET_ZONE = 4  # modules of white on each side, as ISO/IEC 18004 asks


@lru_cache(maxsize=32)  # a long address takes a quarter of a second
def qr_svg(text: str) -> str:
    """The QR code of a text as an SVG image, as large as the place that it is put in.

    Black on white whatever the theme, with its own white margin: many readers take no other.
    The lowest level of error correction makes the largest modules; a higher one is used where
    it costs none.

    Raises
    ------
    ValueError
        The text is empty or too long; the message is a sentence for the page.
    """
    if not text:
        raise ValueError("There is no address to make a QR code of.")
    if len(text.encode()) > MOST_CHARACTERS:
        raise ValueError(
            f"The address has {len(text):,} characters, more than the {MOST_CHARACTERS:,} of a QR "
            "code that a telephone can read; copy the link, or show fewer pins."
        )
    code = segno.make_qr(text, error="l", boost_error=True)
    buffer = io.BytesIO()
    code.save(
        buffer,
        kind="svg",
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        nl=False,
    )
    return buffer.getvalue().decode()
