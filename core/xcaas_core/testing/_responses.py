"""Responses and requests of a fake server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from .._json import JSONValue, standard_loads

if TYPE_CHECKING:
    from ..operations._operation import Operation
    from ..sansio._messages import Request

__all__ = ["NOTHING", "FakeHeaders", "FakeRequest", "FakeResponse", "ServedResponse"]


class _Nothing:
    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = _Nothing()
"""No JSON body, as opposed to null."""


class FakeHeaders(dict[str, str]):
    """Headers by case-insensitive name."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        super().__init__({name.lower(): value for name, value in (headers or {}).items()})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        return super().get(name.lower(), default)  # pyright: ignore[reportCallIssue, reportArgumentType]


class FakeResponse:
    """One response, or one failure.

    Args:
        status: HTTP status.
        json: Body as JSON; models may be part of it.
        text: Body as text.
        content: Body as bytes, or as pieces of bytes that arrive one by one.
        headers: Headers to add.
        length: Value of `Content-Length` instead of the real one; None to leave it out.
        error: Error to raise after the body, or after the request if there is no body, as if the
            network had failed: an error from `xcaas`, such as `ConnectionLostError("cut")`.
    """

    __slots__ = ("error", "headers", "pieces", "status")

    def __init__(
        self,
        status: int = 200,
        *,
        json: object = NOTHING,
        text: str | None = None,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        length: int | _Nothing | None = NOTHING,
        error: BaseException | None = None,
    ) -> None:
        self.status: int = status
        self.error: BaseException | None = error
        media_type, body = _body(json, text, content)
        self.pieces: list[bytes] = [body] if isinstance(body, bytes) else list(body)
        defaults = {"content-type": media_type} if media_type else {}
        if isinstance(length, _Nothing):
            length = sum(map(len, self.pieces))
        if length is not None:
            defaults["content-length"] = str(length)
        self.headers: FakeHeaders = FakeHeaders(
            {**defaults, **{name.lower(): value for name, value in (headers or {}).items()}}
        )


def _body(
    json: object, text: str | None, content: bytes | Iterable[bytes] | None
) -> tuple[str | None, bytes | Iterable[bytes]]:
    if not isinstance(json, _Nothing):
        from json import dumps

        return "application/json", dumps(json, default=_model_to_dict).encode()
    if text is not None:
        return "text/plain; charset=utf-8", text.encode()
    return (None, b"") if content is None else ("application/octet-stream", content)


def _model_to_dict(value: object) -> dict[str, JSONValue]:
    from ..models import Model

    if isinstance(value, Model):
        return value.to_dict()
    raise TypeError(f"json= takes models and what JSON has, not {type(value).__name__}")


class ServedResponse:
    """A response while the client reads it."""

    __slots__ = ("_fake", "_pieces", "closed", "content")

    def __init__(self, fake: FakeResponse) -> None:
        self._fake = fake
        self._pieces = list(fake.pieces)
        self.content = b""
        self.closed = False

    @property
    def status(self) -> int:
        return self._fake.status

    @property
    def headers(self) -> FakeHeaders:
        return self._fake.headers

    def read(self) -> None:
        pieces: list[bytes] = []
        while piece := self.chunk():
            pieces.append(piece)
        self.content = b"".join(pieces)

    def chunk(self) -> bytes:
        while self._pieces:
            if piece := self._pieces.pop(0):
                return piece
        if self._fake.error is not None:
            raise self._fake.error
        return b""


class FakeRequest:
    """A request as the server received it."""

    __slots__ = ("content", "headers", "method", "operation", "url")

    def __init__(self, request: Request, content: bytes, operation: Operation[object] | None) -> None:
        self.method: str = request.method
        self.url: str = request.url
        self.headers: FakeHeaders = FakeHeaders(request.headers)
        self.content: bytes = content
        self.operation: Operation[object] | None = operation

    @property
    def call(self) -> str | None:
        """The call that sent it, as in `storage.objects.search`; None for token requests and the like."""
        return None if self.operation is None else self.operation.call

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.url).path)

    @property
    def query(self) -> dict[str, list[str]]:
        """Query parameters, each with all its values."""
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(self.url).query, keep_blank_values=True):
            values.setdefault(name, []).append(value)
        return values

    def json(self) -> JSONValue:
        """Return the body as JSON. ValueError if it is something else."""
        return standard_loads(self.content)

    def __repr__(self) -> str:
        return f"<{self.method} {self.url}>"
