"""A fast loopback server, in a separate process, for small JSON responses; and the HTTP libraries that call it."""

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

__all__ = ["HEADERS", "json_server", "library", "run_with_each_library"]

HEADERS: Final = {"Authorization": "Bearer token", "Accept": "application/json"}
"""The headers that the SDK sends, so that peers send the same."""

_SERVER: Final = """
import asyncio, sys
body, delay = sys.argv[1].encode(), float(sys.argv[2])
head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body)

class JSONProtocol(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        self.rest += data
        while (end := self.rest.find(b"\\r\\n\\r\\n")) >= 0:  # all requests are without a body
            self.rest = self.rest[end + 4:]
            if delay:
                asyncio.get_running_loop().call_later(delay, self.transport.write, head + body)
            else:
                self.transport.write(head + body)

async def main():
    server = await asyncio.get_running_loop().create_server(JSONProtocol, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def json_server(body: str, *, delay: float = 0.0) -> Generator[str]:
    """Run a server that responds to every request with `body`, after `delay` seconds, and yield its URL."""
    command = [sys.executable, "-c", _SERVER, body, str(delay)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.kill()
        server.wait()


def run_with_each_library(module: str, arguments: Sequence[str]) -> int:
    """Run a benchmark in a new process for each installed HTTP library. Return 1 if a budget is missed."""
    libraries = [name for name in ("httpx", "httpx2") if find_spec(name)]
    commands = [[sys.executable, "-m", module, name, *arguments] for name in libraries]
    return max(subprocess.run(command, check=False).returncode for command in commands)


def library(name: str) -> type[httpx.Client]:
    """Return the blocking client class of an HTTP library, and make the SDK use that library."""
    if name == "httpx":
        # As after `pip install xcaas`. If httpx2 is installed, the SDK prefers it.
        sys.modules["httpx2"] = None  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
    client_class: type[httpx.Client] = importlib.import_module(name).Client
    return client_class
