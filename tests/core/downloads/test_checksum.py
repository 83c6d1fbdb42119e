"""Checksums, plain and of multi-part uploads."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core.downloads._checksum import Checksum, part_sizes

MIB = 1 << 20


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def multi_part_md5(data: bytes, size: int) -> str:
    parts = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    return f"{md5(b''.join(md5(part) for part in parts)).hex()}-{len(parts)}"


def check(checksum: Checksum, data: bytes, step: int = 7) -> bool | None:
    for start in range(0, len(data), step):
        checksum.update(data[start : start + step])
    return checksum.matches()


@given(data=st.binary(max_size=200), step=st.integers(1, 64))
def test_plain_checksum_is_verified(data: bytes, step: int) -> None:
    assert check(Checksum(md5(data).hex(), len(data)), data, step) is True
    assert check(Checksum(md5(data).hex().upper(), None), data, step) is True
    assert check(Checksum(md5(data + b"x").hex(), len(data)), data, step) is False


@given(data=st.binary(max_size=200), step=st.integers(1, 64))
def test_checksum_of_one_part_needs_no_length(data: bytes, step: int) -> None:
    assert check(Checksum(multi_part_md5(data, 1000), None), data, step) is True
    assert check(Checksum(multi_part_md5(data + b"x", 1000), None), data, step) is False


@given(data=st.binary(min_size=2, max_size=120), size=st.integers(1, 60), step=st.integers(1, 64))
def test_intact_parts_are_never_a_mismatch(data: bytes, size: int, step: int) -> None:
    checksum = Checksum(multi_part_md5(data, size), len(data))
    matches = check(checksum, data, step)
    assert matches is not False
    if checksum.conclusive:
        assert matches is True
        assert check(Checksum(multi_part_md5(data[::-1] + b"!", size), len(data)), data, step) is not True


def test_usual_part_size_of_a_large_file_is_found() -> None:
    data = bytes(range(256)) * 4096 * 17  # 17 MiB
    assert check(Checksum(multi_part_md5(data, 8 * MIB), len(data)), data, MIB - 1) is True
    damaged = Checksum(multi_part_md5(data, 8 * MIB), len(data))
    assert damaged.conclusive
    assert check(damaged, data[:-1] + b"?", MIB) is False


@pytest.mark.parametrize(
    ("length", "parts", "sizes", "all_tried"),
    [
        (10, 3, (4,), True),
        (100, 30, (), True),  # no size gives thirty parts of a hundred bytes: 4 gives 25, 3 gives 34
        (20 * MIB, 3, (7 * MIB, 8 * MIB, 9 * MIB), True),
        (2000 * MIB, 2, (1024 * MIB,), False),
        (3 * MIB + 5, 400, (), False),
        (5, 0, (), True),
        (1, 2, (), True),
        (0, 1, (1,), True),
    ],
)
def test_plausible_part_sizes(length: int, parts: int, sizes: tuple[int, ...], all_tried: bool) -> None:
    assert part_sizes(length, parts) == (sizes, all_tried)


@given(length=st.integers(1, 10**10), size=st.integers(1, 10**9))
def test_part_sizes_give_the_number_of_parts(length: int, size: int) -> None:
    parts = -(-length // size)
    sizes, all_tried = part_sizes(length, parts)
    assert all(-(-length // part_size) == parts for part_size in sizes)
    if all_tried and parts > 1 and (size % MIB == 0 or -(-length // (parts - 1)) - -(-length // parts) < 4):
        assert size in sizes


@pytest.mark.parametrize("text", ["", "xyz", "abc-3", "sha256:00", "d41d8cd98f00b204e9800998ecf8427e-0x"])
def test_other_checksums_are_not_compared(text: str) -> None:
    checksum = Checksum(text, 3)
    assert not checksum.conclusive
    assert checksum.matches() is None


def test_checksum_of_parts_without_a_length_is_not_usable() -> None:
    checksum = Checksum(multi_part_md5(b"abcdef", 2), None)
    assert not checksum.usable
    assert check(checksum, b"abcdef") is None
