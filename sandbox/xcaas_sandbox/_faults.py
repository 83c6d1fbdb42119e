"""Faults on purpose: what networks and services do on a bad day, from a list of rules.

A rule is a mapping: `path` (a regular expression), `method`, and one or more of
`status` with `body`, `headers` and `media_type`; `delay` in seconds; `cut` (bytes
after which the connection drops); `drip` (seconds that a body takes, from its first of
eight drops to its last). On a stream of events `cut` counts events, `pause` is seconds
between events, `lasts` seconds after which it is cut, and `repeat` has every so manyth
event come twice. `times` bounds how often it fires, `chance` makes it a matter of seeded
luck. Resets, garbage and silence are for `FaultProxy`: an application can't do them.
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

_DROPS: Final = 8  # that a dripping body comes in


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
        """Return the first rule that fits and fires; its count goes down."""
        with self._lock:
            for fault in self._rules:
                fits = fault.method in (None, method) and re.search(fault.path, path) is not None
                if fits and fault.times != 0 and self._random.random() < fault.chance:
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
        drops = _Drops(send)
        if fault.drip:
            send = drops.collect
        if fault.status is not None:
            await _respond(fault, send)
        else:
            await self._app(scope, receive, send if fault.cut is None else _cutting(send, fault.cut))
        if fault.drip:
            await drops.send(fault.drip)


async def _respond(fault: Fault, send: Send) -> None:
    body = fault.body.encode()
    headers = {"content-type": fault.media_type, "content-length": str(len(body)), **fault.headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": fault.status, "headers": raw})
    await send({"type": "http.response.body", "body": body[: fault.cut], "more_body": fault.cut is not None})


def _cutting(send: Send, after: int) -> Send:
    left = after

    async def cut(message: MutableMapping[str, Any]) -> None:
        nonlocal left
        if message["type"] == "http.response.body":
            body = message.get("body", b"")[:left]
            left -= len(body)
            # The server closes the connection when a response ends before its promised length.
            message = {**message, "body": body, "more_body": True}
        await send(message)

    return cut


class _Drops:
    """A body that is collected, in however many pieces it comes, and sent in drops."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._body = bytearray()
        self._ends = False

    async def collect(self, message: MutableMapping[str, Any]) -> None:
        """Keep a piece of the body, as if it had been sent; pass on what is none."""
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        self._ends = not message.get("more_body", False)

    async def send(self, seconds: float) -> None:
        """Send the body, which takes so long."""
        step = max(1, math.ceil(len(self._body) / _DROPS))
        for start in range(0, len(self._body), step):
            if start:
                await asyncio.sleep(seconds / (_DROPS - 1))
            drop = bytes(self._body[start : start + step])
            await self._send({"type": "http.response.body", "body": drop, "more_body": True})
        await self._send({"type": "http.response.body", "body": b"", "more_body": not self._ends})


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
