"""Checksums of downloads: plain MD5, and the digest of digests of multi-part uploads.

The checksum of an object stored in parts is `<md5 of the parts' md5s>-<number of parts>`,
without the size of a part. With one part it does not matter. With more, the length limits
the possible sizes, and upload tools use whole mebibytes (for small objects, every size can
be tried). If too many sizes remain, a match proves the file intact and a mismatch proves
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from hashlib import _Hash  # pyright: ignore[reportPrivateUsage]

__all__ = ["Checksum", "part_sizes"]

_MIB: Final = 1 << 20
# Mebibytes, as upload tools are often configured.
_USUAL_SIZES: Final = (5, 8, 10, 15, 16, 20, 25, 32, 50, 64, 100, 128, 256, 512, 1024)
_MAX_PART_SIZES: Final = 4  # part sizes to try at the same time
_UNDIVIDED: Final = 0  # not in parts
_ONE_PART: Final = 1 << 62  # of any size


def part_sizes(length: int, parts: int) -> tuple[tuple[int, ...], bool]:
    """Return sizes of a part that divide `length` bytes into `parts` parts, and whether these are all plausible ones."""
    if parts < 2 or length < parts:
        return ((max(length, 1),), True) if parts == 1 else ((), True)
    smallest = -(-length // parts)
    largest = -(-length // (parts - 1)) - 1
    if largest - smallest < _MAX_PART_SIZES:
        return tuple(range(smallest, largest + 1)), True
    aligned = range(-(-smallest // _MIB) * _MIB, largest + 1, _MIB)
    if len(aligned) <= _MAX_PART_SIZES:
        return tuple(aligned), bool(aligned)
    usual = [size * _MIB for size in _USUAL_SIZES if size * _MIB in aligned]
    return tuple(usual[:_MAX_PART_SIZES]), False


class Checksum:
    """A digest to compare with the service's.

    Args:
        expected: The service's checksum, hexadecimal, perhaps followed by `-<parts>`.
        length: Length of the whole file, if known.
    """

    __slots__ = ("_conclusive", "_digests", "expected")

    def __init__(self, expected: str, length: int | None) -> None:
        self.expected = expected.strip().strip('"').lower()
        digest, dash, parts = self.expected.partition("-")
        number = int(parts) if parts.isdecimal() and len(parts) < 10 else 0
        sizes: Iterable[int] = () if dash else (_UNDIVIDED,)
        self._conclusive = True
        if number == 1:
            sizes = (_ONE_PART,)
        elif number and length is not None:
            sizes, self._conclusive = part_sizes(length, number)
        supported = len(digest) == 32 and not digest.strip("0123456789abcdef")
        self._digests = [_Digest(size) for size in sizes] if supported else []

    @property
    def usable(self) -> bool:
        """Whether this checksum can be compared."""
        return bool(self._digests)

    @property
    def conclusive(self) -> bool:
        """Whether a mismatch would prove that the file is wrong."""
        return self.usable and self._conclusive

    def update(self, data: bytes) -> None:
        for digest in self._digests:
            digest.update(data)

    def matches(self) -> bool | None:
        """Return whether the bytes so far are the whole file; None if unknown."""
        if any(digest.text() == self.expected for digest in self._digests):
            return True
        return False if self.conclusive else None


class _Digest:
    """MD5 of all bytes (`size` is _UNDIVIDED), or of the MD5s of parts of `size` bytes."""

    __slots__ = ("_count", "_filled", "_outer", "_part", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._outer = _md5()
        self._part = _md5()
        self._filled = 0
        self._count = 0

    def update(self, data: bytes) -> None:
        if not self._size:
            self._part.update(data)
            return
        rest = memoryview(data)
        while rest:
            piece = rest[: self._size - self._filled]
            self._part.update(piece)
            self._filled += len(piece)
            rest = rest[len(piece) :]
            if self._filled == self._size:
                self._close_part()

    def _close_part(self) -> None:
        self._outer.update(self._part.digest())
        self._part = _md5()
        self._filled = 0
        self._count += 1

    def text(self) -> str:
        if not self._size:
            return self._part.hexdigest()
        outer, count = self._outer.copy(), self._count
        if self._filled or not count:
            outer.update(self._part.digest())
            count += 1
        return f"{outer.hexdigest()}-{count}"


def _md5() -> _Hash:
    import hashlib

    # It detects damage; without the flag, some builds of OpenSSL forbid MD5.
    return hashlib.md5(usedforsecurity=False)
