"""A sandbox with streams, and a check for threads left by tests."""

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
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def log(sandbox: Sandbox) -> Events:
    return sandbox.state.services.events


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Check that no thread of a stream outlives its test."""
    before = set(threading.enumerate())
    yield
    gc.collect()
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert {thread.name for thread in set(threading.enumerate()) - before} == set()
