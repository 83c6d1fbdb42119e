"""The sandbox behind a fault proxy, in a process of its own that ends when its input does.

It prints its two addresses, then responds to each line that it reads with a line of JSON:
`faults RATE SEED`, `reset`, `revoke` and `record`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Final

from xcaas_sandbox import FaultProxy, Sandbox
from xcaas_sandbox._messages import Message

__all__ = ["Service", "running"]

TOKEN_LIFETIME: Final = 3.0
# Dates stand still and jobs take no time, so that a call without a fault always gets the same response.
NOW: Final = 1_768_383_000.0
SPEED: Final = 1e9


class Service:
    """The process as the tests see it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        addresses: dict[str, str] = json.loads(self._read())
        self.direct, self.faulty = addresses["direct"], addresses["faulty"]

    def tell(self, command: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return json.loads(self._read())

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the service ended"
        return line


@contextmanager
def running() -> Generator[Service]:
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            yield Service(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(20)


def _vouched_for(path: str, response: Message) -> bool:
    """Damage that can be noticed: to JSON, and to files that come with a digest."""
    return response.media_type.endswith("json") or ("/storage/" in path and path.endswith("/content"))


def _serve() -> None:
    sandbox = Sandbox(token_lifetime=TOKEN_LIFETIME, speed=SPEED, wall=lambda: NOW)
    with sandbox, FaultProxy(sandbox.base_url, rate=0, corruptible=_vouched_for, patience=1.0) as proxy:
        _say({"direct": sandbox.base_url, "faulty": proxy.base_url})
        for line in sys.stdin:
            command, *values = line.split()
            response: object = None
            if command == "faults":
                proxy.plan(rate=float(values[0]), seed=int(values[1]))
            elif command == "reset":
                sandbox.state.reset()
            elif command == "revoke":
                response = sandbox.state.credentials.revoke()
            elif command == "record":
                response = [asdict(passage) for passage in proxy.record]
                proxy.record.clear()
            _say(response)


def _say(response: object) -> None:
    sys.stdout.write(json.dumps(response) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()
