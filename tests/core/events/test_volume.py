"""Events over connections that are cut again and again: none is lost, each is handled once, memory stays.

The cuts come every half second instead of every second, so that there are enough of them in the time that it takes.
"""

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
    """A sandbox in a process of its own, so that its memory does not count."""
    with subprocess.Popen([sys.executable, "-c", _SANDBOX], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        assert process.stdin is not None
        process.stdin.close()


def ask(base_url: str, count: int = 0) -> dict[str, object]:
    """Look at the log, or make it longer."""
    address = f"{base_url}/_sandbox/events?count={count}"
    request = urllib.request.Request(address, method="POST" if count else "GET")
    with urllib.request.urlopen(request, timeout=30) as response:
        found: dict[str, object] = json.load(response)
    return found


def memory() -> int:
    """Return the memory that this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


class Tally:
    """What came: how often each event did, and how the memory grew since the first thousand."""

    def __init__(self) -> None:
        self.seen = bytearray(COUNT)
        self.total = 0
        self.grown = 0
        self._before = 0

    def add(self, number: int) -> bool:
        """Count an event, and return whether it was the last."""
        self.seen[number - 1] += 1
        self.total += 1
        if self.total == 1000:
            self._before = memory()
        elif self.total % 5000 == 0:
            self.grown = max(self.grown, memory() - self._before)
        return self.total == COUNT

    def check(self, base_url: str) -> None:
        assert set(self.seen) == {1}
        assert self.grown < MAX_MEMORY, self.grown
        opened = ask(base_url)["opened"]
        assert isinstance(opened, int)
        assert opened > 3
        print(f"{opened} connections, {self.grown / 2**20:.1f} MB more")  # noqa: T201


def number_of(payload: object) -> int:
    """Return the number of an event."""
    info = getattr(getattr(payload, "interaction"), "msg_info")  # noqa: B009
    found: int = info.sequence_id
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(600)
def test_a_blocking_reader(base_url: str) -> None:
    ask(base_url, COUNT)
    tally = Tally()
    with blocking_client(base_url) as client, client.events.read(TOPIC, resume_token="earliest") as events:
        for event in events:
            if tally.add(number_of(event.payload)):
                break
    tally.check(base_url)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(600)
def test_an_async_consumer(base_url: str) -> None:
    tally = Tally()

    def publish() -> None:
        deadline = time.monotonic() + 30
        while not ask(base_url)["subscriptions"] and time.monotonic() < deadline:
            time.sleep(0.02)
        ask(base_url, COUNT)

    async def main() -> None:
        async with async_client(base_url) as client, client.events.consume(TOPIC, "board") as events:
            async for event in events:
                if tally.add(number_of(event.payload)):
                    break

    publisher = threading.Thread(target=publish)
    publisher.start()
    asyncio.run(main())
    publisher.join()
    tally.check(base_url)
