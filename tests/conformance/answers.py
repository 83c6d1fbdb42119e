"""Sample responses of a document, and the comparison of the values read with those sent."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import enum
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import xcaas_core
from tests.conformance.bodies import charset, covers, is_lines, media_kind, media_types, same_json
from tests.conformance.document import JSON, Document, Node, OperationNode, is_list, is_object
from tests.conformance.samples import is_binary, samples
from tests.conformance.server import StubResponse
from tests.conformance.variants import type_of
from xcaas_core import ResponseError, ServerError
from xcaas_core.models import Model, UnknownModel

__all__ = ["SampleResponse", "accepts", "error_class", "hollow", "same_value", "sample_responses"]

_MAX_SAMPLES = 4
_TEXTUAL = ("xml", "yaml", "ndjson", "javascript", "jwt", "csv", "graphql")
_ERRORS: dict[int, type[ResponseError]] = {
    400: xcaas_core.BadRequestError,
    401: xcaas_core.AuthenticationError,
    403: xcaas_core.PermissionDeniedError,
    404: xcaas_core.NotFoundError,
    406: xcaas_core.NotAcceptableError,
    409: xcaas_core.ConflictError,
    412: xcaas_core.PreconditionFailedError,
    415: xcaas_core.UnsupportedMediaError,
    422: xcaas_core.UnprocessableError,
    429: xcaas_core.RateLimitError,
}
_SPARE = {"4": (418, 451, 410), "5": (502, 503, 500), "2": (200, 201, 202)}


@dataclass(frozen=True)
class SampleResponse:
    """A response and its value: JSON, text, bytes, or None for no body."""

    stub: StubResponse
    value: JSON
    schema: Node | None = None
    extras: frozenset[str] = frozenset[str]()
    fails: bool = field(default=False)

    @property
    def status(self) -> int:
        return self.stub.status


def error_class(status: int) -> type[ResponseError]:
    """Return the error class for a status, as in docs/calls.md."""
    return ServerError if status >= 500 else _ERRORS.get(status, ResponseError)


def sample_responses(
    document: Document, operation: OperationNode, most: int = _MAX_SAMPLES
) -> tuple[list[SampleResponse], list[str]]:
    """Return samples of all declared statuses and media types, and the statuses without samples."""
    sample_list: list[SampleResponse] = []
    missing: list[str] = []
    responses = operation.node.get("responses")
    declared = dict(responses.items()) if responses is not None else {}
    used_statuses = {int(code) for code in declared if code.isdecimal()}
    succeeds = any(code[:1] in "23" for code in declared)
    for code, response in declared.items():
        if code.startswith("x-") or code[:1] == "1":
            continue
        status = _status(code, used_statuses, succeeds=succeeds)
        status_samples = list(_samples_of_status(document, operation, status, response, most))
        sample_list += status_samples
        missing += [] if status_samples else [code]
    return sample_list, missing


def _status(code: str, used_statuses: set[int], *, succeeds: bool) -> int:
    if code.isdecimal():
        return int(code)
    family = code[:1] if code[:1] in _SPARE else "5" if succeeds else "2"
    return next((status for status in _SPARE[family] if status not in used_statuses), _SPARE[family][0])


def _samples_of_status(
    document: Document, operation: OperationNode, status: int, response: Node, most: int
) -> Iterator[SampleResponse]:
    headers = dict(_headers(document, response))
    form = operation.node.get("x-xcaas-response")
    single = form is not None and form.fields.get("single") is True
    fails = status >= 400
    content = media_types(response.get("content"))
    method = operation.method
    if method == "HEAD" or status in (204, 205, 304) or not content:
        first = content[0][0] if method == "HEAD" and content else None
        yield SampleResponse(StubResponse(status, first, None, headers), None, fails=fails)
        return
    for declared, media in content:
        for value, extras, body, kind in _contents(document, declared, media, most):
            # The project's specs declare that this list always has one element.
            value = value[0] if single and not fails and is_list(value) and len(value) == 1 else value
            yield SampleResponse(
                StubResponse(status, kind, body, headers), value, media.get("schema"), frozenset(extras), fails
            )


def _contents(document: Document, declared: str, media: Node, most: int) -> Iterator[tuple[JSON, set[str], bytes, str]]:
    """Yield value, names of extra fields, body and concrete media type."""
    kind, schema = media_kind(declared), media.get("schema")
    if kind == "text/plain" and schema is not None and schema.fields.get("type") == "object":
        # JSON with the wrong media type.
        for value, extras in samples(document, schema, write=False, most=most):
            yield value, extras, json.dumps(value).encode(), kind
        return
    if kind.endswith(("/json", "+json")) or (
        kind in ("*/*", "application/*") and schema is not None and not is_binary(schema)
    ):
        kind = (
            declared
            if "*" not in kind
            else kind.replace("*/*", "application/json").replace("/*", "/json").replace("*+", "")
        )
        if schema is not None and (is_binary(schema) or ("*/*" in declared and schema.fields.get("type") == "string")):
            plain = b'{"bytes": 1}' if is_binary(schema) else b"text"
            yield plain if is_binary(schema) else "text", set(), plain, kind if is_binary(schema) else "text/plain"
            return
        value_samples = samples(document, schema, write=False, most=most) if schema is not None else [({"a": 1}, {"a"})]
        for value, extras in value_samples:
            yield value, extras, json.dumps(value).encode(charset(kind)), kind
    elif is_lines(kind) and schema is not None and is_binary(schema):
        yield b'{"a": 1}\n', set(), b'{"a": 1}\n', kind
    elif kind.startswith("text/") or is_lines(kind) or any(word in kind for word in _TEXTUAL):
        value = _scalar_text(document, schema) or {
            "text/csv": "a,b\r\n1,é\r\n",
            "text/event-stream": "data: 1\n\n",
        }.get(kind, "<a>é</a>" if "xml" in kind else "text é")
        encoding = charset(declared)
        yield value, set(), value.encode(encoding), f"{kind.replace('/*', '/plain')}; charset={encoding}"
    elif schema is not None and schema.fields.get("type") == "string" and not is_binary(schema):
        yield "text é\n", set(), "text é\n".encode(), f"{kind}; charset=utf-8"
    else:
        concrete = (
            kind.replace("*/*", "application/octet-stream").replace("image/*", "image/png").replace("/*", "/x-any")
        )
        yield b"\x89bytes\x00\xff", set(), b"\x89bytes\x00\xff", concrete


def _scalar_text(document: Document, schema: Node | None) -> str | None:
    """Return the text of a number, boolean, date or UUID, if the schema has such a type."""
    type_and_format = () if schema is None else (schema.fields.get("type"), schema.fields.get("format"))
    if schema is None or not any(
        kind in type_and_format for kind in ("integer", "number", "boolean", "date-time", "date", "uuid")
    ):
        return None
    value, _ = samples(document, schema, write=False, most=1)[0]
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _headers(document: Document, response: Node) -> Iterator[tuple[str, str]]:
    section = response.get("headers")
    for name, header in section.items() if section is not None else ():
        schema = header.get("schema")
        # These are set by HTTP, not by the document.
        if schema is None or name.lower() in (
            "content-type",
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "retry-after",
            "connection",
        ):
            continue
        values = [value for value, _ in samples(document, schema, write=False, most=1)]
        if values and isinstance(values[0], str | int | float):
            yield name, str(values[0]).encode("ascii", "replace").decode()


# --- comparison -----------------------------------------------------------------


def same_value(got: object, sent: JSON) -> bool:
    """Return whether a Python value equals the JSON, text or bytes sent."""
    if isinstance(got, Model):
        return is_object(sent) and same_json(got.to_dict(), sent)
    if is_object(got) and is_object(sent):
        mapping = cast("dict[str, object]", got)
        return mapping.keys() == sent.keys() and all(same_value(member, sent[key]) for key, member in mapping.items())
    if isinstance(got, list | tuple) and is_list(sent):
        members = list(cast("list[object]", got))
        return len(members) == len(sent) and all(map(same_value, members, sent))
    return same_json(got, sent) or _same_scalar(got, sent)


def _same_scalar(got: Any, sent: JSON) -> bool:
    if isinstance(got, enum.Enum):
        return same_json(got.value, sent)
    if isinstance(got, bytes):
        return bool(got == sent) or (
            isinstance(sent, str) and sent in (base64.b64encode(got).decode(), got.decode("utf-8", "replace"))
        )
    if isinstance(got, dt.datetime) and isinstance(sent, str):
        return bool(got == dt.datetime.fromisoformat(sent[:26] + sent[29:] if len(sent) > 32 else sent))
    if isinstance(got, dt.date | uuid.UUID):
        return bool(str(got) == sent)
    if isinstance(got, bool):
        return bool(sent == json.dumps(got))
    if isinstance(got, decimal.Decimal | int | float):
        return isinstance(sent, str) and str(got) == str(sent)
    return False


def hollow(got: object, sent: JSON, schema: Node | None, extras: frozenset[str]) -> str | None:
    """Return what is missing or only raw JSON in a value although the document describes it, None if nothing is."""
    if sent is None:
        return None
    if got is None:
        return "None for a body"
    if schema is not None and type(got) is dict and got and _has_properties(schema):
        return "a plain dictionary where the document lists properties"
    return _hollow_model(got, extras)


def _has_properties(schema: Node, depth: int = 0) -> bool:
    if schema.fields.get("properties"):
        return type_of([schema]) in ({"object"}, {"object", "null"})
    section = schema.get("allOf")
    return depth < 5 and section is not None and any(_has_properties(part, depth + 1) for _, part in section.items())


def _hollow_model(got: Any, extras: frozenset[str]) -> str | None:
    if isinstance(got, UnknownModel) and set(got.unknown_fields) - extras:
        return f"UnknownModel for {json.dumps(got.to_dict())[:300]}"
    if isinstance(got, Model):
        unknown = sorted(set(got.unknown_fields) - extras)
        if unknown:
            return f"{type(got).__name__} knows nothing of {', '.join(unknown)}"
        members = [getattr(got, attribute.name) for attribute in type(got).__attrs_attrs__]
    elif is_object(got):
        members = list(cast("dict[str, object]", got).values())
    elif is_list(got):
        members = cast("list[object]", got)
    else:
        return None
    return next((reason for member in members if (reason := _hollow_model(member, extras)) is not None), None)


def accepts(accept: str | None, media_type: str) -> bool:
    """Return whether an Accept header includes a media type."""
    return accept is None or any(covers(media_range, media_type) for media_range in accept.split(","))
