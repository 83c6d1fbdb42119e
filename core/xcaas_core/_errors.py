"""Every error that a call can raise.

    XCaaSError
    ├── ConfigurationError            the client is set up in a way that cannot work
    ├── ArgumentError                 a value given to a call cannot be sent (also ValueError)
    ├── CredentialsError              no usable credential
    │   ├── MissingCredentialsError   the client has none of the kind that the product takes
    │   └── TokenError                the token endpoint returned no token
    ├── TransportError                no complete response arrived
    │   ├── ConnectError              no connection was made: the server never saw the request
    │   │   └── CertificateError      the server's certificate was rejected
    │   ├── CallTimeoutError          a time limit passed (also TimeoutError)
    │   └── ConnectionLostError       the connection broke while the call was under way
    ├── ResponseError                 the server responded with an error
    │   ├── RedirectError             3xx: redirects are not followed
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── NotAcceptableError        406
    │   ├── ConflictError             409
    │   ├── PreconditionFailedError   412
    │   ├── UnsupportedMediaError     415
    │   ├── UnprocessableError        422
    │   ├── RateLimitError            429
    │   └── ServerError               5xx
    ├── DecodeError                   a response does not match the spec (JSON pointer)
    ├── PagingError                   a list cannot be read to its end
    ├── DownloadError                 a file could not be downloaded intact
    │   └── ArchiveError              an archive is damaged or unsafe to unpack
    ├── ExportError                   a table could not be written to a file (also OSError)
    └── PollerError                   a job on the server failed
        └── PollerTimeoutError        it did not finish in time (also TimeoutError)

Errors are created with a message where a problem is detected; `calls/_context.py` adds method, URL
and attempts. URLs and bodies are shown without secrets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._lazy import public

__all__ = [
    "ArchiveError",
    "ArgumentError",
    "Attempt",
    "AuthenticationError",
    "BadRequestError",
    "CallTimeoutError",
    "CertificateError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "CredentialsError",
    "DecodeError",
    "DownloadError",
    "ExportError",
    "MissingCredentialsError",
    "NotAcceptableError",
    "NotFoundError",
    "PagingError",
    "PermissionDeniedError",
    "PollerError",
    "PollerTimeoutError",
    "PreconditionFailedError",
    "RateLimitError",
    "RedirectError",
    "ResponseError",
    "ServerError",
    "TokenError",
    "TransportError",
    "UnprocessableError",
    "UnsupportedMediaError",
    "XCaaSError",
]


@dataclass(slots=True, eq=False, repr=False)
class Attempt:
    """One attempt of a call: its outcome, how long it took, and the wait before it."""

    number: int
    outcome: str
    status: int | None
    seconds: float
    waited: float

    def __repr__(self) -> str:
        return f"<Attempt {self.number}: {self.outcome} after {self.seconds:.3f} s>"


class XCaaSError(Exception):
    """The base of all errors that a call can raise."""

    method: str | None = None
    """HTTP method of the call."""
    url: str | None = None
    """URL of the call, without secrets."""
    operation: str | None = None
    """The call as written in Python, such as `storage.objects.search`."""
    status: int | None = None
    """HTTP status of the response, if there was one."""
    request_id: str | None = None
    """The server's id for this request. Quote it when you contact the vendor's support."""
    attempts: tuple[Attempt, ...] = ()
    """All attempts, including the last."""
    advice: str | None = None
    """How to fix it."""

    def __init__(self, message: str = "", *, advice: str | None = None) -> None:
        super().__init__(message)
        if advice is not None:
            self.advice = advice

    @property
    def message(self) -> str:
        """What went wrong, without the details that `str` adds."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        text = self.message
        if self.url is not None:  # jobs and pages have none
            text = f"{self.method} {self.url}: {text}"
        if details := self._details():
            text = f"{text} ({', '.join(details)})"
        if self.advice:
            text = f"{text}{'' if text.endswith(('.', '!', '?')) else '.'} {self.advice}"
        return text

    def _details(self) -> list[str]:
        details = [] if self.request_id is None else [f"request id {self.request_id}"]
        return [*details, f"{len(self.attempts)} attempts"] if len(self.attempts) > 1 else details


class ConfigurationError(XCaaSError):
    """The client is set up in a way that cannot work. Nothing was sent."""


class ArgumentError(XCaaSError, ValueError):
    """A value given to a call cannot be sent. Nothing was sent."""

    argument: str | None = None
    """The argument's name in Python, if the error is about one argument."""
    wire: str | None = None
    """The service's name for it."""

    @property
    def message(self) -> str:
        """What went wrong, and with which argument."""
        text = super().message
        if self.argument is None:
            return text
        if self.wire is not None and self.wire != self.argument:
            return f"{self.argument} ({self.wire if self.wire.isprintable() else repr(self.wire)}): {text}"
        return f"{self.argument}{'' if text.startswith('[') else ': '}{text}"  # ids[0]: …


class CredentialsError(XCaaSError):
    """There is no usable credential for the call."""


class MissingCredentialsError(CredentialsError):
    """The client has no credential of the kind that the product takes."""


class TokenError(CredentialsError):
    """The token endpoint returned no token.

    `status` is the response's status, `code` its error code.
    """

    code: str | None = None

    def __init__(
        self, message: str = "", *, advice: str | None = None, status: int | None = None, code: str | None = None
    ) -> None:
        super().__init__(message, advice=advice)
        self.status: int | None = status
        self.code = code


class TransportError(XCaaSError):
    """No complete response arrived. The server may have acted on the request, unless the
    error is a `ConnectError`."""


class ConnectError(TransportError):
    """No connection was made, so the server never saw the request."""


class CertificateError(ConnectError):
    """The server's certificate was rejected. A retry would not help."""


class CallTimeoutError(TransportError, TimeoutError):
    """The call took too long. `connected` is False if no connection had been made yet."""

    connected: bool = True


class ConnectionLostError(TransportError):
    """The connection broke, or the server did not speak HTTP."""


class ResponseError(XCaaSError):
    """The server responded with an error status."""

    body: object = None
    """The response's body: a model where the spec describes one, else JSON, else text."""
    code: str | None = None
    """The error code in the body, if the spec says which field holds it."""
    retry_after: float | None = None
    """Seconds to wait, if the server asked for a wait."""
    headers: Mapping[str, str] = {}
    """Headers of the response."""

    def __init__(
        self,
        message: str = "",
        *,
        status: int = 0,
        advice: str | None = None,
        body: object = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, advice=advice)
        self.status: int | None = status
        self.body = body
        self.code = code
        self.retry_after = retry_after
        self.headers = {} if headers is None else headers

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.args, {**vars(self), **_picklable_body(self.body)}

    def __setstate__(self, state: dict[str, Any] | None) -> None:
        text, model = (state or {}).pop("_text", (None, None))
        super().__setstate__(state)
        if text is not None:
            try:
                body: object = json.loads(text)
                self.body = body if model is None else model.from_dict(body)
            except (RecursionError, XCaaSError):
                self.body = text


def _picklable_body(body: object) -> dict[str, object]:
    """Return a body for pickles and copies: unchanged; as JSON text and its model if it may be nested too deeply for
    them; as None if not even JSON can be written."""
    convert = getattr(body, "to_dict", None)
    try:
        text = json.dumps(body if convert is None else convert())
    except RecursionError:
        return {"body": None}
    except (TypeError, ValueError):
        return {"body": body}
    if text.count("[") + text.count("{") <= 100:  # levels at most; `copy.deepcopy` fails at about 300
        return {"body": body}
    return {"body": None, "_text": (text, None if convert is None else type(body))}


class RedirectError(ResponseError):
    """3xx. Redirects are not followed: credentials must not travel to other hosts."""


class BadRequestError(ResponseError):
    """400: the server did not understand, or refuses, what was asked."""


class AuthenticationError(ResponseError):
    """401: the credential was refused, even with a new token."""


class PermissionDeniedError(ResponseError):
    """403: the credential is valid but not allowed to do this."""


class NotFoundError(ResponseError):
    """404: the resource does not exist, or this credential may not see it."""


class NotAcceptableError(ResponseError):
    """406: the server cannot respond in the requested media type."""


class ConflictError(ResponseError):
    """409: the request conflicts with the state of the resource."""


class PreconditionFailedError(ResponseError):
    """412: the resource has changed in the meantime."""


class UnsupportedMediaError(ResponseError):
    """415: the server does not accept this media type."""


class UnprocessableError(ResponseError):
    """422: the request is well-formed, but its content is invalid."""


class RateLimitError(ResponseError):
    """429: too many requests. `retry_after` says how long to wait, if the server did."""


class ServerError(ResponseError):
    """5xx: the server failed."""


_BY_STATUS: dict[int, type[ResponseError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    406: NotAcceptableError,
    409: ConflictError,
    412: PreconditionFailedError,
    415: UnsupportedMediaError,
    422: UnprocessableError,
    429: RateLimitError,
}


def error_class(status: int) -> type[ResponseError]:
    """Return the class of error for a status."""
    default = ServerError if status >= 500 else RedirectError if 300 <= status < 400 else ResponseError
    return _BY_STATUS.get(status, default)


class DecodeError(XCaaSError):
    """A response, or data for a model, does not match the spec. `pointer` is the JSON pointer to it (RFC 6901)."""

    pointer: str | None = None

    def __init__(self, message: str = "", *, pointer: str | None = None, advice: str | None = None) -> None:
        super().__init__(message, advice=advice)
        self.pointer = pointer

    def _details(self) -> list[str]:
        details = super()._details()
        return details if self.pointer is None else [f"at {self.pointer or 'the root'}", *details]


class PagingError(XCaaSError):
    """A list cannot be read to its end: the server repeats pages, or sent something other than a page."""


class DownloadError(XCaaSError):
    """A file could not be downloaded intact. No file is left under its final name."""


class ArchiveError(DownloadError):
    """An archive is damaged or unsafe to unpack. Nothing was unpacked."""


class ExportError(XCaaSError, OSError):
    """A table could not be written to a file. Any earlier file of that name is unchanged."""


class PollerError(XCaaSError):
    """A job on the server failed. `reason` is the server's message, `state` its state in the
    server's words, `id` the job's id."""

    reason: str | None = None
    state: str | None = None
    id: str | None = None

    def __init__(
        self,
        message: str = "",
        *,
        reason: str | None = None,
        state: str | None = None,
        id: str | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(message, advice=advice)
        self.reason = reason
        self.state = state
        self.id = id


class PollerTimeoutError(PollerError, TimeoutError):
    """A job did not finish in time. It is still running on the server; resume the wait with `id`."""


for _name in __all__:
    public(globals()[_name])
