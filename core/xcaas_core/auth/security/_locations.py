"""Where in a request a credential goes."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from ..._secrets import MaskedStr
from ...sansio._messages import Request

__all__ = ["AuthorizationLocation", "CookieLocation", "HeaderLocation", "Location", "QueryLocation"]


class Location(Protocol):
    """A place in requests for a credential."""

    def apply(self, request: Request, value: MaskedStr) -> None:
        """Put it there, over one that was put there before."""
        ...


class AuthorizationLocation:
    """The `Authorization` header."""

    def apply(self, request: Request, value: MaskedStr) -> None:
        request.headers["authorization"] = value


class HeaderLocation:
    """Another header. One that the caller has set stays as it is."""

    def __init__(self, name: str) -> None:
        self._name = name.lower()

    def apply(self, request: Request, value: MaskedStr) -> None:
        callers = next((value for name, value in request.headers.items() if name.lower() == self._name), None)
        if callers is None or isinstance(callers, MaskedStr):
            request.headers[self._name] = value


class QueryLocation:
    """A parameter in the query. Addresses end up in logs of servers and proxies, which is why
    documents that have a choice use a header."""

    def __init__(self, name: str) -> None:
        self._name = quote(name, safe="")

    def apply(self, request: Request, value: MaskedStr) -> None:
        address, _, query = request.url.partition("?")
        others = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != self._name]
        others.append(f"{self._name}={quote(value, safe='')}")
        request.url = MaskedStr(f"{address}?{'&'.join(others)}")


class CookieLocation:
    """A cookie beside those that are there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def apply(self, request: Request, value: MaskedStr) -> None:
        pairs = [pair.strip() for pair in request.headers.get("cookie", "").split(";")]
        others = [pair for pair in pairs if pair and pair.partition("=")[0] != self._name]
        request.headers["cookie"] = MaskedStr("; ".join([*others, f"{self._name}={value}"]))
