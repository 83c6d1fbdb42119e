"""Media types: what travels under each, and the schema that says so."""

from __future__ import annotations

import re
from dataclasses import replace

from xcaas_generator import ir
from xcaas_generator.load.nodes import Node
from xcaas_generator.normalise.drafts import VariantDraft
from xcaas_generator.normalise.keywords import Unreadable, brief
from xcaas_generator.normalise.schemas import Shaper
from xcaas_generator.normalise.shapes import (
    ANY,
    BYTES,
    TEXT,
    ArrayOf,
    Hint,
    MapOf,
    Ref,
    Scalar,
    Shape,
    UnionOf,
    is_compound,
    without_null,
)

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+")
_JSON = re.compile(r"application/(?:.*[+.-])?json(?:-.*)?|text/(?:x-)?json|application/\*\+json|application/problem")
_BINARY = (
    *("protobuf", "cbor", "msgpack", "messagepack", "avro", "bson", "thrift", "parquet", "smile", "arrow"),
    *("pdf", "zip", "x-tar", "x-7z", "officedocument", "ms-excel", "msword", "powerpoint", "opendocument", "rtf"),
    *("turtle", "n-triples", "n-quads"),
)
_LINES = ("ndjson", "jsonl", "json-seq", "jsonlines", "json-lines", "json-stream", "stream+json")
_TEXTUAL = ("yaml", "csv", "javascript", "graphql", "sql", "toml", "jwt", "typescript", "event-stream", "pem", "pgp")


class Contents:
    """Reads `content` of bodies and responses."""

    def __init__(self, shaper: Shaper) -> None:
        self._shaper = shaper
        self._report = shaper.report

    def variants(self, content: Node, hint: Hint, *, received: bool = False) -> list[VariantDraft]:
        """Return one variant per media type, JSON ones first: they are what a client prefers.

        What is JSON but declared to be raw bytes is a file: JSON has none.

        Raises `DanglingReference`.
        """
        if content.value is None:
            return []
        if not isinstance(content.value, dict):
            self._report.warn(content.place, f"'content' should map media types, not be {brief(content.value)}")
            return []
        resolver = self._shaper.resolver
        listed = {raw: resolver.end(media) for raw, media in self._meant(resolver.mapping(content)).items()}
        found: list[VariantDraft] = []
        alone = len(listed) == 1
        ordered = sorted(listed, key=lambda raw: (not _is_json(raw), raw))
        jsons = [listed[raw] for raw in ordered if _is_json(raw)]
        for raw in ordered:
            variant = self._variant(
                raw, listed[raw], _hint(hint, raw, ordered[0], listed), alone=alone, received=received
            )
            if variant.kind == "json" and without_null(variant.shape) == BYTES:
                variant.kind, variant.shape = "binary", BYTES
                if not received:  # a string is one of JSON
                    found.append(VariantDraft(variant.media_type, "json", TEXT, position=list(listed).index(raw)))
            variant.position = list(listed).index(raw)
            is_string = any(_is_string(one.shape) for one in found if one.kind == "json")
            variant.alternative = _is_alternative(variant, listed[raw], jsons, is_string=is_string)
            if all(variant.key != other.key for other in found):
                found.append(variant)
        if not received:
            found += _as_text(found)
        return sorted(found, key=_turn)

    def _meant(self, content: dict[str, Node]) -> dict[str, Node]:
        """Return what is listed under media types; where there is none, all there is, whose types are guessed."""
        meant = {raw: media for raw, media in content.items() if _MEDIA_TYPE.fullmatch(_essence(raw))}
        for raw in content.keys() - meant.keys() if meant else ():
            self._report.warn(
                content[raw].place,
                f"{brief(raw)} is not a media type; it was left out beside {', '.join(sorted(meant))}",
            )
        return meant or content

    def _variant(self, raw: str, media: Node, hint: Hint, *, alone: bool, received: bool) -> VariantDraft:
        media_type = self._media_type(raw, media)
        if media.value is not None and not isinstance(media.value, dict):
            self._report.warn(media.place, f"a media type should be a mapping, not {brief(media.value)}")
        schema = media.child("schema")
        given = schema.value is not None
        if not given and media.has("itemSchema"):
            shape: Shape = ArrayOf(self._shaper.shape(media.child("itemSchema"), Hint(hint.owner, f"{hint.leaf} item")))
        else:
            shape = self._shaper.shape(schema, hint) if given else ANY
        kind = _kind(media_type, without_null(shape), given=given, alone=alone)
        if (kind == "form" or "form-data" in media_type) and not received:
            shape = self._as_form(media, without_null(shape))
        # `encoding` has a meaning for these two only.
        encoding: tuple[ir.PartEncoding, ...] = ()
        if kind in ("form", "multipart") and not received:
            encoding = self._encoding(media, styled=kind == "form" or self._shaper.siblings)
        if kind == "multipart" and given and not received:
            encoding = self._with_base64(schema, encoding)
        if alone and kind == "binary" and is_compound(without_null(shape)):
            self._report.warn(media.place, f"{media_type} is not supported; the body is passed as bytes")
        return VariantDraft(media_type, kind, _shape_for(kind, shape), encoding)

    def _as_form(self, media: Node, shape: Shape) -> Shape:
        """Return the shape of a form, which is an object whatever the document says."""
        if isinstance(shape, MapOf | Ref | UnionOf) or shape == ANY:
            return shape
        self._report.warn(media.place, "a form must be an object; one with any names is assumed", "Name its parts.")
        return MapOf(BYTES if shape in (BYTES, ArrayOf(BYTES)) else ANY)

    def _media_type(self, raw: str, media: Node) -> str:
        plain, essence = raw.strip(), _essence(raw)
        if _MEDIA_TYPE.fullmatch(essence):
            return plain
        if essence in ("*", ""):
            guess = "*/*"
        elif "/" not in essence and "json" not in essence.lower():
            guess = {"xml": "application/xml", "text": "text/plain", "html": "text/html", "csv": "text/csv"}.get(
                essence.lower(), "application/octet-stream"
            )
        else:
            guess = "application/json"
        self._report.warn(media.place, f"{brief(raw)} is not a media type; {guess} was assumed", f'Write "{guess}".')
        return guess

    def _encoding(self, media: Node, *, styled: bool) -> tuple[ir.PartEncoding, ...]:
        """Return the encodings. Not `styled`: a multipart body of OpenAPI 3.0, where `style` and `explode` mean nothing."""
        parts: list[ir.PartEncoding] = []
        for wire, listed in (*self._shaper.resolver.entries(media, "encoding"), *self._by_position(media)):
            one = self._shaper.resolver.end(listed)
            if one.text("contentType").lower().startswith("multipart/"):
                raise Unreadable(f"its part {wire!r} has parts of its own ({one.text('contentType')})")
            explode = one.get("explode")
            headers = {name: self._fixed(header) for name, header in self._headers_of(one)}
            if unknown := ", ".join(name for name, value in headers.items() if value is None):
                self._report.warn(one.place, f"the part {wire!r} is sent without the headers {unknown}")
            parts.append(
                ir.PartEncoding(
                    wire,
                    one.text("contentType") or None,
                    (one.text("style") or None) if styled else None,
                    explode if styled and isinstance(explode, bool) else None,
                    tuple((name, value) for name, value in headers.items() if value is not None),
                )
            )
        return tuple(parts)

    def _by_position(self, media: Node) -> list[tuple[str, Node]]:
        """Return the encodings of parts without names (3.2): of the first ones by number, and under "" of all others."""
        prefix = self._shaper.resolver.elements(media.child("prefixEncoding"))
        rest = [("", media.child("itemEncoding"))] if media.has("itemEncoding") else []
        return [*((str(index), one) for index, one in enumerate(prefix)), *rest]

    def _with_base64(self, schema: Node, encodings: tuple[ir.PartEncoding, ...]) -> tuple[ir.PartEncoding, ...]:
        """Return the encodings with those of the properties whose bytes travel in base64, as they do in JSON."""
        properties = self._shaper.flattener.flatten(schema).properties
        encoded = {
            wire: ir.PartEncoding(wire, base64=True)
            for wire, alternatives in properties.items()
            if any(self._is_base64(node) for nodes in alternatives for node in nodes)
        }
        listed = {one.wire: replace(one, base64=one.wire in encoded) for one in encodings}
        return tuple((encoded | listed).values())

    def _is_base64(self, node: Node) -> bool:
        flat = self._shaper.flattener.flatten(node)
        return flat.form == "byte" or flat.encoding == "base64" or any(self._is_base64(item) for item in flat.items)

    def _headers_of(self, encoding: Node) -> list[tuple[str, Node]]:
        listed = self._shaper.resolver.entries(encoding, "headers")
        return [(name, header) for name, header in listed if name.lower() != "content-type"]

    def _fixed(self, listed: Node) -> str | None:
        """Return the value of a header that the document leaves no choice for: a constant, the only one of an enum, or
        the default."""
        schema = self._shaper.resolver.end(self._shaper.resolver.end(listed).child("schema"))
        enum = schema.get("enum")
        value = schema.get("const") if schema.has("const") else schema.get("default")
        if value is None and isinstance(enum, list) and len(enum) == 1:
            value = enum[0]
        if not isinstance(value, str | int | float):
            return None
        said = str(value).lower() if isinstance(value, bool) else str(value)
        return said if said.isascii() and said.isprintable() else None


def _turn(variant: VariantDraft) -> tuple[int, bool, bool]:
    """Return the place of a variant among others: what says nothing of a file or text comes before what it may not be."""
    ranks = {"json": 0, "form": 1, "multipart": 1}
    plain = _essence(variant.media_type).lower() in ("application/octet-stream", "text/plain")
    return ranks.get(variant.kind, 2), "*" in variant.media_type, not plain


def _essence(raw: str) -> str:
    """Return a media type without its parameters."""
    return raw.partition(";")[0].strip()


def _as_text(variants: list[VariantDraft]) -> list[VariantDraft]:
    """Return the text variants of bodies that a caller may have as text, although the document has them as objects or bytes."""
    return [
        VariantDraft(variant.media_type, "text", TEXT, position=variant.position)
        for variant in variants
        if variant.kind in ("json", "binary") and _is_textual(_essence(variant.media_type).lower())
    ]


def _is_textual(essence: str) -> bool:
    """Return whether a media type is text that is neither JSON nor XML."""
    main, _, subtype = essence.partition("/")
    if _is_json(essence) or subtype == "xml" or subtype.endswith("+xml"):
        return False
    return main == "text" or any(word in subtype for word in _TEXTUAL)


def _is_json(raw: str) -> bool:
    """Return whether a media type is one JSON value. A line for each of several is text."""
    essence = _essence(raw)
    return _JSON.fullmatch(essence) is not None and not any(word in essence for word in _LINES)


def _is_alternative(variant: VariantDraft, media: Node, jsons: list[Node], *, is_string: bool) -> bool:
    """Return whether a media type is another form of the data that comes as JSON, which is the one to ask for: of the
    same schema, XML, or the events that make up what JSON brings at once. Text beside a JSON string is not: it has no
    quotes."""
    if variant.kind == "json" or not jsons:
        return False
    streamed = "event-stream" in variant.media_type or any(word in variant.media_type for word in _LINES)
    schema = media.child("schema").value
    if variant.kind == "xml" or streamed:
        return True
    if variant.kind == "text" and is_string:
        return False
    return schema in (None, *(one.child("schema").value for one in jsons))


def _is_string(shape: Shape) -> bool:
    """Return whether JSON of a shape is one string."""
    return isinstance(shape, Scalar) and shape.kind == "str"


def _hint(hint: Hint, raw: str, first: str, listed: dict[str, Node]) -> Hint:
    """Return the hint for a media type. Those after the first of a body are told apart by it."""
    if raw == first:
        return hint
    subtype = _essence(raw).rpartition("/")[2].removeprefix("x-").removeprefix("vnd.")
    word = {"x-www-form-urlencoded": "form", "www-form-urlencoded": "form", "form-data": "multipart", "*": ""}.get(
        subtype, subtype
    )
    same = listed[raw].child("schema").value == listed[first].child("schema").value
    return hint if same else Hint(hint.owner, f"{word} {hint.leaf}".strip(), hint.title, indirect=hint.indirect)


def _kind(media_type: str, shape: Shape, *, given: bool, alone: bool) -> ir.BodyKind:
    essence = _essence(media_type).lower()
    main, _, subtype = essence.partition("/")
    textual = (isinstance(shape, Scalar) and shape.kind == "str") or _is_text_enum(shape)
    if _is_json(essence):
        return "json"
    if essence == "application/x-www-form-urlencoded":
        return "form"
    if main == "multipart":
        # Only a form is always made of fields: what else is described as one string or bytes is there as a whole.
        whole: ir.BodyKind | None = "text" if textual else "binary" if shape == BYTES else None
        return whole if whole and subtype != "form-data" else "multipart"
    if main != "text" and any(word in subtype for word in _BINARY):
        return "binary"
    if subtype == "xml" or subtype.endswith("+xml"):
        return "xml"
    if shape == BYTES:
        return "binary"
    if any(word in subtype for word in _LINES):
        return "text"
    if _is_textual(essence):
        # `text/plain` alone over an object is JSON under a wrong name.
        return (
            "json" if alone and main == "text" and subtype in ("plain", "*", "html") and is_compound(shape) else "text"
        )
    if main in ("image", "audio", "video", "font", "model") or essence == "application/octet-stream":
        return "binary"
    if "*" in essence:
        return "text" if textual else "json"
    if is_compound(shape):
        return "json"
    return "text" if textual and given else "binary"


def _shape_for(kind: ir.BodyKind, shape: Shape) -> Shape:
    if kind == "binary":
        return BYTES
    return _spelled(without_null(shape)) if kind == "text" else shape


def _spelled(shape: Shape) -> Shape:
    """Return the shape of a value that is a text of its own: a number is one in digits, as a string of its format is."""
    match shape:
        case Scalar("int" | "float", form):
            return Scalar("str", form or ("int64" if shape.kind == "int" else "double"))
        case Scalar("str" | "bool"):
            return shape
        case Ref(entry) if entry.kind == "enum" and all(isinstance(value, str) for value in entry.values):
            return shape
        case _:
            return TEXT


def _is_text_enum(shape: Shape) -> bool:
    return isinstance(shape, Ref) and shape.entry.kind == "enum"
