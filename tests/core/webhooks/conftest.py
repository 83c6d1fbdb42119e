"""A server on loopback with the signer's key."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.core.webhooks.support import signer


@pytest.fixture
def origin_with_key() -> Iterator[tuple[str, Callable[[], int]]]:
    """Yield the URL of the server, and a function that returns its number of requests."""
    paths: list[str] = []
    body = json.dumps(signer.keys["key-1"]).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", lambda: len(paths)
    server.shutdown()
    server.server_close()
    thread.join(10)
