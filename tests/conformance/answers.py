"""Answers that a document declares, as bytes to send, and whether the value that was read is what was sent."""

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
from tests.conformance.server import Answer
from tests.conformance.variants import type_of
from xcaas_core import ResponseError, ServerError
from xcaas_core.models import Model, UnknownModel

__all__ = ["SampleAnswer", "accepted", "error_of", "hollow", "same_value", "sample_answers"]

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
class SampleAnswer:
    """An answer and what it says: JSON, text, bytes, or None for no body."""

    answer: Answer
    value: JSON
    schema: Node | None = None
    extras: frozenset[str] = frozenset[str]()
    fails: bool = field(default=False)

    @property
    def status(self) -> int:
        return self.answer.status


def error_of(status: int) -> type[ResponseError]:
    """Return the class of an error, as docs/calls.md has it."""
    return ServerError if status >= 500 else _ERRORS.get(status, ResponseError)


def sample_answers(
    document: Document, operation: OperationNode, most: int = _MAX_SAMPLES
) -> tuple[list[SampleAnswer], list[str]]:
    """Return samples of each declared status in each of its media types, and the statuses that no sample fits."""
    found: list[SampleAnswer] = []
    missing: list[str] = []
    responses = operation.node.get("responses")
    declared = dict(responses.items()) if responses is not None else {}
    known = {int(code) for code in declared if code.isdecimal()}
    succeeds = any(code[:1] in "23" for code in declared)
    for code, response in declared.items():
        if code.startswith("x-") or code[:1] == "1":
            continue
        status = _status(code, known, succeeds=succeeds)
        made = list(_of_status(document, operation, status, response, most))
        found += made
        missing += [] if made else [code]
    return found, missing


def _status(code: str, known: set[int], *, succeeds: bool) -> int:
    if code.isdecimal():
        return int(code)
    family = code[:1] if code[:1] in _SPARE else "5" if succeeds else "2"
    return next((one for one in _SPARE[family] if one not in known), _SPARE[family][0])


def _of_status(
    document: Document, operation: OperationNode, status: int, response: Node, most: int
) -> Iterator[SampleAnswer]:
    headers = dict(_headers(document, response))
    form = operation.node.get("x-xcaas-response")
    single = form is not None and form.fields.get("single") is True
    fails = status >= 400
    listed = media_types(response.get("content"))
    method = operation.method
    if method == "HEAD" or status in (204, 205, 304) or not listed:
        first = listed[0][0] if method == "HEAD" and listed else None
        yield SampleAnswer(Answer(status, first, None, headers), None, fails=fails)
        return
    for declared, media in listed:
        for value, extras, body, kind in _contents(document, declared, media, most):
            # A list of one, in which the project's specs say that there is never more.
            value = value[0] if single and not fails and is_list(value) and len(value) == 1 else value
            yield SampleAnswer(
                Answer(status, kind, body, headers), value, media.get("schema"), frozenset(extras), fails
            )


def _contents(document: Document, declared: str, media: Node, most: int) -> Iterator[tuple[JSON, set[str], bytes, str]]:
    """Give value, names of extra fields, body and concrete media type."""
    kind, schema = media_kind(declared), media.get("schema")
    if kind == "text/plain" and schema is not None and schema.fields.get("type") == "object":
        # JSON under a wrong name.
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
        made = samples(document, schema, write=False, most=most) if schema is not None else [({"a": 1}, {"a"})]
        for value, extras in made:
            yield value, extras, json.dumps(value).encode(charset(kind)), kind
    elif is_lines(kind) and schema is not None and is_binary(schema):
        yield b'{"a": 1}\n', set(), b'{"a": 1}\n', kind
    elif kind.startswith("text/") or is_lines(kind) or any(word in kind for word in _TEXTUAL):
        value = _in_digits(document, schema) or {
            "text/csv": "a,b\r\n1,é\r\n",
            "text/event-stream": "data: 1\n\n",
        }.get(kind, "<a>é</a>" if "xml" in kind else "text é")
        named = charset(declared)
        yield value, set(), value.encode(named), f"{kind.replace('/*', '/plain')}; charset={named}"
    elif schema is not None and schema.fields.get("type") == "string" and not is_binary(schema):
        yield "text é\n", set(), "text é\n".encode(), f"{kind}; charset=utf-8"
    else:
        concrete = (
            kind.replace("*/*", "application/octet-stream").replace("image/*", "image/png").replace("/*", "/x-any")
        )
        yield b"\x89bytes\x00\xff", set(), b"\x89bytes\x00\xff", concrete


def _in_digits(document: Document, schema: Node | None) -> str | None:
    """Give the text of a number, a boolean, a time or a UUID, if the document describes one."""
    told = () if schema is None else (schema.fields.get("type"), schema.fields.get("format"))
    if schema is None or not any(
        kind in told for kind in ("integer", "number", "boolean", "date-time", "date", "uuid")
    ):
        return None
    value, _ = samples(document, schema, write=False, most=1)[0]
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _headers(document: Document, response: Node) -> Iterator[tuple[str, str]]:
    section = response.get("headers")
    for name, header in section.items() if section is not None else ():
        schema = header.get("schema")
        # What else these say is the business of HTTP, not of the document.
        if schema is None or name.lower() in (
            "content-type",
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "retry-after",
            "connection",
        ):
            continue
        made = [value for value, _ in samples(document, schema, write=False, most=1)]
        if made and isinstance(made[0], str | int | float):
            yield name, str(made[0]).encode("ascii", "replace").decode()


# --- comparison -----------------------------------------------------------------


def same_value(got: object, sent: JSON) -> bool:
    """Whether a Python value says what the JSON, text or bytes said."""
    if isinstance(got, Model):
        return is_object(sent) and same_json(got.to_dict(), sent)
    if is_object(got) and is_object(sent):
        mapping = cast("dict[str, object]", got)
        return mapping.keys() == sent.keys() and all(same_value(one, sent[key]) for key, one in mapping.items())
    if isinstance(got, list | tuple) and is_list(sent):
        members = list(cast("list[object]", got))
        return len(members) == len(sent) and all(map(same_value, members, sent))
    return same_json(got, sent) or _same_single(got, sent)


def _same_single(got: Any, sent: JSON) -> bool:
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
    """Say what of an answer is only there as raw JSON, or not at all, although the document describes it."""
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
        odd = sorted(set(got.unknown_fields) - extras)
        if odd:
            return f"{type(got).__name__} knows nothing of {', '.join(odd)}"
        members = [getattr(got, one.name) for one in type(got).__attrs_attrs__]
    elif is_object(got):
        members = list(cast("dict[str, object]", got).values())
    elif is_list(got):
        members = cast("list[object]", got)
    else:
        return None
    return next((found for one in members if (found := _hollow_model(one, extras)) is not None), None)


def accepted(accept: str | None, media_type: str) -> bool:
    """Whether an Accept header takes a media type."""
    return accept is None or any(covers(one, media_type) for one in accept.split(","))
