"""Media types of bodies and responses, with their schemas."""

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

_ANY_BYTES = "application/octet-stream"
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
        """Return one variant per media type, JSON first, as the preferred one.

        JSON that is declared to be raw bytes is a file, since JSON has no bytes.

        Raises `DanglingReference`.
        """
        if content.value is None:
            return []
        if not isinstance(content.value, dict):
            self._report.warn(content.place, f"'content' should map media types, not be {brief(content.value)}")
            return []
        resolver = self._shaper.resolver
        media_by_type = {
            raw: resolver.resolve(media) for raw, media in self._media_types(resolver.mapping(content)).items()
        }
        variants: list[VariantDraft] = []
        alone = len(media_by_type) == 1
        ordered = sorted(media_by_type, key=lambda raw: (not _is_json(raw), raw))
        json_media = [media_by_type[raw] for raw in ordered if _is_json(raw)]
        for raw in ordered:
            variant = self._variant(
                raw, media_by_type[raw], _hint(hint, raw, ordered[0], media_by_type), alone=alone, received=received
            )
            if variant.kind == "json" and without_null(variant.shape) == BYTES:
                variant.kind, variant.shape = "binary", BYTES
                if not received:  # a caller may pass a string
                    variants.append(
                        VariantDraft(variant.media_type, "json", TEXT, position=list(media_by_type).index(raw))
                    )
            variant.position = list(media_by_type).index(raw)
            is_string = any(_is_string(other.shape) for other in variants if other.kind == "json")
            variant.alternative = _is_alternative(variant, media_by_type[raw], json_media, is_string=is_string)
            if all(variant.key != other.key for other in variants):
                variants.append(variant)
        if not received:
            variants += _as_text(variants)
        return sorted(variants, key=_preference)

    def _media_types(self, content: dict[str, Node]) -> dict[str, Node]:
        """Return the entries with valid media types; if there are none, all entries, whose types are guessed."""
        valid = {raw: media for raw, media in content.items() if _MEDIA_TYPE.fullmatch(_essence(raw))}
        for raw in content.keys() - valid.keys() if valid else ():
            self._report.warn(
                content[raw].place,
                f"{brief(raw)} is not a media type; it was left out beside {', '.join(sorted(valid))}",
            )
        return valid or content

    def _variant(self, raw: str, media: Node, hint: Hint, *, alone: bool, received: bool) -> VariantDraft:
        media_type = self._media_type(raw, media)
        if media.value is not None and not isinstance(media.value, dict):
            self._report.warn(media.place, f"a media type should be a mapping, not {brief(media.value)}")
        schema = media.child("schema")
        has_schema = schema.value is not None
        if not has_schema and media.has("itemSchema"):
            shape: Shape = ArrayOf(self._shaper.shape(media.child("itemSchema"), Hint(hint.owner, f"{hint.leaf} item")))
        else:
            shape = self._shaper.shape(schema, hint) if has_schema else ANY
        kind = _kind(media_type, without_null(shape), has_schema=has_schema, alone=alone)
        if (kind == "form" or "form-data" in media_type) and not received:
            shape = self._as_form(media, without_null(shape))
        # `encoding` applies to these two only.
        encoding: tuple[ir.PartEncoding, ...] = ()
        if kind in ("form", "multipart") and not received:
            encoding = self._encoding(media, styled=kind == "form" or self._shaper.siblings)
        if kind == "multipart" and has_schema and not received:
            encoding = self._with_schemas(schema, encoding)
        if alone and kind == "binary" and is_compound(without_null(shape)):
            self._report.warn(media.place, f"{media_type} is not supported; the body is passed as bytes")
        return VariantDraft(media_type, kind, _shape_for(kind, shape), encoding)

    def _as_form(self, media: Node, shape: Shape) -> Shape:
        """Return the shape of a form, which must be an object."""
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
        """Return the encodings of parts. `style` and `explode` are read if `styled`: OpenAPI 3.0 ignores them in multipart."""
        parts: list[ir.PartEncoding] = []
        for wire, node in (*self._shaper.resolver.entries(media, "encoding"), *self._by_position(media)):
            encoding = self._shaper.resolver.resolve(node)
            if encoding.text("contentType").lower().startswith("multipart/"):
                raise Unreadable(f"its part {wire!r} has parts of its own ({encoding.text('contentType')})")
            explode = encoding.get("explode")
            headers = {name: self._constant_value(header) for name, header in self._headers_of(encoding)}
            if missing := ", ".join(name for name, value in headers.items() if value is None):
                self._report.warn(encoding.place, f"the part {wire!r} is sent without the headers {missing}")
            parts.append(
                ir.PartEncoding(
                    wire,
                    encoding.text("contentType") or None,
                    (encoding.text("style") or None) if styled else None,
                    explode if styled and isinstance(explode, bool) else None,
                    tuple((name, value) for name, value in headers.items() if value is not None),
                )
            )
        return tuple(parts)

    def _by_position(self, media: Node) -> list[tuple[str, Node]]:
        """Return the encodings of unnamed parts (OpenAPI 3.2): `prefixEncoding` by index, `itemEncoding` under ""."""
        prefix = self._shaper.resolver.elements(media.child("prefixEncoding"))
        rest = [("", media.child("itemEncoding"))] if media.has("itemEncoding") else []
        return [*((str(index), node) for index, node in enumerate(prefix)), *rest]

    def _with_schemas(self, schema: Node, encodings: tuple[ir.PartEncoding, ...]) -> tuple[ir.PartEncoding, ...]:
        """Return the encodings, completed by what the schemas of properties say: media types, and which bytes are sent
        in base64, as in JSON."""
        by_wire = {encoding.wire: encoding for encoding in encodings}
        for wire, alternatives in self._shaper.flattener.flatten(schema).properties.items():
            nodes = [node for nodes in alternatives for node in nodes]
            declared = by_wire.get(wire) or ir.PartEncoding(wire)
            encoding = replace(
                declared,
                content_type=declared.content_type or next(filter(None, map(self._part_type, nodes)), None),
                base64=any(map(self._is_base64, nodes)),
            )
            if encoding != ir.PartEncoding(wire):
                by_wire[wire] = encoding
        return tuple(by_wire.values())

    def _part_type(self, node: Node) -> str | None:
        """Return the media type of a part whose `encoding` names none, if its schema says more than its JSON type.

        OpenAPI 3.1: `contentMediaType`, else "application/octet-stream" with `contentEncoding`. Any other kind of part
        gets its type from its value, which for files may be that of the file name. JSON in a string is text.
        """
        flat = self._shaper.flattener.flatten(node)
        if not self._shaper.siblings or flat.types not in (None, ["string"], ["array"]):
            return None
        if flat.media and flat.media != _ANY_BYTES and not _is_json(flat.media):
            return flat.media
        if flat.encoding:
            return _ANY_BYTES
        return next(filter(None, map(self._part_type, flat.items)), None)

    def _is_base64(self, node: Node) -> bool:
        flat = self._shaper.flattener.flatten(node)
        return flat.format == "byte" or flat.encoding == "base64" or any(self._is_base64(item) for item in flat.items)

    def _headers_of(self, encoding: Node) -> list[tuple[str, Node]]:
        entries = self._shaper.resolver.entries(encoding, "headers")
        return [(name, header) for name, header in entries if name.lower() != "content-type"]

    def _constant_value(self, header: Node) -> str | None:
        """Return the value of a header if it has only one: its `const`, the only value of its `enum`, or its default."""
        schema = self._shaper.resolver.resolve(self._shaper.resolver.resolve(header).child("schema"))
        enum = schema.get("enum")
        value = schema.get("const") if schema.has("const") else schema.get("default")
        if value is None and isinstance(enum, list) and len(enum) == 1:
            value = enum[0]
        if not isinstance(value, str | int | float):
            return None
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return text if text.isascii() and text.isprintable() else None


def _preference(variant: VariantDraft) -> tuple[int, bool, bool]:
    """Return the sort key of a variant: JSON, then forms, then others, unspecific types such as text/plain first."""
    ranks = {"json": 0, "form": 1, "multipart": 1}
    plain = _essence(variant.media_type).lower() in ("application/octet-stream", "text/plain")
    return ranks.get(variant.kind, 2), "*" in variant.media_type, not plain


def _essence(raw: str) -> str:
    """Return a media type without its parameters."""
    return raw.partition(";")[0].strip()


def _as_text(variants: list[VariantDraft]) -> list[VariantDraft]:
    """Return text variants of textual bodies that are declared as objects or bytes: a caller may have them as strings."""
    return [
        VariantDraft(variant.media_type, "text", TEXT, position=variant.position)
        for variant in variants
        if variant.kind in ("json", "binary") and _is_textual(_essence(variant.media_type).lower())
    ]


def _is_textual(essence: str) -> bool:
    """Return whether a media type is textual, but neither JSON nor XML."""
    main, _, subtype = essence.partition("/")
    if _is_json(essence) or subtype == "xml" or subtype.endswith("+xml"):
        return False
    return main == "text" or any(word in subtype for word in _TEXTUAL)


def _is_json(raw: str) -> bool:
    """Return whether a media type is a single JSON value. JSON lines are text."""
    essence = _essence(raw)
    return _JSON.fullmatch(essence) is not None and not any(word in essence for word in _LINES)


def _is_alternative(variant: VariantDraft, media: Node, json_media: list[Node], *, is_string: bool) -> bool:
    """Return whether a media type is an alternative to JSON with the same data: the same schema, XML, or a stream.

    The client requests JSON then. Text beside a JSON string is no alternative: it has no quotes.
    """
    if variant.kind == "json" or not json_media:
        return False
    streamed = "event-stream" in variant.media_type or any(word in variant.media_type for word in _LINES)
    schema = media.child("schema").value
    if variant.kind == "xml" or streamed:
        return True
    if variant.kind == "text" and is_string:
        return False
    return schema in (None, *(node.child("schema").value for node in json_media))


def _is_string(shape: Shape) -> bool:
    """Return whether a shape is a string."""
    return isinstance(shape, Scalar) and shape.kind == "str"


def _hint(hint: Hint, raw: str, first: str, media_by_type: dict[str, Node]) -> Hint:
    """Return the hint for a media type. After the first one of a body, it includes the media type."""
    if raw == first:
        return hint
    subtype = _essence(raw).rpartition("/")[2].removeprefix("x-").removeprefix("vnd.")
    word = {"x-www-form-urlencoded": "form", "www-form-urlencoded": "form", "form-data": "multipart", "*": ""}.get(
        subtype, subtype
    )
    has_same_schema = media_by_type[raw].child("schema").value == media_by_type[first].child("schema").value
    return (
        hint if has_same_schema else Hint(hint.owner, f"{word} {hint.leaf}".strip(), hint.title, indirect=hint.indirect)
    )


def _kind(media_type: str, shape: Shape, *, has_schema: bool, alone: bool) -> ir.BodyKind:
    essence = _essence(media_type).lower()
    main, _, subtype = essence.partition("/")
    is_textual = (isinstance(shape, Scalar) and shape.kind == "str") or _is_text_enum(shape)
    if _is_json(essence):
        return "json"
    if essence == "application/x-www-form-urlencoded":
        return "form"
    if main == "multipart":
        # Other multipart types than forms may be described as a whole, as a string or bytes.
        kind: ir.BodyKind | None = "text" if is_textual else "binary" if shape == BYTES else None
        return kind if kind and subtype != "form-data" else "multipart"
    if main != "text" and any(word in subtype for word in _BINARY):
        return "binary"
    if subtype == "xml" or subtype.endswith("+xml"):
        return "xml"
    if shape == BYTES:
        return "binary"
    if any(word in subtype for word in _LINES):
        return "text"
    if _is_textual(essence):
        # An object whose only media type is `text/plain` is mislabelled JSON.
        return (
            "json" if alone and main == "text" and subtype in ("plain", "*", "html") and is_compound(shape) else "text"
        )
    if main in ("image", "audio", "video", "font", "model") or essence == "application/octet-stream":
        return "binary"
    if "*" in essence:
        return "text" if is_textual else "json"
    if is_compound(shape):
        return "json"
    return "text" if is_textual and has_schema else "binary"


def _shape_for(kind: ir.BodyKind, shape: Shape) -> Shape:
    if kind == "binary":
        return BYTES
    return _as_scalar_text(without_null(shape)) if kind == "text" else shape


def _as_scalar_text(shape: Shape) -> Shape:
    """Return the shape of a value in a text body: numbers become strings with a format."""
    match shape:
        case Scalar("int" | "float", format_):
            return Scalar("str", format_ or ("int64" if shape.kind == "int" else "double"))
        case Scalar("str" | "bool"):
            return shape
        case Ref(entry) if entry.kind == "enum" and all(isinstance(value, str) for value in entry.values):
            return shape
        case _:
            return TEXT


def _is_text_enum(shape: Shape) -> bool:
    return isinstance(shape, Ref) and shape.entry.kind == "enum"
