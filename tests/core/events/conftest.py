"""A sandbox with streams, and a look at what a test left behind."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from xcaas_sandbox import Sandbox
from xcaas_sandbox._event_log import Events


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def log(sandbox: Sandbox) -> Events:
    return sandbox.state.services.events


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No thread of a stream outlives its test."""
    before = set(threading.enumerate())
    yield
    gc.collect()
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert {thread.name for thread in set(threading.enumerate()) - before} == set()
