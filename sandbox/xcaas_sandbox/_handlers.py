"""The interface between the application and the handlers of a product."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.datastructures import Headers, QueryParams

from ._replies import Reply
from ._specs import Operation, group_name

__all__ = ["Call", "Handler", "Service"]


@dataclass(frozen=True)
class Call:
    """A checked request, for its handler."""

    operation: Operation
    url: str
    path: dict[str, str]
    query: QueryParams
    headers: Headers
    body: bytes

    def parameter(self, wire: str) -> str:
        """Return a path parameter by its name in the spec."""
        return self.path[group_name(wire)]

    def values(self, wire: str) -> list[str]:
        """Return a list parameter, repeated or with commas."""
        return [part for value in self.query.getlist(wire) for part in value.split(",") if part]

    def number(self, wire: str, default: int) -> int:
        return int(self.query.get(wire, default))

    def flag(self, wire: str) -> bool:
        return self.query.get(wire, "").lower() == "true"

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


Handler = Callable[[Call], Reply | Awaitable[Reply]]


class Service(Protocol):
    """The state of one product. `handlers` maps operation ids to methods."""

    @property
    def handlers(self) -> dict[str, Handler]: ...
