"""IDX files come back as written, and each malformed one is told by its own sentence."""

import gzip
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vae_explorer.data import DataError
from vae_explorer.data.idx import read_idx, write_idx

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
HEADER = bytes((0, 0, 8, 3)) + b"".join(n.to_bytes(4, "big") for n in (2, 3, 4))
CONTENT = HEADER + IMAGES.tobytes()


def complaint(path: Path, content: bytes, max_items: int = 10) -> str:
    """What is said of a file with this content that should hold 3×4 images."""
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_idx(path, (3, 4), max_items)
    message = str(caught.value)
    assert message.startswith(str(path)) and message.endswith(".") and "\n" not in message
    return message


def test_layout_is_the_published_one(tmp_path: Path) -> None:
    write_idx(tmp_path / "images", IMAGES)
    assert (tmp_path / "images").read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["images", "images.gz"])
@given(
    items=hnp.arrays(
        np.uint8, hnp.array_shapes(min_dims=1, max_dims=3, max_side=6), elements=st.integers(0, 255)
    )
)
def test_round_trip(name: str, items: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_idx(path, items)
        back = read_idx(path, items.shape[1:], len(items))
        assert [entry.name for entry in Path(folder).iterdir()] == [name]
    assert back.dtype == np.uint8
    np.testing.assert_array_equal(back, items)
    assert back.flags.c_contiguous and not back.flags.writeable


def test_gzip_bytes_name_no_file_and_no_time(tmp_path: Path) -> None:
    write_idx(tmp_path / "one.gz", IMAGES)
    write_idx(tmp_path / "another.gz", IMAGES)
    content = (tmp_path / "one.gz").read_bytes()
    assert content == (tmp_path / "another.gz").read_bytes()
    assert content[3] == 0 and content[4:8] == bytes(4)


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    with pytest.raises(OSError):
        write_idx(tmp_path / "images", IMAGES)
    assert [entry.name for entry in tmp_path.iterdir()] == ["images"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
class TestComplaints:
    @pytest.fixture
    def path(self, tmp_path: Path, pack: object) -> Path:
        return tmp_path / ("images.gz" if pack is gzip.compress else "images")

    def test_truncated(self, path: Path, pack) -> None:
        message = complaint(path, pack(CONTENT[:-5]))
        assert "40 bytes are expected and 35 were found" in message

    def test_truncated_header(self, path: Path, pack) -> None:
        assert "takes 16 bytes and 9 were found" in complaint(path, pack(HEADER[:9]))

    def test_truncated_magic_number(self, path: Path, pack) -> None:
        assert "takes 16 bytes and 3 were found" in complaint(path, pack(HEADER[:3]))

    def test_empty(self, path: Path, pack) -> None:
        assert "takes 16 bytes and 0 were found" in complaint(path, pack(b""))

    def test_too_long(self, path: Path, pack) -> None:
        assert "longer than the 40 bytes" in complaint(path, pack(CONTENT + b"\0"))

    def test_labels_for_images(self, path: Path, pack) -> None:
        message = complaint(path, pack(bytes((0, 0, 8, 1, 0, 0, 0, 1, 7))))
        assert "0x00000801" in message and "0x00000803" in message and "images" in message

    def test_other_element_type(self, path: Path, pack) -> None:
        assert "0x00000d03" in complaint(path, pack(bytes((0, 0, 13, 3)) + CONTENT[4:]))

    def test_wrong_image_size(self, path: Path, pack) -> None:
        swapped = CONTENT[:8] + CONTENT[12:16] + CONTENT[8:12] + CONTENT[16:]
        assert "4×3 pixels, but 3×4 are expected" in complaint(path, pack(swapped))

    def test_no_items(self, path: Path, pack) -> None:
        assert "holds 0 items" in complaint(path, pack(CONTENT[:4] + bytes(4) + CONTENT[8:16]))

    def test_huge_claim(self, path: Path, pack) -> None:
        message = complaint(path, pack(CONTENT[:4] + b"\xff" * 4 + CONTENT[8:]))
        assert "4,294,967,295 items, but it may hold 1 to 10" in message

    def test_one_item_too_many(self, path: Path, pack) -> None:
        assert "may hold 1 to 1." in complaint(path, pack(CONTENT), max_items=1)


def test_images_for_labels(tmp_path: Path) -> None:
    write_idx(tmp_path / "labels", IMAGES)
    with pytest.raises(DataError, match="0x00000801 is that of an IDX file of labels"):
        read_idx(tmp_path / "labels", (), 10)


def test_not_gzip(tmp_path: Path) -> None:
    assert "is not a gzip file" in complaint(tmp_path / "images.gz", CONTENT)


def test_gzip_cut_short_tells_what_was_found(tmp_path: Path) -> None:
    packed = gzip.compress(CONTENT, compresslevel=0)
    # Stored, not squeezed: the 8 bytes of the trailer and 10 of the content are gone.
    message = complaint(tmp_path / "images.gz", packed[:-18])
    assert "40 bytes are expected and 30 were found" in message


@pytest.mark.parametrize("position", [-8, 10], ids=["checksum", "stream"])
def test_damaged_gzip(tmp_path: Path, position: int) -> None:
    packed = bytearray(gzip.compress(CONTENT))
    packed[position] ^= 0xFF
    assert "damaged gzip file" in complaint(tmp_path / "images.gz", bytes(packed))


@pytest.mark.parametrize("claim", [2, 10])
def test_bomb_is_not_unpacked(tmp_path: Path, claim: int) -> None:
    header = CONTENT[:4] + claim.to_bytes(4, "big") + CONTENT[8:16]
    bomb = gzip.compress(header + bytes(64 << 20), compresslevel=1)
    tracemalloc.start()
    try:
        message = complaint(tmp_path / "images.gz", bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "longer than" in message
    assert peak < 4 << 20


def test_missing_file_and_folder_for_file(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(DataError, match=r"cannot be read: .+\.$"):
            read_idx(path, (3, 4), 10)
