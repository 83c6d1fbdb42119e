"""The intermediate representation (IR): a parsed document, as plan, render and diff read it.

`parse` creates it, and nothing changes it afterwards. Strings in it (`doc`, wire names, values) come from the spec and
must reach code only through `python/code.py`. The `place` of a node is its location in the document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from xcaas_generator.extensions import Checksum as Checksum
from xcaas_generator.extensions import Download as Download
from xcaas_generator.extensions import FollowUp as FollowUp
from xcaas_generator.extensions import Pagination as Pagination
from xcaas_generator.extensions import Poller as Poller
from xcaas_generator.extensions import RateLimit as RateLimit
from xcaas_generator.extensions import Retry as Retry
from xcaas_generator.extensions import RowsOf as RowsOf
from xcaas_generator.extensions import Slices as Slices
from xcaas_generator.extensions import StatusLink as StatusLink
from xcaas_generator.extensions import StopCondition as StopCondition
from xcaas_generator.extensions import StopTest as StopTest
from xcaas_generator.extensions import ValueLocation as ValueLocation
from xcaas_generator.source import JSON as JSON
from xcaas_generator.source import SourceLocation as SourceLocation

# --- types -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scalar:
    """A JSON scalar. `format` is that of the spec, if the run time supports it."""

    kind: Literal["str", "int", "float", "bool", "none", "bytes", "any"]
    format: str | None = None


@dataclass(frozen=True, slots=True)
class ModelRef:
    name: str


@dataclass(frozen=True, slots=True)
class EnumRef:
    name: str


@dataclass(frozen=True, slots=True)
class Const:
    """A `const`. Its type tells 1, 1.0 and True apart, which compare equal."""

    value: str | int | float | bool | None
    kind: type = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value))


@dataclass(frozen=True, slots=True)
class ListOf:
    item: TypeRef


@dataclass(frozen=True, slots=True)
class MapOf:
    value: TypeRef


@dataclass(frozen=True, slots=True)
class UnionOf:
    """A union. With a discriminator, `mapping` has pairs of a tag and the name of a member model, one for each member
    with that tag; `base` is the model for unknown tags."""

    members: tuple[TypeRef, ...]
    discriminator: str | None = None
    mapping: tuple[tuple[str, str], ...] = ()
    base: str | None = None


TypeRef: TypeAlias = Scalar | ModelRef | EnumRef | Const | ListOf | MapOf | UnionOf

# --- models ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    wire: str
    name: str  # a Python identifier, not yet checked for collisions
    type: TypeRef  # without null; see `nullable`
    required: bool
    nullable: bool
    place: SourceLocation
    doc: str = ""
    default: JSON = None
    has_default: bool = False
    example: JSON = None
    limits: tuple[tuple[str, JSON], ...] = ()  # ("minimum", 1), ("maxLength", 64), ("pattern", ...)
    read_only: bool = False
    write_only: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    name: str  # unique class name within the document
    fields: tuple[Field, ...]
    place: SourceLocation
    title: str = ""
    doc: str = ""
    extra: TypeRef | None = None  # type of additional properties, if the spec defines it
    closed: bool = False  # additionalProperties: false
    example: JSON = None
    deprecated: bool = False
    error: tuple[tuple[str, str], ...] = ()  # pointers to its parts: (("message", "/fault/faultstring"), ...)


@dataclass(frozen=True, slots=True)
class Enum:
    """A named list of values. Open at run time: other values are kept as they are."""

    name: str
    values: tuple[str | int | float | bool | None, ...]
    place: SourceLocation
    doc: str = ""
    base: tuple[str, ...] = ("str",)  # Python types of the values


@dataclass(frozen=True, slots=True)
class Union:
    """A named `oneOf` or `anyOf`, which has no class of its own.

    With a single class or enum it is an alias of that.
    """

    name: str
    type: UnionOf | ModelRef | EnumRef
    place: SourceLocation
    doc: str = ""


# --- operations ------------------------------------------------------------

Location: TypeAlias = Literal["path", "query", "header", "cookie"]


FilterTimes: TypeAlias = Literal["date-time", "epoch-milliseconds"]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a FIQL or RSQL filter may contain. `fields` are the allowed fields; empty if they are unknown."""

    operators: tuple[str, ...]
    times: FilterTimes = "date-time"
    fields: tuple[str, ...] = ()
    alone: bool = False  # only one comparison


@dataclass(frozen=True, slots=True)
class Parameter:
    wire: str
    name: str
    location: Location
    type: TypeRef
    required: bool
    place: SourceLocation
    nullable: bool = False
    doc: str = ""
    default: JSON = None
    has_default: bool = False
    example: JSON = None
    limits: tuple[tuple[str, JSON], ...] = ()
    style: str = "form"  # form simple label matrix spaceDelimited pipeDelimited deepObject
    explode: bool = True
    allow_reserved: bool = False
    media_type: str | None = None  # of a parameter with `content`: how to serialise it
    deprecated: bool = False
    source: str | None = None  # the client setting that supplies it, such as "tenant"
    zone: str | None = None  # the parameter that names the time zone of this one
    filter: Filter | None = None


BodyKind: TypeAlias = Literal["json", "form", "multipart", "text", "binary", "xml"]


@dataclass(frozen=True, slots=True)
class PartEncoding:
    """How a property of a form or multipart body is serialised (`encoding` of the media type)."""

    wire: str
    content_type: str | None = None
    style: str | None = None
    explode: bool | None = None
    headers: tuple[tuple[str, str], ...] = ()  # headers of the part, with constant values
    base64: bool = False  # whether bytes are sent in base64


@dataclass(frozen=True, slots=True)
class BodyVariant:
    media_type: str
    kind: BodyKind
    type: TypeRef
    encoding: tuple[PartEncoding, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    variants: tuple[BodyVariant, ...]  # the first is the default
    required: bool
    place: SourceLocation
    name: str = "body"
    doc: str = ""


ResponseKind: TypeAlias = Literal["json", "text", "binary", "xml", "empty"]


@dataclass(frozen=True, slots=True)
class ResponseVariant:
    media_type: str
    kind: ResponseKind
    type: TypeRef
    position: int = 0  # index among the media types of the document
    alternative: bool = False  # the data of a JSON variant in another format, not to be requested


@dataclass(frozen=True, slots=True)
class Response:
    """One entry under `responses`. `status` is "200", "4XX" or "default"."""

    status: str
    variants: tuple[ResponseVariant, ...]  # empty: no body
    place: SourceLocation
    doc: str = ""
    headers: tuple[Parameter, ...] = ()
    may_be_empty: bool = False  # in addition to the variants

    @property
    def success(self) -> bool:
        return self.status.startswith("2")

    @property
    def upgrade(self) -> bool:
        """Whether the connection becomes a WebSocket, whose messages have the types of the variants."""
        return self.status == "101"

    @property
    def redirect(self) -> bool:
        """Whether it is a redirect that the document lists, or "not modified"."""
        return self.status.startswith("3") and self.status.isdecimal()


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    enum: tuple[str, ...] = ()
    doc: str = ""
    names: tuple[tuple[str, str], ...] = ()  # names of its values: (("eu", "/eu"), ...)
    source: str | None = None  # the client setting that supplies it: "region", "tenant", ...
    required: bool = False  # the default is only an example


@dataclass(frozen=True, slots=True)
class Server:
    url: str  # template
    variables: tuple[Variable, ...] = ()
    doc: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A security scheme. `name` is its key in the spec; `kind` one of http-basic, http-bearer, api-key, oauth2, openid,
    mutual-tls, other; `credential` the kind of credential in core."""

    name: str
    kind: str
    place: SourceLocation
    doc: str = ""
    location: Location | None = None  # api-key
    parameter: str | None = None  # api-key
    token_url: str | None = None
    credential: str | None = None
    options: tuple[tuple[str, JSON], ...] = ()  # further settings of the scheme


@dataclass(frozen=True, slots=True)
class Operation:
    id: str  # operationId, or generated from method and path
    method: str  # upper case
    path: str  # template as in the spec
    place: SourceLocation
    servers: tuple[Server, ...]
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: tuple[Response, ...] = ()
    security: tuple[tuple[str, ...], ...] = ()  # alternatives, each with all schemes that it needs; () = none
    tags: tuple[str, ...] = ()
    summary: str = ""
    doc: str = ""
    deprecated: bool = False
    resource: tuple[str, ...] = ()  # path in the client; if empty, plan derives it from tags
    verb: str | None = None
    pagination: Pagination | None = None
    poller: Poller | None = None
    download: Download | None = None
    retry: Retry | None = None
    slices: Slices | None = None
    fixed_headers: tuple[tuple[str, str], ...] = ()  # sent with every call
    single: bool = False  # the response is one object, possibly as the only element of a list


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request that the service sends.

    Of a callback, `operation` is the id of its operation and `url` its target; both are empty for the document's own
    webhooks. `key_urls` are the URLs of the keys of its signature.
    """

    name: str
    method: str  # upper case
    place: SourceLocation
    body: Body | None = None
    summary: str = ""
    doc: str = ""
    deprecated: bool = False
    operation: str = ""
    url: str = ""
    key_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that can't be generated."""

    method: str
    path: str
    place: SourceLocation
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    name: str  # product name: the file's stem, or as passed by the caller
    title: str
    version: str
    place: SourceLocation
    doc: str = ""
    servers: tuple[Server, ...] = ()
    security_schemes: tuple[SecurityScheme, ...] = ()
    models: tuple[Model, ...] = ()
    enums: tuple[Enum, ...] = ()
    unions: tuple[Union, ...] = ()
    operations: tuple[Operation, ...] = ()
    refused: tuple[Refused, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()  # names and descriptions
    console_name: str | None = None  # the product's name in the Admin Console
    rate_limits: tuple[RateLimit, ...] = ()
