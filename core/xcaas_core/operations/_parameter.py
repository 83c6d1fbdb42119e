"""Parameters, bodies and responses as data, and the short functions that generated code builds them with.

Types are annotations as text (`"list[_models.Tag]"`), or None for what JSON or text already is in Python.
`xcaas_core.models.resolve` makes a codec of one on first use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any, Final, Literal, Protocol, TypeAlias

__all__ = [
    "Body",
    "Choose",
    "Compose",
    "Encoding",
    "FilterSpec",
    "Kind",
    "Location",
    "Parameter",
    "ResponseSpec",
    "ResponseSpecs",
    "Style",
    "argument_name",
    "binary_body",
    "binary_response",
    "cookie",
    "empty_response",
    "form_body",
    "header",
    "json_body",
    "json_error",
    "json_response",
    "path",
    "query",
    "text_body",
    "text_response",
    "xml_body",
    "xml_response",
]

_WORD_EDGES: Final = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"

Location: TypeAlias = Literal["path", "query", "header", "cookie"]
Style: TypeAlias = Literal["form", "simple", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject"]
Kind: TypeAlias = Literal["json", "form", "multipart", "text", "binary", "xml", "empty"]


def argument_name(wire: str) -> str:
    """Return the name of the argument for a parameter: `sort_direction` for `sortDirection`.

    Generated code writes the name down where it differs: for keywords, other alphabets and names that meet.
    """
    return re.sub(r"[\W_]+", "_", re.sub(_WORD_EDGES, "_", wire)).strip("_").lower()


@dataclass(slots=True, eq=False)
class FilterSpec:
    """What a filter in FIQL may say: operators as they are spelled, the first of two spellings being sent; all fields,
    if they are known; `alone` for one comparison without others."""

    operators: tuple[str, ...] = ("==", "!=", "=gt=", "=ge=", "=lt=", "=le=", "=in=", "=out=")
    _: KW_ONLY
    times: Literal["date-time", "epoch-milliseconds"] = "epoch-milliseconds"
    fields: tuple[str, ...] = ()
    alone: bool = False


class Parameter:
    """One parameter. Without an annotation it is text, a number or a boolean; `JSONValue` may be anything. `style` and `explode` default to what OpenAPI says for the location.

    `source` names the client setting that stands in when the caller gives none. `media_type`
    is set for parameters that the spec describes by `content`.
    """

    __slots__ = (
        "_argument",
        "allow_reserved",
        "annotation",
        "explode",
        "filter",
        "location",
        "media_type",
        "required",
        "source",
        "style",
        "wire",
        "zone",
    )

    def __init__(
        self,
        location: Location,
        wire: str,
        annotation: str | None = None,
        *,
        style: Style | None = None,
        explode: bool | None = None,
        required: bool = False,
        allow_reserved: bool = False,
        source: str | None = None,
        media_type: str | None = None,
        zone: str | None = None,
        filter: FilterSpec | None = None,
        argument: str | None = None,
    ) -> None:
        self.location: Location = location
        self.wire: str = wire
        self.annotation: str | None = annotation
        self.style: Style = style or ("form" if location in ("query", "cookie") else "simple")
        self.explode: bool = self.style == "form" if explode is None else explode
        self.required: bool = required
        self.allow_reserved: bool = allow_reserved
        self.source: str | None = source
        self.media_type: str | None = media_type
        self.zone: str | None = zone
        """The parameter that names the time zone of this one."""
        self.filter: FilterSpec | None = filter
        self._argument = argument

    @property
    def argument(self) -> str:
        """The name of the argument in Python."""
        return self._argument or argument_name(self.wire)

    def __repr__(self) -> str:
        return f"<{self.location} parameter {self.wire}>"


path: Final = partial(Parameter, "path", required=True)
query: Final = partial(Parameter, "query")
header: Final = partial(Parameter, "header")
cookie: Final = partial(Parameter, "cookie")


@dataclass(slots=True, eq=False)
class Encoding:
    """How one property of a form or multipart body travels (`encoding` of the media type)."""

    content_type: str | None = None
    _: KW_ONLY
    style: Style | None = None
    explode: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Headers of its own that a part of a multipart body always has."""
    base64: bool = False
    """Whether bytes travel as text in base64 (`format: byte`) in a multipart body, too."""


class Compose(Protocol):
    """A function that makes the payload of a body, given its codec and the encoding of its members."""

    def __call__(self, value: object, codec: Any, encoding: Mapping[str, Encoding], /) -> Any: ...


class Choose(Protocol):
    """A function that finds the place of the media type in which a value is sent, of a body's own and its variants,
    each with its codec. A caller may have asked for one."""

    def __call__(self, variants: Sequence[tuple[Body, Any]], value: object, media_type: str | None, /) -> int: ...


@dataclass(slots=True, eq=False)
class Body:
    """A request body in one media type; `variants` holds further ones that the spec allows. What few operations need
    is a function that they bring, so that nothing else imports it: one `compose`s a payload from fields, one
    `choose`s among variants."""

    kind: Kind
    media_type: str
    annotation: str | None = None
    _: KW_ONLY
    encoding: Mapping[str, Encoding] = field(default_factory=dict[str, Encoding])
    required: bool = True
    nullable: bool = False
    """Whether null is a body of its own, which None stands for where one is required."""
    variants: tuple[Body, ...] = ()
    compose: Compose | None = None
    choose: Choose | None = None

    def __repr__(self) -> str:
        return f"<{self.kind} body {self.media_type}>"


def json_body(
    media_type: str = "application/json",
    annotation: str | None = None,
    *,
    required: bool = True,
    nullable: bool = False,
) -> Body:
    """Return a body in JSON, or in a vendor type that is JSON inside."""
    return Body("json", media_type, annotation, required=required, nullable=nullable)


def form_body(
    media_type: str = "application/x-www-form-urlencoded",
    annotation: str | None = None,
    *,
    encoding: Mapping[str, Encoding] | None = None,
    required: bool = True,
) -> Body:
    """Return an HTML form."""
    return Body("form", media_type, annotation, encoding=encoding or {}, required=required)


def text_body(media_type: str = "text/plain", annotation: str | None = None, *, required: bool = True) -> Body:
    """Return a body of plain text."""
    return Body("text", media_type, annotation, required=required)


def binary_body(media_type: str = "application/octet-stream", *, required: bool = True) -> Body:
    """Return a body of bytes as they are: bytes, a path, an open file, or an iterator of bytes."""
    return Body("binary", media_type, required=required)


def xml_body(media_type: str = "application/xml", *, required: bool = True) -> Body:
    """Return a body of XML, as text or bytes that the caller made."""
    return Body("xml", media_type, required=required)


class ResponseSpec:
    """One response in one media type. `message` and `code` are JSON pointers into an error's body,
    tried in order."""

    __slots__ = ("annotation", "code", "kind", "media_type", "message")

    def __init__(
        self,
        kind: Kind,
        media_type: str | None,
        annotation: str | None = None,
        *,
        message: str | tuple[str, ...] = (),
        code: str | tuple[str, ...] = (),
    ) -> None:
        self.kind: Kind = kind
        self.media_type: str | None = media_type
        self.annotation: str | None = annotation
        self.message: tuple[str, ...] = (message,) if isinstance(message, str) else message
        self.code: tuple[str, ...] = (code,) if isinstance(code, str) else code

    def __repr__(self) -> str:
        return f"<{self.kind} response {self.media_type or ''}>"


# Per status ("200", "4XX", "default"): one response, or one per media type.
ResponseSpecs: TypeAlias = Mapping[str, "ResponseSpec | tuple[ResponseSpec, ...]"]


def json_response(annotation: str | None = None, *, media_type: str = "application/json") -> ResponseSpec:
    """Return a response of JSON, or a vendor type that is JSON inside."""
    return ResponseSpec("json", media_type, annotation)


def text_response(annotation: str | None = None, *, media_type: str = "text/plain") -> ResponseSpec:
    """Return a response of text, decoded by the charset that the response names."""
    return ResponseSpec("text", media_type, annotation)


def binary_response(*, media_type: str = "application/octet-stream") -> ResponseSpec:
    """Return a response of bytes as they are."""
    return ResponseSpec("binary", media_type)


def xml_response(annotation: str | None = None, *, media_type: str = "application/xml") -> ResponseSpec:
    """Return a response of XML, given to the caller as text."""
    return ResponseSpec("xml", media_type, annotation)


def empty_response() -> ResponseSpec:
    """Return a response without a body."""
    return ResponseSpec("empty", None)


def json_error(
    annotation: str | None = None,
    *,
    message: str | tuple[str, ...] = (),
    code: str | tuple[str, ...] = (),
    media_type: str = "application/json",
) -> ResponseSpec:
    """Return an error's body in JSON, and where its message and code stand."""
    return ResponseSpec("json", media_type, annotation, message=message, code=code)
