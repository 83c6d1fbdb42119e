"""Checks of request bodies: whether they encode the sample in the media type that was sent."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.message import Message
from urllib.parse import unquote, unquote_plus

from tests.conformance.document import JSON, Document, Node, OperationNode, is_list, is_object
from tests.conformance.server import ReceivedRequest
from tests.conformance.styles import JsonText, Pairs, deep, matches, parse_pairs, query_alternatives, text

__all__ = ["body_faults", "charset", "covers", "is_lines", "media_kind", "media_types"]


def media_kind(media_type: str) -> str:
    """Return type and subtype alone."""
    return media_type.partition(";")[0].strip().lower()


def charset(media_type: str) -> str:
    """Return the charset of a media type, UTF-8 by default."""
    message = Message()
    message["Content-Type"] = media_type
    return message.get_content_charset("utf-8")


def is_lines(kind: str) -> bool:
    """Return whether a media type is JSON lines."""
    return any(word in kind for word in ("ndjson", "jsonl", "json-seq"))


def media_types(content: Node | None) -> list[tuple[str, Node]]:
    """Return media types with their nodes; invalid media types only if there are no valid ones."""
    entries = [] if content is None else list(content.items())
    return [entry for entry in entries if re.fullmatch(r"[^/\s]+/[^/\s]+", media_kind(entry[0]))] or entries


def covers(declared: str, concrete: str) -> bool:
    """Return whether a declared media type or range includes a concrete one."""
    main, _, sub = media_kind(declared).partition("/")
    concrete_main, _, concrete_sub = media_kind(concrete).partition("/")
    if main not in ("*", concrete_main):
        return False
    return sub in ("*", concrete_sub) or (
        sub.startswith("*+") and (concrete_sub.endswith(sub[1:]) or concrete_sub == sub[2:])
    )


def _group(media_type: str) -> str:
    """Return the group of a media type. A body may be sent as any declared type of its group."""
    kind = media_kind(media_type)
    if kind.startswith("multipart/") or kind == "application/x-www-form-urlencoded":
        return "form"
    return "json" if kind.endswith("json") else "other"


def body_faults(
    document: Document, operation: OperationNode, media_type: str | None, sample: JSON, request: ReceivedRequest
) -> list[tuple[str, str]]:
    """Return the kind and detail of each fault."""
    got = request.header("Content-Type")
    if media_type is None:
        return [("body", f"none was expected: {request}")] if request.body else []
    if got is None:
        return [("content type", f"missing, {media_type} was expected: {request.body[:200]!r}")]
    if "*" in media_kind(got):
        return [("content type", f"{got} is no concrete type")]
    content = media_types(operation.node.child("requestBody").child("content"))
    declared = next((media for name, media in content if name.strip().lower() == got.lower()), None)
    declared = declared or next((media for name, media in content if media_kind(name) == media_kind(got)), None)
    declared = declared or next((media for name, media in content if covers(name, got)), None)
    if declared is None or (
        isinstance(sample, str | bytes) and media_kind(media_type) != "*/*" and _group(media_type) != _group(got)
    ):
        return [("content type", f"{media_type} was expected, not {got}")]
    fault = _content_fault(declared, got, sample, request.body)
    return [] if fault is None else [(f"body {media_kind(got)}", fault)]


def _content_fault(media: Node, got: str, sample: JSON, body: bytes) -> str | None:
    kind = media_kind(got)
    if kind == "application/x-www-form-urlencoded":
        return _form_fault(media, sample, body)
    if kind.startswith("multipart/"):
        return _multipart_fault(media, got, sample, body)
    if isinstance(sample, bytes):
        return None if body == sample else f"expected {sample!r}, got {body[:200]!r}"
    if isinstance(sample, str) and not kind.endswith("json"):
        return None if body == sample.encode(charset(got)) else f"expected {sample!r}, got {body[:200]!r}"
    try:
        text_sent = body.decode(charset(got))
        lines = [line.removeprefix("\x1e") for line in text_sent.split("\n") if line]
        value = [json.loads(line) for line in lines] if is_lines(kind) else json.loads(text_sent)
    except ValueError:
        return f"no JSON: {body[:200]!r}"
    if not same_json(value, sample):
        return f"expected {str(sample)[:600]}, got {str(value)[:600]}"
    schema = media.get("schema")
    errors = schema.document.errors(schema, value, write=True) if schema is not None else []
    return errors[0] if errors else None


def same_json(first: JSON, second: JSON) -> bool:
    """Return whether two JSON values are equal, where true is not 1."""
    if is_object(first) and is_object(second):
        return first.keys() == second.keys() and all(same_json(value, second[key]) for key, value in first.items())
    if is_list(first) and is_list(second):
        return len(first) == len(second) and all(map(same_json, first, second))
    return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)


def _encodings(media: Node) -> dict[str, dict[str, JSON]]:
    section = media.get("encoding")
    return {name: node.fields for name, node in section.items()} if section is not None else {}


# --- forms ----------------------------------------------------------------------


def _form_fault(media: Node, sample: JSON, body: bytes) -> str | None:
    got = parse_pairs(body.decode("ascii", "replace"))
    encodings = _encodings(media)
    remaining = list(got)
    for name, value in sample.items():
        for pairs in sorted(_form_alternatives(name, value, encodings.get(name, {})), key=len, reverse=True):
            matched_rest = _without(remaining, pairs)
            if matched_rest is not None:
                remaining = matched_rest
                break
        else:
            return f"{name}: expected {value!r}, got {_pairs_text(got)}"
    return f"unexpected {_pairs_text(remaining)}" if remaining else None


def _form_alternatives(name: str, value: JSON, encoding: dict[str, JSON]) -> list[Pairs]:
    if value is None:
        return [[], [(name, "")], [(name, "null")]]
    if "json" in str(encoding.get("contentType", "")):
        return [[(name, JsonText(value))]]
    if "style" in encoding or "explode" in encoding:
        style = encoding.get("style", "form")
        alternatives = query_alternatives(style, encoding.get("explode", style == "form") is True, name, value)
        # Unlike in URLs, servers decode forms before they split at delimiters.
        return [
            *alternatives,
            *(
                [(key, token.replace(",", "%2C") if isinstance(token, str) else token) for key, token in pairs]
                for pairs in alternatives
            ),
        ]
    if is_object(value):
        return [[(name, JsonText(value))], *deep(name, value)]
    if is_list(value) and any(isinstance(item, dict | list) for item in value):
        return [[(name, JsonText(value))], [(name, JsonText(item)) for item in value], *deep(name, value)]
    return query_alternatives("form", True, name, value)


def _without(got: list[tuple[str, str]], pairs: Pairs) -> list[tuple[str, str]] | None:
    remaining = list(got)
    for name, token in pairs:
        pair = next(
            (candidate for candidate in remaining if candidate[0] == name and matches(candidate[1], token, form=True)),
            None,
        )
        if pair is None:
            return None
        remaining.remove(pair)
    return remaining


def _pairs_text(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={unquote_plus(value)}" for name, value in pairs) or "nothing"


# --- multipart ------------------------------------------------------------------


def _multipart_fault(media: Node, got: str, sample: JSON, body: bytes) -> str | None:
    message = message_from_bytes(f"Content-Type: {got}\r\n\r\n".encode() + body)
    parts = [part for part in message.walk() if part is not message]
    non_empty = [value for value in sample.values() if value is not None and value != []]
    if non_empty and not message.is_multipart():
        return f"no parts: {body[:200]!r}"
    if not non_empty:
        boundary = message.get_param("boundary")
        return None if boundary and f"--{boundary}--".encode() in body else f"no empty form: {body[:200]!r}"
    encodings = _encodings(media)
    form_data = media_kind(got) == "multipart/form-data"
    names = {str(part.get_param("name", header="Content-Disposition")) for part in parts}
    styled = media.document.version >= "3.1"  # earlier versions ignore style and explode here
    expected = [
        pair
        for name, value in sample.items()
        if value is not None
        for pair in _part_values(name, value, encodings.get(name, {}) if styled else {}, names)
    ]
    if len(parts) != len(expected):
        return f"{len(expected)} parts were expected, {len(parts)} came: {body[:400]!r}"
    for (name, value), part in zip(expected, parts, strict=True):
        fault = _part_fault(name, value, part, encodings.get(name, {}), form_data=form_data)
        if fault is not None:
            return fault
    return None


def _part_values(name: str, value: JSON, encoding: dict[str, JSON], names: set[str]) -> list[tuple[str, JSON]]:
    """Return names and values of the parts of a property: one per element, or according to its style."""
    if ("style" in encoding or "explode" in encoding) and not (is_list(value) and bytes in map(type, value)):
        style = encoding.get("style", "form")
        for pairs in query_alternatives(style, encoding.get("explode", style == "form") is True, name, value):
            if pairs and all(key in names for key, _ in pairs):
                return [(key, token.value if isinstance(token, JsonText) else unquote(token)) for key, token in pairs]
    return [(name, member) for member in (value if is_list(value) else [value])]


def _part_fault(name: str, value: JSON, part: Message, encoding: dict[str, JSON], *, form_data: bool) -> str | None:
    if form_data and part.get_param("name", header="Content-Disposition") != name:
        return f"part {name} was expected, got {part.items()}"
    for header, declaration in encoding.get("headers", {}).items():
        schema = declaration.get("schema", {})
        allowed = [schema[key] for key in ("const", "default") if key in schema] or schema.get("enum", [])
        if len(allowed) == 1 and part.get(header) != text(allowed[0]):
            return f"part {name}: {header}: {allowed[0]} was expected in {part.items()}"
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    media_types = [
        media_type.strip() for media_type in str(encoding.get("contentType", "")).split(",") if media_type.strip()
    ]
    if media_types and not any(covers(media_type, part.get_content_type()) for media_type in media_types):
        return f"part {name}: {media_types} was expected, not {part.get('Content-Type')}"
    if isinstance(value, bytes):
        if form_data and part.get_filename() is None:
            return f"part {name} has no file name"
        return None if data == value else f"part {name}: expected {value!r}, got {data[:200]!r}"
    if isinstance(value, dict | list) or any("json" in media_type for media_type in media_types):
        if not part.get_content_type().endswith("json"):
            return f"part {name}: JSON was expected, not {part.get('Content-Type')} {data[:200]!r}"
        try:
            is_equal = same_json(json.loads(data), value)
        except ValueError:
            is_equal = False
        return None if is_equal else f"part {name}: expected {value!r}, got {data[:200]!r}"
    return (
        None
        if data.decode("utf-8", "replace") == text(value)
        else f"part {name}: expected {value!r}, got {data[:200]!r}"
    )
