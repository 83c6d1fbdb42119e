"""Follows requests of a user's HTTP client through the library's `trace` extension."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from .._errors import ConnectError
from ._early import refuse_early

__all__ = ["AsyncWatch", "Watch", "redirect_of"]

_CONNECTED: Final = ("connect_tcp.complete", "start_tls.complete", "connect_unix_socket.complete")
_SENDING: Final = "http11.send_request_headers.started"
_RECEIVED: Final = "http11.receive_response_headers.complete"


class _Watch:
    """Checks new connections, and keeps the head of the response."""

    __slots__ = ("_new_connection", "head")

    def __init__(self) -> None:
        self._new_connection: Any = None
        self.head: tuple[bytes, int, bytes, list[tuple[bytes, bytes]]] | None = None

    def handle(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            self._new_connection = info["return_value"]
        elif event == _SENDING and self._new_connection is not None:
            network, self._new_connection = self._new_connection, None
            refuse_early(network)
        elif event == _RECEIVED:
            self.head = info["return_value"]


class Watch(_Watch):
    """The extension for a blocking client."""

    __slots__ = ()

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        self.handle(event, info)


class AsyncWatch(_Watch):
    """The extension for an async client."""

    __slots__ = ()

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        self.handle(event, info)


def redirect_of(error: Exception, message: Any) -> Any:
    """Return the redirect, without its body, after which a request failed; None if there was none.

    Clients parse `Location` even if they do not follow it, and fail if it is invalid.
    """
    from ._errors import convert  # imported only after an error

    watch = message.extensions.get("trace")
    head = watch.head if isinstance(watch, _Watch) else None
    if head is None or not 300 <= head[1] < 400:
        return None
    failure = convert(error)
    if isinstance(failure, ConnectError) or not (failure or isinstance(error, UnicodeError)):
        return None  # a proxy's response, or a user's error
    library = import_module(type(message).__module__)
    return library.Response(head[1], headers=head[3], content=b"", request=message)
