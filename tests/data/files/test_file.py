"""Open files: by ranges or as a whole, never with bytes that are wrong."""

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
def serving(content: bytes = CONTENT, *, ranges: bool = True, **told: object) -> Generator[tuple[StorageService, Any]]:
    with storage_service(Item("o", content, told=told), ranges=ranges) as service:
        yield service, fsspec.filesystem("xcaas", base_url=service.url)


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("cache_type", ["readahead", "bytes", "blockcache", "none", "all"])
def test_any_way_of_reading_gives_the_bytes(ranges: bool, cache_type: str) -> None:
    chance = random.Random(cache_type)
    with serving(ranges=ranges) as (_, fs), fs.open(PATH, block_size=1000, cache_type=cache_type) as file:
        for _ in range(30):
            begin, length = chance.randrange(10_000), chance.randrange(3_000)
            file.seek(begin)
            assert file.read(length) == CONTENT[begin : begin + length]
        file.seek(0)
        assert file.read() == CONTENT


def test_only_the_part_that_is_read_is_sent() -> None:
    with serving(b"x" * 1_000_000) as (service, fs):
        assert fs.cat_file(PATH, -100, None) == b"x" * 100
        with fs.open(PATH, block_size=1000) as file:
            file.seek(500_000)
            file.read(10)
        assert service.sent < 10_000
        assert "GET /storage/us-west/v3/objects/o/content bytes=500000-501009" in service.seen


def test_a_small_file_is_fetched_once_and_verified() -> None:
    with serving() as (service, fs):
        with fs.open(PATH) as file:
            assert [file.read(4_000), file.read(4_000), file.read()] == [
                CONTENT[:4000],
                CONTENT[4000:8000],
                CONTENT[8000:],
            ]
        assert len(service.requests("/content")) == 1
    with serving(checksum="0" * 32) as (_, fs), fs.open(PATH) as file, pytest.raises(OSError, match="sum") as caught:
        file.read(10)
    assert isinstance(caught.value.__cause__, DownloadError)


def test_a_service_without_ranges_sends_a_big_file_once() -> None:
    with serving(ranges=False) as (service, fs):
        with fs.open(PATH, block_size=100) as file:
            file.seek(9_000)
            assert file.read(10) == CONTENT[9_000:9_010]
            file.seek(10)
            assert file.read(10) == CONTENT[10:20]
        assert len(service.requests("/content")) == 2, "the question whether there are ranges, and the file"


def test_all_of_a_big_file_in_order_is_verified() -> None:
    with serving(checksum="0" * 32) as (_, fs), fs.open(PATH, block_size=1000) as file:
        assert file.read(2000) == CONTENT[:2000]
        with pytest.raises(OSError, match="checksum 0000"):
            file.read()
    parts = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest() + "-3"
    with serving(checksum=parts) as (_, fs), fs.open(PATH, block_size=1000) as file:
        assert file.read() == CONTENT


def test_an_object_that_changes_while_it_is_read() -> None:
    with serving() as (service, fs), fs.open(PATH, block_size=100) as file:
        service.etags = ['"one"', '"two"']
        file.read(10)
        file.seek(5_000)
        with pytest.raises(OSError, match="changed"):
            file.read(10)


def test_a_part_of_another_place_and_of_another_size() -> None:
    with serving() as (service, fs), fs.open(PATH, block_size=100) as file:
        service.shift = 1
        with pytest.raises(OSError, match="others were received"):
            file.read(10)
        service.shift = 0
        service.items[0].content = CONTENT[:8_000]
        with pytest.raises(OSError, match="of 8000 were received"):
            file.read(10)


def test_a_service_that_forgets_how_to_send_parts() -> None:
    with serving() as (service, fs), fs.open(PATH, block_size=100) as file:
        service.etags = [None]
        service.ranges = False
        file.seek(5_000)
        assert file.read(10) == CONTENT[5_000:5_010]


def test_a_size_that_nobody_tells() -> None:
    with serving(storedBytes=None) as (_, fs), fs.open(PATH) as file:
        assert file.read() == CONTENT
        assert fs.cat_file(PATH, 5, -5) == CONTENT[5:-5]


def test_an_empty_file() -> None:
    with serving(b"") as (_, fs):
        assert fs.cat(PATH) == b""
        with fs.open(PATH) as file:
            assert file.read() == b""
