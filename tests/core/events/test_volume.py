"""Events over connections that are lost every half second: none is lost or repeated, memory is bounded."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.events.support import TOPIC, async_client, blocking_client
from tests.support.volume import volume

COUNT = volume(25_000, 100_000)
MAX_MEMORY = 20 * 2**20
_SANDBOX = """
import sys
from xcaas_sandbox import Fault, Faults, Sandbox
with Sandbox(faults=Faults([Fault(path="/ws/", lasts=0.5, repeat=1000)])) as sandbox:
    print(sandbox.base_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def base_url() -> Iterator[str]:
    """Yield the URL of a sandbox in another process, whose memory is not measured."""
    with subprocess.Popen([sys.executable, "-c", _SANDBOX], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        assert process.stdin is not None
        process.stdin.close()


def event_log(base_url: str, count: int = 0) -> dict[str, object]:
    """Return the state of the sandbox's event log, after adding `count` events."""
    address = f"{base_url}/_sandbox/events?count={count}"
    request = urllib.request.Request(address, method="POST" if count else "GET")
    with urllib.request.urlopen(request, timeout=30) as response:
        result: dict[str, object] = json.load(response)
    return result


def memory() -> int:
    """Return the memory that this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


class Tally:
    """Counts of each event, and memory growth after the first thousand."""

    def __init__(self) -> None:
        self.counts = bytearray(COUNT)
        self.total = 0
        self.max_growth = 0
        self._before = 0

    def count(self, number: int) -> bool:
        """Count an event, and return whether it was the last."""
        self.counts[number - 1] += 1
        self.total += 1
        if self.total == 1000:
            self._before = memory()
        elif self.total % 5000 == 0:
            self.max_growth = max(self.max_growth, memory() - self._before)
        return self.total == COUNT

    def assert_complete(self, base_url: str) -> None:
        assert set(self.counts) == {1}
        assert self.max_growth < MAX_MEMORY, self.max_growth
        opened = event_log(base_url)["opened"]
        assert isinstance(opened, int)
        assert opened > 3
        print(f"{opened} connections, {self.max_growth / 2**20:.1f} MB more")  # noqa: T201


def number_of(payload: object) -> int:
    """Return the number of an event."""
    info = getattr(getattr(payload, "interaction"), "msg_info")  # noqa: B009
    result: int = info.sequence_id
    return result


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(600)
def test_blocking_reader_receives_each_event_once(base_url: str) -> None:
    event_log(base_url, COUNT)
    tally = Tally()
    with blocking_client(base_url) as client, client.events.read(TOPIC, resume_token="earliest") as events:
        for event in events:
            if tally.count(number_of(event.payload)):
                break
    tally.assert_complete(base_url)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(600)
def test_async_consumer_receives_each_event_once(base_url: str) -> None:
    tally = Tally()

    def publish() -> None:
        deadline = time.monotonic() + 30
        while not event_log(base_url)["subscriptions"] and time.monotonic() < deadline:
            time.sleep(0.02)
        event_log(base_url, COUNT)

    async def main() -> None:
        async with async_client(base_url) as client, client.events.consume(TOPIC, "board") as events:
            async for event in events:
                if tally.count(number_of(event.payload)):
                    break

    publisher = threading.Thread(target=publish)
    publisher.start()
    asyncio.run(main())
    publisher.join()
    tally.assert_complete(base_url)
