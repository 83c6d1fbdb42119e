"""Checksums, with the multi-part form that upload tools leave."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core.downloads._checksum import Checksum, part_sizes

MIB = 1 << 20


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def in_parts(data: bytes, size: int) -> str:
    parts = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    return f"{md5(b''.join(md5(part) for part in parts)).hex()}-{len(parts)}"


def fed(checksum: Checksum, data: bytes, step: int = 7) -> bool | None:
    for start in range(0, len(data), step):
        checksum.update(data[start : start + step])
    return checksum.matches()


@given(data=st.binary(max_size=200), step=st.integers(1, 64))
def test_plain(data: bytes, step: int) -> None:
    assert fed(Checksum(md5(data).hex(), len(data)), data, step) is True
    assert fed(Checksum(md5(data).hex().upper(), None), data, step) is True
    assert fed(Checksum(md5(data + b"x").hex(), len(data)), data, step) is False


@given(data=st.binary(max_size=200), step=st.integers(1, 64))
def test_one_part_needs_no_size(data: bytes, step: int) -> None:
    assert fed(Checksum(in_parts(data, 1000), None), data, step) is True
    assert fed(Checksum(in_parts(data + b"x", 1000), None), data, step) is False


@given(data=st.binary(min_size=2, max_size=120), size=st.integers(1, 60), step=st.integers(1, 64))
def test_parts_are_never_called_wrong_when_they_are_right(data: bytes, size: int, step: int) -> None:
    checksum = Checksum(in_parts(data, size), len(data))
    verdict = fed(checksum, data, step)
    assert verdict is not False
    if checksum.conclusive:
        assert verdict is True
        assert fed(Checksum(in_parts(data[::-1] + b"!", size), len(data)), data, step) is not True


def test_usual_part_size_of_a_large_file_is_found() -> None:
    data = bytes(range(256)) * 4096 * 17  # 17 MiB
    assert fed(Checksum(in_parts(data, 8 * MIB), len(data)), data, MIB - 1) is True
    damaged = Checksum(in_parts(data, 8 * MIB), len(data))
    assert damaged.conclusive
    assert fed(damaged, data[:-1] + b"?", MIB) is False


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
def test_part_sizes(length: int, parts: int, sizes: tuple[int, ...], all_tried: bool) -> None:
    assert part_sizes(length, parts) == (sizes, all_tried)


@given(length=st.integers(1, 10**10), size=st.integers(1, 10**9))
def test_part_sizes_are_possible_ones(length: int, size: int) -> None:
    parts = -(-length // size)
    sizes, all_tried = part_sizes(length, parts)
    assert all(-(-length // found) == parts for found in sizes)
    if all_tried and parts > 1 and (size % MIB == 0 or -(-length // (parts - 1)) - -(-length // parts) < 4):
        assert size in sizes


@pytest.mark.parametrize("text", ["", "xyz", "abc-3", "sha256:00", "d41d8cd98f00b204e9800998ecf8427e-0x"])
def test_other_checksums_say_nothing(text: str) -> None:
    checksum = Checksum(text, 3)
    assert not checksum.conclusive
    assert checksum.matches() is None


def test_parts_without_a_length_say_nothing() -> None:
    checksum = Checksum(in_parts(b"abcdef", 2), None)
    assert not checksum.usable
    assert fed(checksum, b"abcdef") is None
