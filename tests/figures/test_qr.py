"""QR codes hold the address, read back by the standard."""

import numpy as np
import pytest

from tests.helpers.read_qr import modules, read
from vae_explorer.figures.qr import MOST_CHARACTERS, QUIET_ZONE, qr_svg

FINDER = np.pad(np.pad(np.ones((3, 3), bool), 1), 1, constant_values=True)
SHORT = "http://192.168.1.20:8501/?dataset=mnist&latent=2"


def long_address(length: int) -> str:
    pins = ",".join(f"{k * 0.37 - 9:.2f}:{k * 0.21 - 5:.2f}" for k in range(400))
    return (SHORT + "&pins=" + pins)[:length]


@pytest.mark.parametrize(
    "text",
    [
        "http://a/",
        SHORT,
        *(long_address(length) for length in (150, 420, 900, 1500, MOST_CHARACTERS)),
        "http://müller.example/?title=日本",
    ],
    ids=lambda text: str(len(text)),
)
def test_a_code_holds_the_text(text):
    code = modules(qr_svg(text))[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]
    assert read(code) == text


def test_a_damaged_code_is_noticed_by_the_reader():
    code = modules(qr_svg(SHORT))[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]
    code[12, 12] ^= True
    with pytest.raises(AssertionError, match="damaged"):
        read(code)


def test_the_margin_is_white_and_the_finders_are_in_their_corners():
    dark = modules(qr_svg(SHORT))
    inner = dark[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]
    assert dark.sum() == inner.sum()
    for corner in (inner[:7, :7], inner[:7, -7:], inner[-7:, :7]):
        np.testing.assert_array_equal(corner, FINDER)
    assert 'fill="#fff"' in qr_svg(SHORT)


def test_a_long_address_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^The address has 2,001 characters, more than the 2,000"):
        qr_svg(long_address(MOST_CHARACTERS + 1))
    with pytest.raises(ValueError, match="no address"):
        qr_svg("")


def test_nothing_of_the_text_is_markup():
    assert "<script" not in qr_svg('http://a/?"><script>alert(1)</script>')
