"""From an error status to a typed error: the server's own message, code and body, and what to do."""

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

# Where services put their message and code if the spec doesn't say, best first.
_MESSAGES: Final = (
    "/message", "/detail", "/error_description", "/fault/faultstring", "/error/message", "/title", "/Error", "/error",
    "/errorMessage", "/messages", "/errors", "/reason",
)  # fmt: skip
_CODES: Final = ("/code", "/errorCode", "/ErrorCode", "/fault/detail/errorcode", "/error/code", "/errors/0/code")
_MAX_TEXT_LENGTH: Final = 4000
_MAX_SEARCHED: Final = 1 << 18  # for credentials: what is shown may begin with some, whose masks are shorter
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
    """Return the error for a response whose body has been read. `redactor` masks what the request carried."""
    redactor = redactor or Redactor()
    status = response.status
    content_type = response.headers.get("content-type")
    sent = media_type_of(content_type)
    body, parsed = _body(response, content_type, redactor)
    spec = _described(operation, status, sent, body) if parsed else None
    message = _text(body, (spec.message if spec else ()) or (), _MESSAGES) if parsed else _plain(body, sent)
    code = _text(body, (spec.code if spec else ()) or (), _CODES) if parsed else None
    return error_class(status)(
        f"{message or _phrase(status)}{_CUT if len(response.content) >= MAX_ERROR_BYTES else ''}",
        status=status,
        advice=_advice(operation, response, retry_after, redactor),
        body=_decoded(spec, body, operation.product.package),
        code=code,
        headers=redactor.headers(response.headers),
        retry_after=retry_after,
    )


def _body(response: Response, content_type: str | None, redactor: Redactor) -> tuple[JSONValue, bool]:
    """Return the body as JSON values and True, or as text and False."""
    content = response.content
    if not content:
        return None, False
    text = body_text(content, content_type)
    try:
        return redactor.value(loads(text)), True
    except (ValueError, RecursionError):
        if len(text) > _MAX_SEARCHED:
            text = f"{text[:_MAX_SEARCHED]}…"
        return redactor.text(text)[:_MAX_TEXT_LENGTH], False


def _described(operation: Operation[object], status: int, sent: str, body: JSONValue) -> ResponseSpec | None:
    """Find the spec's description of this error: one whose message is where it says, in this media type at best."""
    offered = [spec for spec in candidates(operation.errors, status) if spec.kind == "json"]
    offered.sort(key=lambda spec: not matches(spec.media_type, sent))
    for spec in offered:
        if _text(body, spec.message, ()):
            return spec
    return offered[0] if offered else None


def _decoded(spec: ResponseSpec | None, body: JSONValue, package: str) -> object:
    if spec is None or spec.annotation is None:
        return body
    codec = codec_for(spec.annotation, package)
    try:
        return body if codec is None else codec.decode(body)
    except XCaaSError:
        # The error matters more than its shape.
        return body


def _text(body: JSONValue, described: tuple[str, ...], usual: tuple[str, ...]) -> str | None:
    for pointer in (*described, *usual):
        text = _words(value_at(body, pointer))
        if text:
            return safe_text(text)
    return None


def _words(found: object, depth: int = 4) -> str | None:
    """Return text for what stands at a pointer: lists are joined, objects give their own message."""
    if not depth:
        return None
    if isinstance(found, str):
        return found
    if isinstance(found, bool):
        return None
    if isinstance(found, int | float):
        return str(found)
    if is_list(found):
        words = [_words(member, depth - 1) for member in found[:5]]
        return "; ".join([word for word in words if word])
    if is_object(found):
        words = [_words(found.get(key), depth - 1) for key in ("field", "message", "msg", "detail", "title", "reason")]
        return ": ".join([word for word in words if word])
    return None


def _plain(body: object, sent: str) -> str | None:
    """Take a short text for a message, but no web page."""
    if not isinstance(body, str) or is_html(sent) or body.lstrip().startswith("<"):
        return None
    return safe_text(body)


def _phrase(status: int) -> str:
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
        where = response.headers.get("location")
        to = f" The server points to {safe_text(redactor.text(safe_url(where).partition('?')[0]))}." if where else ""
        return f"Redirects are not followed, so that credentials stay where they belong.{to}"
    if status == 406:
        return f"The service cannot respond as {operation.accept}."
    if status >= 500:
        return "The service has a problem; try again later."
    return _ADVICE.get(status)
