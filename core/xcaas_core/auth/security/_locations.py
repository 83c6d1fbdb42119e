"""Where in a request a credential goes."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from ..._secrets import MaskedStr
from ...sansio._messages import Request

__all__ = ["Authorization", "CookiePlace", "HeaderPlace", "Place", "QueryPlace", "Refused"]


class Refused(MaskedStr):
    """Marks a value that the server has refused, on the request that is about to be sent again."""

    __slots__ = ()


class Place(Protocol):
    """A place for a credential."""

    def put(self, request: Request, value: MaskedStr) -> bool:
        """Put it there, over one that was put there before. True if that one had been refused."""
        ...

    def refuse(self, request: Request) -> None:
        """Mark what is there as refused."""
        ...


class Authorization:
    """The `Authorization` header."""

    def put(self, request: Request, value: MaskedStr) -> bool:
        headers = request.headers
        before = headers.get("authorization")
        headers["authorization"] = value
        return before.__class__ is Refused

    def refuse(self, request: Request) -> None:
        request.headers["authorization"] = Refused(request.headers.get("authorization", ""))


class HeaderPlace:
    """Another header. One that the caller has set stays as it is."""

    def __init__(self, name: str) -> None:
        self._name = name.lower()

    def put(self, request: Request, value: MaskedStr) -> bool:
        before = self._present(request)
        if before is not None and not isinstance(before[1], MaskedStr):
            return False
        request.headers[self._name] = value
        return before is not None and isinstance(before[1], Refused)

    def refuse(self, request: Request) -> None:
        before = self._present(request)
        if before is not None and isinstance(before[1], MaskedStr):
            request.headers[before[0]] = Refused(before[1])

    def _present(self, request: Request) -> tuple[str, str] | None:
        for name, value in request.headers.items():
            if name.lower() == self._name:
                return name, value
        return None


class QueryPlace:
    """A parameter in the query. Addresses end up in logs of servers and proxies, which is why
    documents that have a choice use a header."""

    def __init__(self, name: str) -> None:
        self._name = quote(name, safe="")

    def put(self, request: Request, value: MaskedStr) -> bool:
        address, _, query = request.url.partition("?")
        others = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != self._name]
        others.append(f"{self._name}={quote(value, safe='')}")
        request.url = MaskedStr(f"{address}?{'&'.join(others)}")
        return False

    def refuse(self, request: Request) -> None:
        """Addresses carry no mark."""


class CookiePlace:
    """A cookie beside those that are there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def put(self, request: Request, value: MaskedStr) -> bool:
        pairs = [pair.strip() for pair in request.headers.get("cookie", "").split(";")]
        others = [pair for pair in pairs if pair and pair.partition("=")[0] != self._name]
        request.headers["cookie"] = MaskedStr("; ".join([*others, f"{self._name}={value}"]))
        return False

    def refuse(self, request: Request) -> None:
        """Cookies carry no mark."""
