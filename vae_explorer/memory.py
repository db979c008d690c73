"""Memory that a step frees stays with the process, for the next step."""

from __future__ import annotations

import torch

_LARGEST = 31 * 2**20  # bytes; glibc moves its threshold up to 32 MiB


def keep_freed_memory() -> None:
    """Has tensors of up to 31 MiB reuse what tensors before them have freed.

    glibc returns freed blocks above a threshold to the system, and the next step pays for every
    page of them again. Freeing one larger block moves the threshold up to its size (mallopt(3),
    M_MMAP_THRESHOLD). The block is never written to, so it costs nothing; other allocators are
    not affected.
    """
    torch.empty(_LARGEST, dtype=torch.uint8)
