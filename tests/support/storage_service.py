"""Cloud Storage on the loopback, with given objects, optional ranges, and errors."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["Item", "StorageService", "storage_service"]


@dataclass
class Item:
    """One object. None omits a field, and `changes` overrides fields."""

    id: str
    content: bytes = b"content"
    name: str | None = "recording.mp3"
    kind: str = "callrecording"
    created: str | None = "2026-01-05T10:00:00"
    changes: dict[str, Any] = field(default_factory=dict[str, Any])

    def data(self) -> dict[str, Any]:
        fields = {
            "id": self.id,
            "type": self.kind,
            "objectName": self.name,
            "checksumType": "MD5",
            "checksum": hashlib.md5(self.content, usedforsecurity=False).hexdigest(),
            "storedBytes": len(self.content),
            "createdTime": self.created,
            "objectState": "AVAILABLE",
            **self.changes,
        }
        return {key: value for key, value in fields.items() if value is not None}


class StorageService:
    """The objects of each region, and the requests for them.

    `ranges`: whether ranges are supported. `etags`: ETags of contents, in order; the last one is repeated.
    `statuses`: statuses of responses by a pattern of the path.
    """

    def __init__(self, *items: Item, ranges: bool = True) -> None:
        self.items = list(items)
        self.ranges = ranges
        self.etags: list[str | None] = ['"one"']
        self.statuses: dict[str, int] = {}
        self.shift = 0
        self.seen: list[str] = []
        self.sent = 0
        self.url = ""

    def requests(self, part: str) -> list[str]:
        """Return the requests whose line contains `part`."""
        return [line for line in self.seen if part in line]

    def respond(self, method: str, target: str, ranged: str | None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        address = urlsplit(target)
        self.seen.append(f"{method} {unquote(target)}{f' {ranged}' if ranged else ''}")
        for pattern, status in self.statuses.items():
            if re.search(pattern, unquote(target)):
                return status, {}, b"{}"
        if address.path.endswith("/token"):
            token = {"access_token": "token", "token_type": "BearerToken", "expires_in": "1799"}
            return _json(token)
        _, _, region, _, *rest = address.path.split("/")
        if rest == ["regions"]:
            return _json(["us-west", "uk"])
        items = [item for item in self.items if region == "us-west"]
        if rest == ["objects"]:
            return self._search(items, {name: values[-1] for name, values in parse_qs(address.query).items()})
        item = next((item for item in items if item.id == unquote(rest[1])), None)
        if item is None:
            return 404, {}, b"{}"
        return self._content(item.content, ranged) if rest[2:] == ["content"] else _json(item.data())

    def _search(self, items: list[Item], query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        rows = [item.data() for item in items if f"type=={item.kind}" in query["filter"]]
        rows.sort(key=lambda row: str(row.get("createdTime")), reverse=query.get("sortDirection") == "DESC")
        offset = int(query.get("pageKey", "0"))
        end = offset + int(query.get("limit", "100"))
        return _json({"content": rows[offset:end], "pageKey": end, "lastPage": end >= len(rows)})

    def _content(self, content: bytes, ranged: str | None) -> tuple[int, dict[str, str], bytes]:
        etag = self.etags.pop(0) if len(self.etags) > 1 else self.etags[0]
        headers = {"Content-Type": "audio/mpeg"} | ({"ETag": etag} if etag else {})
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", ranged or "")
        if match is None or not self.ranges:
            return 200, headers, content
        first, last = int(match[1]), min(int(match[2]), len(content) - 1)
        if first > last:
            return 416, headers | {"Content-Range": f"bytes */{len(content)}"}, b""
        headers["Content-Range"] = f"bytes {first + self.shift}-{last + self.shift}/{len(content)}"
        return 206, headers, content[first : last + 1]


def _json(value: object) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


@contextmanager
def storage_service(*items: Item, ranges: bool = True) -> Generator[StorageService]:
    """Run a service with these objects in region us-west; other regions are empty."""
    service = StorageService(*items, ranges=ranges)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one piece

        def do_GET(self) -> None:
            status, headers, body = service.respond(self.command, self.path, self.headers.get("Range"))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
                service.sent += len(body)
            except ConnectionError:
                self.close_connection = True  # the client closed the connection

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
