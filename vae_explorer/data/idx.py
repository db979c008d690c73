"""IDX, the file layout that MNIST was published in: read with suspicion, written reproducibly.

A file is a magic number (two zero bytes, the element type, the number of axes), the length of
each axis as a big-endian 32-bit number, then the elements. Only bytes (type 8) are handled.
"""

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.dataset import DataError
from vae_explorer.reason import reason

_UNSIGNED_BYTE = 8
_CHUNK_BYTES = 1 << 20


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


def read_idx(path: Path, item_shape: tuple[int, ...], max_items: int) -> NDArray[np.uint8]:
    """Items of an IDX file, gzipped if its name ends in ".gz": (N, *item_shape), read-only.

    The header is checked before anything that it promises is read, so neither a lying header
    nor a decompression bomb takes more memory than `max_items` items.

    Raises
    ------
    DataError
        The file cannot be read, is not gzip or IDX, is not of `item_shape`, is empty,
        holds more than `max_items`, or is shorter or longer than its header says.
    """
    try:
        with open(path, "rb") as file:
            if path.suffix != ".gz":
                return _parse(file, path, item_shape, max_items)
            if file.peek(2)[:2] != b"\x1f\x8b":
                raise DataError(f"{path} is named .gz but is not a gzip file.")
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                return _parse(unpacked, path, item_shape, max_items)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is a damaged gzip file ({error}).") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {reason(error)}.") from error


def write_idx(path: Path, items: NDArray[np.uint8]) -> None:
    """Write items, (N, ...), as an IDX file, gzipped if its name ends in ".gz".

    The gzip header names no file and no time, so the same items make the same bytes. The file
    appears whole or not at all.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    header = bytes((0, 0, _UNSIGNED_BYTE, items.ndim)) + np.array(items.shape, ">u4").tobytes()
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(unfinished, "wb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as packed:
                    _write(packed, header, items)
            else:
                _write(file, header, items)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(file: BinaryIO | gzip.GzipFile, header: bytes, items: NDArray[np.uint8]) -> None:
    file.write(header)
    file.write(np.ascontiguousarray(items, dtype=np.uint8).tobytes())


def _parse(
    stream: _Readable, path: Path, item_shape: tuple[int, ...], max_items: int
) -> NDArray[np.uint8]:
    axes = 1 + len(item_shape)
    header_size = 4 + 4 * axes
    magic = _read(stream, 4)
    expected = bytes((0, 0, _UNSIGNED_BYTE, axes))
    if len(magic) == 4 and magic != expected:
        raise DataError(
            f"{path} starts with the magic number 0x{magic.hex()}, but 0x{expected.hex()} "
            f"is that of an IDX file of {'images' if item_shape else 'labels'}."
        )
    header = magic + _read(stream, header_size - len(magic))
    if len(header) < header_size:
        raise DataError(
            f"{path} is truncated: its header takes {header_size} bytes and {len(header)} "
            "were found."
        )
    count, *shape = (int(length) for length in np.frombuffer(header, ">u4", offset=4))
    if tuple(shape) != item_shape:
        raise DataError(
            f"{path} holds images of {_by(shape)} pixels, but {_by(item_shape)} are expected."
        )
    if not 1 <= count <= max_items:
        raise DataError(
            f"{path} says that it holds {count:,} items, but it may hold 1 to {max_items:,}."
        )
    size = count * math.prod(item_shape)
    # One byte more than promised: it tells a longer file, and makes gzip verify its checksum.
    body = _read(stream, size + 1)
    if len(body) < size:
        raise DataError(
            f"{path} is truncated: {header_size + size:,} bytes are expected and "
            f"{header_size + len(body):,} were found."
        )
    if len(body) > size:
        raise DataError(
            f"{path} is longer than the {header_size + size:,} bytes that its header promises."
        )
    return np.frombuffer(body, np.uint8).reshape(count, *item_shape)


def _read(stream: _Readable, size: int) -> bytes:
    """`size` bytes; fewer only where the file ends."""
    chunks = []
    while size > 0:
        try:
            chunk = stream.read1(min(size, _CHUNK_BYTES))
        except EOFError:  # A gzip stream cut short: what came before is what was found.
            break
        if not chunk:
            break
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _by(shape: tuple[int, ...] | list[int]) -> str:
    return "×".join(str(length) for length in shape)
