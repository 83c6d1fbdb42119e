"""A server on the loopback, in a process of its own, that gives small JSON answers fast; and who asks it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

__all__ = ["HEADERS", "each_library", "library", "serving"]

HEADERS: Final = {"Authorization": "Bearer token", "Accept": "application/json"}
"""What a call of the SDK sends, for others to send too."""

_SERVER: Final = """
import asyncio, sys
body, delay = sys.argv[1].encode(), float(sys.argv[2])
head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body)

class Answering(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        self.rest += data
        while (end := self.rest.find(b"\\r\\n\\r\\n")) >= 0:  # only requests without a body come here
            self.rest = self.rest[end + 4:]
            if delay:
                asyncio.get_running_loop().call_later(delay, self.transport.write, head + body)
            else:
                self.transport.write(head + body)

async def main():
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def serving(body: str, *, delay: float = 0.0) -> Generator[str]:
    """The address of a server that answers every request with this JSON, after so many seconds."""
    command = [sys.executable, "-c", _SERVER, body, str(delay)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.kill()
        server.wait()


def each_library(module: str, arguments: Sequence[str]) -> int:
    """Run a benchmark with each HTTP library that is installed, in processes of their own. 1 if a budget is missed."""
    libraries = [name for name in ("httpx", "httpx2") if find_spec(name)]
    commands = [[sys.executable, "-m", module, name, *arguments] for name in libraries]
    return max(subprocess.run(command, check=False).returncode for command in commands)


def library(name: str) -> type[httpx.Client]:
    """The blocking client of a library, which the SDK will use from now on, as if the other were not installed."""
    if name == "httpx":
        # As after `pip install xcaas`; with the extra `httpx2`, that is preferred.
        sys.modules["httpx2"] = None  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
    found: type[httpx.Client] = importlib.import_module(name).Client
    return found
