"""First looks from many threads at once."""

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
def _eager_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(look: Callable[[], object]) -> list[object]:
    """What several threads get that look at the same moment."""
    start = threading.Barrier(THREADS)

    def run() -> object:
        start.wait(10)
        return look()

    with ThreadPoolExecutor(THREADS) as pool:
        return [found.result(20) for found in [pool.submit(run) for _ in range(THREADS)]]


def test_all_threads_get_the_same_list() -> None:
    for size in (3, 300):  # the longer one is read in place
        text = json.dumps({"content": [{"id": str(number), "tags": [{"key": "k"}]} for number in range(size)]})
        for _ in range(20):
            page = StorageObjectPage.from_json(text)
            lists = at_once(lambda page=page: page.content)  # type: ignore[misc]
            assert all(found is lists[0] for found in lists)
            assert page.content is not None
            assert [found.id for found in page.content] == [str(number) for number in range(size)]


def test_all_threads_get_the_same_dictionaries() -> None:
    for _ in range(50):
        counters = Counters()
        found = at_once(lambda counters=counters: (counters.additional_properties, counters.unknown_fields))  # type: ignore[misc]
        first = found[0]
        assert isinstance(first, tuple)
        for other in found:
            assert isinstance(other, tuple)
            assert other[0] is first[0]
            assert other[1] is first[1]


def test_an_assignment_wins_over_a_first_look() -> None:
    for _ in range(50):
        found = StorageObject.from_json(b'{"id":"a","tags":[{"key":"k"}]}')
        start = threading.Barrier(2)

        def assign(found: StorageObject = found, start: threading.Barrier = start) -> None:
            start.wait(10)
            found.tags = []

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(assign)
            start.wait(10)
            _ = found.tags
            done.result(10)
        assert found.tags == []


def test_writing_while_others_look() -> None:
    data = {"content": [{"id": str(number), "tags": [{"key": "k"}]} for number in range(300)]}
    text = json.dumps(data)
    for _ in range(10):
        page = StorageObjectPage.from_json(text)

        turns = iter(range(THREADS))

        def either(page: StorageObjectPage = page, turns: Iterator[int] = turns) -> object:
            return page.to_dict() if next(turns) % 2 else page.validate().to_dict()

        assert all(found == data for found in at_once(either))
