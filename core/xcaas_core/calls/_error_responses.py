"""Typed errors from error responses, with the server's message, code and body, and advice."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from .._checks import is_list, is_object
from .._errors import ResponseError, XCaaSError, error_class
from .._json import JSONValue, loads
from .._pointer import value_at
from .._redaction import Redactor, safe_text, safe_url
from ..http._media_types import body_text, is_html, matches, media_type_of
from ..operations._parameter import ResponseSpec
from ..sansio._messages import MAX_ERROR_BYTES
from ..serialization._codecs import codec_for
from ..serialization._responses import candidates

if TYPE_CHECKING:
    from ..operations._operation import Operation
    from ..sansio._messages import Response

__all__ = ["response_error"]

# Where message and code are if the spec doesn't say, best first.
_MESSAGE_POINTERS: Final = (
    "/message", "/detail", "/error_description", "/fault/faultstring", "/error/message", "/title", "/Error", "/error",
    "/errorMessage", "/messages", "/errors", "/reason",
)  # fmt: skip
_CODE_POINTERS: Final = (
    "/code",
    "/errorCode",
    "/ErrorCode",
    "/fault/detail/errorcode",
    "/error/code",
    "/errors/0/code",
)
_MAX_TEXT_LENGTH: Final = 4000
_MAX_REDACTED: Final = 1 << 18  # characters; more than _MAX_TEXT_LENGTH, as masks shorten the text
_CUT: Final = f" (the body is larger than {MAX_ERROR_BYTES:,} bytes, and was not read to its end)"

_ADVICE: Final[Mapping[int, str]] = {
    400: "Check the arguments; the message above is the server's.",
    401: "Check that the credential is right and meant for this product.",
    403: "The credential may lack this product or permission.",
    404: "Check the id, and that the region is the right one.",
    405: "The service does not offer this operation at this address; check region and base_url.",
    408: "Try again later, or ask for less at a time.",
    409: "Read the current state, then decide.",
    412: "Read the current version, then change that.",
    413: "Send less at a time.",
    415: "Send the body in a media type that the service takes.",
    422: "Correct the values that the server names.",
    429: "Make fewer calls at a time.",
}


def response_error(
    operation: Operation[object], response: Response, retry_after: float | None, redactor: Redactor | None = None
) -> ResponseError:
    """Return the error for a response whose body has been read. `redactor` masks the request's credentials."""
    redactor = redactor or Redactor()
    status = response.status
    content_type = response.headers.get("content-type")
    media_type = media_type_of(content_type)
    body, is_json = _read_body(response, content_type, redactor)
    spec = _error_spec(operation, status, media_type, body) if is_json else None
    message = _plain_message(body, media_type) or (
        _first_text(body, (spec.message if spec else ()) or (), _MESSAGE_POINTERS) if is_json else None
    )
    code = _first_text(body, (spec.code if spec else ()) or (), _CODE_POINTERS) if is_json else None
    return error_class(status)(
        f"{message or _status_text(status)}{_CUT if len(response.content) >= MAX_ERROR_BYTES else ''}",
        status=status,
        advice=_advice(operation, response, retry_after, redactor),
        body=_decode(spec, body, operation.product.package),
        code=code,
        headers=redactor.headers(response.headers),
        retry_after=retry_after,
    )


def _read_body(response: Response, content_type: str | None, redactor: Redactor) -> tuple[JSONValue, bool]:
    """Return the body as JSON values and True, or as text and False."""
    content = response.content
    if not content:
        return None, False
    text = body_text(content, content_type)
    try:
        return redactor.value(loads(text)), True
    except (ValueError, RecursionError):
        if len(text) > _MAX_REDACTED:
            text = f"{text[:_MAX_REDACTED]}…"
        return redactor.text(text)[:_MAX_TEXT_LENGTH], False


def _error_spec(operation: Operation[object], status: int, media_type: str, body: JSONValue) -> ResponseSpec | None:
    """Return the spec of this error: if possible one whose message is present, in this media type."""
    specs = [spec for spec in candidates(operation.errors, status) if spec.kind == "json"]
    specs.sort(key=lambda spec: not matches(spec.media_type, media_type))
    for spec in specs:
        if _first_text(body, spec.message, ()):
            return spec
    return specs[0] if specs else None


def _decode(spec: ResponseSpec | None, body: JSONValue, package: str) -> object:
    if spec is None or spec.annotation is None:
        return body
    codec = codec_for(spec.annotation, package)
    try:
        return body if codec is None else codec.decode(body)
    except XCaaSError:
        # An error body that doesn't match the spec is kept as JSON.
        return body


def _first_text(body: JSONValue, pointers: tuple[str, ...], defaults: tuple[str, ...]) -> str | None:
    for pointer in (*pointers, *defaults):
        text = _to_text(value_at(body, pointer))
        if text:
            return safe_text(text)
    return None


def _to_text(value: object, depth: int = 4) -> str | None:
    """Return a value as text: lists are joined, objects give their message."""
    if not depth:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return str(value)
    if is_list(value):
        parts = [_to_text(member, depth - 1) for member in value[:5]]
        return "; ".join([part for part in parts if part])
    if is_object(value):
        parts = [
            _to_text(value.get(key), depth - 1) for key in ("field", "message", "msg", "detail", "title", "reason")
        ]
        return ": ".join([part for part in parts if part])
    return None


def _plain_message(body: object, media_type: str) -> str | None:
    """Return plain text or a JSON string as the message; None for web pages."""
    if not isinstance(body, str) or is_html(media_type) or body.lstrip().startswith("<"):
        return None
    return safe_text(body)


def _status_text(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _advice(
    operation: Operation[object], response: Response, retry_after: float | None, redactor: Redactor
) -> str | None:
    status = response.status
    if retry_after is not None and status in (429, 503):
        return f"The server asks to wait {retry_after:g} s."
    if status == 304:
        return "What the condition of the request names is still the current version."
    if 300 <= status < 400:
        location = response.headers.get("location")
        target = (
            f" The server points to {safe_text(redactor.text(safe_url(location).partition('?')[0]))}."
            if location
            else ""
        )
        return f"Redirects are not followed, so that credentials stay where they belong.{target}"
    if status == 406:
        return f"The service cannot respond as {operation.accept}."
    if status >= 500:
        return "The service has a problem; try again later."
    return _ADVICE.get(status)
