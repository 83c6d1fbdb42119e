"""Parameters, bodies and responses as data, and short functions with which generated code creates them.

Types are annotations as text (`"list[_models.Tag]"`), or None if values need no conversion.
`xcaas_core.models.resolve` turns them into codecs on first use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any, Final, Literal, Protocol, TypeAlias

__all__ = [
    "MEDIA_TYPES",
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
    "binary_response",
    "cookie",
    "empty_response",
    "header",
    "json_body",
    "json_error",
    "json_response",
    "path",
    "query",
    "text_response",
    "xml_response",
]

_WORD_EDGES: Final = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"

Location: TypeAlias = Literal["path", "query", "header", "cookie"]
Style: TypeAlias = Literal["form", "simple", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject"]
Kind: TypeAlias = Literal["json", "form", "multipart", "text", "binary", "xml", "empty"]

MEDIA_TYPES: Final[Mapping[Kind, str]] = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
    "text": "text/plain",
    "binary": "application/octet-stream",
    "xml": "application/xml",
}


def argument_name(wire: str) -> str:
    """Return the name of the argument for a parameter: `sort_direction` for `sortDirection`.

    Generated code states other names: for keywords, other alphabets and name clashes.
    """
    return re.sub(r"[\W_]+", "_", re.sub(_WORD_EDGES, "_", wire)).strip("_").lower()


@dataclass(slots=True, eq=False)
class FilterSpec:
    """What a FIQL filter may contain: operators as spelled, the first of two spellings being sent; all fields, if
    known; `alone` for a single comparison."""

    operators: tuple[str, ...] = ("==", "!=", "=gt=", "=ge=", "=lt=", "=le=", "=in=", "=out=")
    _: KW_ONLY
    times: Literal["date-time", "epoch-milliseconds"] = "epoch-milliseconds"
    fields: tuple[str, ...] = ()
    alone: bool = False


class Parameter:
    """One parameter. Without an annotation it is a string, number or boolean; `JSONValue` may be anything. `style` and `explode` default to those of OpenAPI for the location.

    `source` is the client setting that is the default. `media_type` is set for parameters with
    `content` in the spec.
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
        """The parameter with the time zone of this one."""
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
    """How one property of a form or multipart body is sent (`encoding` of the media type)."""

    content_type: str | None = None
    _: KW_ONLY
    style: Style | None = None
    explode: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Headers of the part in a multipart body."""
    base64: bool = False
    """Whether bytes are sent as base64 (`format: byte`) in a multipart body, too."""


class Compose(Protocol):
    """A function that returns the payload of a value, given its codec and body."""

    def __call__(self, value: object, codec: Any, body: Body, /) -> Any: ...


class Choose(Protocol):
    """A function that returns the index of the variant in which a value is sent, given a body and its variants with
    their codecs, and the media type requested by the caller."""

    def __call__(self, variants: Sequence[tuple[Body, Any]], value: object, media_type: str | None, /) -> int: ...


@dataclass(slots=True, eq=False)
class Body:
    """A request body in one media type; `variants` are alternatives. `compose` creates payloads other than JSON and
    `choose` chooses among variants: functions, so that only operations that need them import them."""

    kind: Kind
    media_type: str = ""
    annotation: str | None = None
    _: KW_ONLY
    encoding: Mapping[str, Encoding] = field(default_factory=dict[str, Encoding])
    required: bool = True
    nullable: bool = False
    """Whether null is a valid body, so that None means null if the body is required."""
    variants: tuple[Body, ...] = ()
    compose: Compose | None = None
    choose: Choose | None = None

    def __post_init__(self) -> None:
        self.media_type = self.media_type or MEDIA_TYPES[self.kind]

    def __repr__(self) -> str:
        return f"<{self.kind} body {self.media_type}>"


# With an annotation, and a media type if it is not that of the kind.
json_body: Final = partial(Body, "json")


class ResponseSpec:
    """One response in one media type. `message` and `code` are JSON pointers into an error body,
    tried in order."""

    __slots__ = ("annotation", "code", "kind", "media_type", "message")

    def __init__(
        self,
        kind: Kind,
        annotation: str | None = None,
        *,
        media_type: str | None = None,
        message: str | tuple[str, ...] = (),
        code: str | tuple[str, ...] = (),
    ) -> None:
        self.kind: Kind = kind
        self.media_type: str | None = media_type or MEDIA_TYPES.get(kind)
        self.annotation: str | None = annotation
        self.message: tuple[str, ...] = (message,) if isinstance(message, str) else message
        self.code: tuple[str, ...] = (code,) if isinstance(code, str) else code

    def __repr__(self) -> str:
        return f"<{self.kind} response {self.media_type or ''}>"


# Per status ("200", "4XX", "default"): one response, or one per media type.
ResponseSpecs: TypeAlias = Mapping[str, "ResponseSpec | tuple[ResponseSpec, ...]"]


# Errors have pointers to their message and code.
json_response: Final = partial(ResponseSpec, "json")
json_error: Final = json_response
text_response: Final = partial(ResponseSpec, "text")
binary_response: Final = partial(ResponseSpec, "binary")
xml_response: Final = partial(ResponseSpec, "xml")
empty_response: Final = partial(ResponseSpec, "empty")
