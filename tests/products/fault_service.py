"""The sandbox behind a fault proxy, in its own process, which ends with its input.

It prints two URLs, then responds to each line of input with a line of JSON:
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
# Fixed dates and instant jobs give a call the same response each time.
NOW: Final = 1_768_383_000.0
SPEED: Final = 1e9


class Service:
    """The process, for the tests."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        addresses: dict[str, str] = json.loads(self._read())
        self.direct, self.faulty = addresses["direct"], addresses["faulty"]

    def send(self, command: str) -> Any:
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


def _is_verifiable(path: str, response: Message) -> bool:
    """Return whether damage would be noticed: in JSON, and in files with a digest."""
    return response.media_type.endswith("json") or ("/storage/" in path and path.endswith("/content"))


def _serve() -> None:
    sandbox = Sandbox(token_lifetime=TOKEN_LIFETIME, speed=SPEED, wall=lambda: NOW)
    with sandbox, FaultProxy(sandbox.base_url, rate=0, corruptible=_is_verifiable, patience=1.0) as proxy:
        _write({"direct": sandbox.base_url, "faulty": proxy.base_url})
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
                response = [asdict(request) for request in proxy.record]
                proxy.record.clear()
            _write(response)


def _write(response: object) -> None:
    sys.stdout.write(json.dumps(response) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()
