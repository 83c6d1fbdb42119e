"""Open files: reading by ranges or from a complete download, and rejecting wrong bytes."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import fsspec
import pytest

from tests.support.storage_service import Item, StorageService, storage_service
from xcaas import DownloadError

PATH = "us-west/callrecording/2026-01-05/o.mp3"
CONTENT = random.Random(8).randbytes(10_000)


@contextmanager
def open_service(
    content: bytes = CONTENT, *, ranges: bool = True, **fields: object
) -> Generator[tuple[StorageService, Any]]:
    with storage_service(Item("o", content, changes=fields), ranges=ranges) as service:
        yield service, fsspec.filesystem("xcaas", base_url=service.url)


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("cache_type", ["readahead", "bytes", "blockcache", "none", "all"])
def test_seek_and_read_return_the_right_bytes_with_any_cache(ranges: bool, cache_type: str) -> None:
    rng = random.Random(cache_type)
    with open_service(ranges=ranges) as (_, fs), fs.open(PATH, block_size=1000, cache_type=cache_type) as file:
        for _ in range(30):
            begin, length = rng.randrange(10_000), rng.randrange(3_000)
            file.seek(begin)
            assert file.read(length) == CONTENT[begin : begin + length]
        file.seek(0)
        assert file.read() == CONTENT


def test_partial_reads_request_only_their_range() -> None:
    with open_service(b"x" * 1_000_000) as (service, fs):
        assert fs.cat_file(PATH, -100, None) == b"x" * 100
        with fs.open(PATH, block_size=1000) as file:
            file.seek(500_000)
            file.read(10)
        assert service.sent < 10_000
        assert "GET /storage/us-west/v3/objects/o/content bytes=500000-501009" in service.seen


def test_small_files_are_downloaded_once_and_verified() -> None:
    with open_service() as (service, fs):
        with fs.open(PATH) as file:
            assert [file.read(4_000), file.read(4_000), file.read()] == [
                CONTENT[:4000],
                CONTENT[4000:8000],
                CONTENT[8000:],
            ]
        assert len(service.requests("/content")) == 1
    with (
        open_service(checksum="0" * 32) as (_, fs),
        fs.open(PATH) as file,
        pytest.raises(OSError, match="sum") as caught,
    ):
        file.read(10)
    assert isinstance(caught.value.__cause__, DownloadError)


def test_big_files_are_downloaded_once_without_range_support() -> None:
    with open_service(ranges=False) as (service, fs):
        with fs.open(PATH, block_size=100) as file:
            file.seek(9_000)
            assert file.read(10) == CONTENT[9_000:9_010]
            file.seek(10)
            assert file.read(10) == CONTENT[10:20]
        assert len(service.requests("/content")) == 2, "one request to detect range support, one for the file"


def test_big_files_read_in_order_are_verified() -> None:
    with open_service(checksum="0" * 32) as (_, fs), fs.open(PATH, block_size=1000) as file:
        assert file.read(2000) == CONTENT[:2000]
        with pytest.raises(OSError, match="checksum 0000"):
            file.read()
    parts = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest() + "-3"
    with open_service(checksum=parts) as (_, fs), fs.open(PATH, block_size=1000) as file:
        assert file.read() == CONTENT


def test_objects_changed_while_being_read_raise() -> None:
    with open_service() as (service, fs), fs.open(PATH, block_size=100) as file:
        service.etags = ['"one"', '"two"']
        file.read(10)
        file.seek(5_000)
        with pytest.raises(OSError, match="changed"):
            file.read(10)


def test_ranges_of_wrong_position_or_size_raise() -> None:
    with open_service() as (service, fs), fs.open(PATH, block_size=100) as file:
        service.shift = 1
        with pytest.raises(OSError, match="others were received"):
            file.read(10)
        service.shift = 0
        service.items[0].content = CONTENT[:8_000]
        with pytest.raises(OSError, match="of 8000 were received"):
            file.read(10)


def test_full_responses_to_range_requests_are_sliced() -> None:
    with open_service() as (service, fs), fs.open(PATH, block_size=100) as file:
        service.etags = [None]
        service.ranges = False
        file.seek(5_000)
        assert file.read(10) == CONTENT[5_000:5_010]


def test_files_of_unknown_size_are_read_completely() -> None:
    with open_service(storedBytes=None) as (_, fs), fs.open(PATH) as file:
        assert file.read() == CONTENT
        assert fs.cat_file(PATH, 5, -5) == CONTENT[5:-5]


def test_empty_files_are_read_as_empty_bytes() -> None:
    with open_service(b"") as (_, fs):
        assert fs.cat(PATH) == b""
        with fs.open(PATH) as file:
            assert file.read() == b""
