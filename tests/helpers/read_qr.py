"""A reader of QR codes that are drawn without a fault, by ISO/IEC 18004 and no other code.

Byte mode alone, and no correction of errors: that there are none is checked instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np


def by_version(text: str) -> tuple[int, ...]:
    """From version 1 on; the last stands for all above."""
    numbers = tuple(map(int, text.split()))
    return numbers + numbers[-1:] * (40 - len(numbers))


# Error correction codewords of a block, and blocks, by level and version: table 9 of the standard.
CORRECTION = {
    "L": by_version(
        "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30"
    ),
    "M": by_version("10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28"),
}
BLOCKS = {
    "L": by_version(
        "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20"
    ),
    "M": by_version("1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28"),
}
# Small codes that have room for more correction than was asked for.
CORRECTION |= {"Q": (13, 22, 18, 26), "H": (17, 28, 22, 16)}
BLOCKS |= {"Q": (1, 1, 2, 2), "H": (1, 1, 2, 4)}
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
MASKS = (
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
)


def modules(svg: str) -> np.ndarray:
    """(N, N) bool, true where it is dark, of an SVG whose one stroked path draws rows."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    dark = np.zeros((size, size), dtype=bool)
    (path,) = re.findall(r'stroke="#000"[^>]* d="([^"]+)"', svg)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            dark[int(y), int(x) : int(x + values[0])] = True
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return dark


def read(code: np.ndarray) -> str:
    """The text of a code (N, N) without its margin."""
    version = (len(code) - 17) // 4
    level, mask = format_information(code)
    free = ~function_modules(version)
    rows, columns = np.indices(code.shape)
    bits = code ^ (MASKS[mask](rows, columns) == 0)
    stream = [int(bits[i, j]) for i, j in zigzag(len(code)) if free[i, j]]
    words = [int("".join(map(str, stream[k : k + 8])), 2) for k in range(0, len(stream) - 7, 8)]
    data = b"".join(bytes(block) for block in data_blocks(words, level, version))
    return byte_segment(data, 8 if version < 10 else 16)


def format_information(code: np.ndarray) -> tuple[str, int]:
    places = [(8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)] + [(i, 8) for i in (7, 5, 4, 3, 2, 1, 0)]
    value = int("".join(str(int(code[place])) for place in places), 2) ^ 0b101010000010010
    remainder = value
    for shift in range(4, -1, -1):
        if remainder >> (shift + 10) & 1:
            remainder ^= 0b10100110111 << shift
    assert remainder == 0, "the format information is damaged"
    return LEVELS[value >> 13], value >> 10 & 7


def function_modules(version: int) -> np.ndarray:
    """(N, N) bool: finders, timing, alignment, format and version; the rest is data."""
    size = 17 + 4 * version
    taken = np.zeros((size, size), dtype=bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True
    taken[6] = taken[:, 6] = True
    if version >= 7:
        taken[:6, -11:-8] = taken[-11:-8, :6] = True
    if version > 1:
        count = version // 7 + 2
        step = -(-(size - 13) // (2 * count - 2)) * 2 if version != 32 else 26
        centres = [6, *(size - 7 - k * step for k in range(count - 1))]
        corners = {(6, 6), (6, size - 7), (size - 7, 6)}
        for i in centres:
            for j in centres:
                if (i, j) not in corners:
                    taken[i - 2 : i + 3, j - 2 : j + 3] = True
    return taken


def zigzag(size: int) -> Iterator[tuple[int, int]]:
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for i in range(size - 1, -1, -1) if upwards else range(size):
            yield i, right
            yield i, right - 1
        upwards = not upwards


def data_blocks(words: list[int], level: str, version: int) -> list[list[int]]:
    """The blocks' data, after a check that each is a word of the Reed-Solomon code."""
    count, correction = BLOCKS[level][version - 1], CORRECTION[level][version - 1]
    lengths = [len(words) // count - correction] * count
    for longer in range(count - len(words) % count, count):
        lengths[longer] += 1
    blocks: list[list[int]] = [[] for _ in lengths]
    incoming = iter(words)
    for k in range(max(lengths)):
        for block, length in zip(blocks, lengths):
            if k < length:
                block.append(next(incoming))
    data = [list(block) for block in blocks]
    for _ in range(correction):
        for block in blocks:
            block.append(next(incoming))
    for block in blocks:
        assert not any(syndromes(block, correction)), "a block is damaged"
    return data


def syndromes(block: list[int], count: int) -> list[int]:
    """Values at the first powers of α of the polynomial over GF(256) that the block is."""
    powers = [1]
    while len(powers) < 255:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100011101 if doubled > 255 else doubled)
    logarithm = {power: k for k, power in enumerate(powers)}
    values = []
    for k in range(count):
        value = 0
        for word in block:
            product = powers[(logarithm[value] + k) % 255] if value else 0
            value = product ^ word
        values.append(value)
    return values


def byte_segment(data: bytes, count_bits: int) -> str:
    stream = int.from_bytes(data)
    total = 8 * len(data)
    assert stream >> (total - 4) == 0b0100, "not in byte mode"
    length = stream >> (total - 4 - count_bits) & ((1 << count_bits) - 1)
    end = total - 4 - count_bits - 8 * length
    return (stream >> end & ((1 << 8 * length) - 1)).to_bytes(length).decode()
