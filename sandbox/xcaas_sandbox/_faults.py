"""Injected faults of networks and services, from a list of rules.

A rule is a mapping: `path` (a regular expression), `method`, and one or more of
`status` with `body`, `headers` and `media_type`; `delay` in seconds; `cut` (bytes
after which the connection is closed); `drip` (seconds from the first to the last of the
eight chunks of a body). On a stream of events, `cut` counts events, `pause` is the seconds
between events, `lasts` the seconds until the stream is closed, and every `repeat`-th event
is sent twice. `times` limits how often a rule applies, `chance` is its seeded probability.
Resets, garbage and silence are for `FaultProxy`: an application cannot produce them.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from starlette.types import ASGIApp, Receive, Scope, Send

from ._specs import is_list

__all__ = ["Fault", "Faults", "load_faults"]

_CHUNKS: Final = 8  # of a body with `drip`


@dataclass
class Fault:
    """One rule; see the module's docstring."""

    path: str = ".*"
    method: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    media_type: str = "text/html"
    delay: float = 0.0
    cut: int | None = None
    drip: float = 0.0
    pause: float = 0.0
    lasts: float | None = None
    repeat: int = 0
    times: int | None = None
    chance: float = 1.0


class Faults:
    """The rules in force. `add` and `clear` may be called while the sandbox runs."""

    def __init__(self, rules: list[Fault] | None = None, *, seed: int = 8) -> None:
        self._rules = list(rules or [])
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.fired = 0

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def pick(self, method: str, path: str) -> Fault | None:
        """Return the first rule that matches and applies, and count its use."""
        with self._lock:
            for fault in self._rules:
                matches = fault.method in (None, method) and re.search(fault.path, path) is not None
                if matches and fault.times != 0 and self._random.random() < fault.chance:
                    if fault.times is not None:
                        fault.times -= 1
                    self.fired += 1
                    return fault
        return None

    @property
    def middleware(self) -> Callable[[ASGIApp], ASGIApp]:
        return lambda app: _Middleware(app, self)


class _Middleware:
    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        fault = self._faults.pick(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
            return
        if fault.delay:
            await asyncio.sleep(fault.delay)
        body = _SlowBody(send)
        if fault.drip:
            send = body.collect
        if fault.status is not None:
            await _respond(fault, send)
        else:
            await self._app(scope, receive, send if fault.cut is None else _truncating(send, fault.cut))
        if fault.drip:
            await body.send(fault.drip)


async def _respond(fault: Fault, send: Send) -> None:
    body = fault.body.encode()
    headers = {"content-type": fault.media_type, "content-length": str(len(body)), **fault.headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": fault.status, "headers": raw})
    await send({"type": "http.response.body", "body": body[: fault.cut], "more_body": fault.cut is not None})


def _truncating(send: Send, size: int) -> Send:
    remaining = size

    async def truncate(message: MutableMapping[str, Any]) -> None:
        nonlocal remaining
        if message["type"] == "http.response.body":
            body = message.get("body", b"")[:remaining]
            remaining -= len(body)
            # The server closes the connection if a response ends before its announced length.
            message = {**message, "body": body, "more_body": True}
        await send(message)

    return truncate


class _SlowBody:
    """A body that is collected, and then sent slowly, in equal chunks."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._body = bytearray()
        self._complete = False

    async def collect(self, message: MutableMapping[str, Any]) -> None:
        """Keep a part of the body; pass other messages on."""
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        self._complete = not message.get("more_body", False)

    async def send(self, seconds: float) -> None:
        """Send the body within this time."""
        step = max(1, math.ceil(len(self._body) / _CHUNKS))
        for start in range(0, len(self._body), step):
            if start:
                await asyncio.sleep(seconds / (_CHUNKS - 1))
            chunk = bytes(self._body[start : start + step])
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self._send({"type": "http.response.body", "body": b"", "more_body": not self._complete})


def load_faults(path: Path) -> Faults:
    """Read rules from a JSON or YAML file: a list of mappings with the fields of `Fault`."""
    text = path.read_text("utf-8")
    rules: Any = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    if not is_list(rules):
        raise ValueError(f"{path}: expected a list of fault rules")
    try:
        return Faults([Fault(**rule) for rule in rules])
    except TypeError as error:
        raise ValueError(f"{path}: {error}; a rule takes {', '.join(Fault.__dataclass_fields__)}") from None
