"""Concurrent use of models by several threads."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.sample.models import StorageObject, StorageObjectPage
from tests.support.zoo import Counters

THREADS = 8


@pytest.fixture(autouse=True)
def _frequent_thread_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def run_concurrently(func: Callable[[], object]) -> list[object]:
    """Return the results of a function that several threads call at the same time."""
    start = threading.Barrier(THREADS)

    def run() -> object:
        start.wait(10)
        return func()

    with ThreadPoolExecutor(THREADS) as pool:
        return [future.result(20) for future in [pool.submit(run) for _ in range(THREADS)]]


def test_threads_get_the_same_list() -> None:
    for size in (3, 300):  # the longer one is read in place
        text = json.dumps({"content": [{"id": str(number), "tags": [{"key": "k"}]} for number in range(size)]})
        for _ in range(20):
            page = StorageObjectPage.from_json(text)
            lists = run_concurrently(lambda page=page: page.content)  # type: ignore[misc]
            assert all(item is lists[0] for item in lists)
            assert page.content is not None
            assert [item.id for item in page.content] == [str(number) for number in range(size)]


def test_threads_get_the_same_dictionaries() -> None:
    for _ in range(50):
        counters = Counters()
        results = run_concurrently(lambda counters=counters: (counters.additional_properties, counters.unknown_fields))  # type: ignore[misc]
        first = results[0]
        assert isinstance(first, tuple)
        for other in results:
            assert isinstance(other, tuple)
            assert other[0] is first[0]
            assert other[1] is first[1]


def test_an_assignment_during_a_first_read_is_kept() -> None:
    for _ in range(50):
        obj = StorageObject.from_json(b'{"id":"a","tags":[{"key":"k"}]}')
        start = threading.Barrier(2)

        def assign(obj: StorageObject = obj, start: threading.Barrier = start) -> None:
            start.wait(10)
            obj.tags = []

        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(assign)
            start.wait(10)
            _ = obj.tags
            future.result(10)
        assert obj.tags == []


def test_models_are_written_while_other_threads_read() -> None:
    data = {"content": [{"id": str(number), "tags": [{"key": "k"}]} for number in range(300)]}
    text = json.dumps(data)
    for _ in range(10):
        page = StorageObjectPage.from_json(text)

        turns = iter(range(THREADS))

        def write_or_validate(page: StorageObjectPage = page, turns: Iterator[int] = turns) -> object:
            return page.to_dict() if next(turns) % 2 else page.validate().to_dict()

        assert all(written == data for written in run_concurrently(write_or_validate))
