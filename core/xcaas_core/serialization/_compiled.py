"""Operations compiled for calls: their parameters, body and responses as functions.

Done on the first call of an operation and shared by all clients: nothing here depends on
credentials, addresses or options.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote, unquote

from .._errors import ArgumentError
from ..operations._operation import IDEMPOTENT, Operation
from ._bodies import BodyWriter, Payload
from ._parameters import Target, Writer, compile_parameter, compile_path
from ._responses import ResponseDecoder

if TYPE_CHECKING:
    from ..operations._operation import Operation
    from ..operations._parameter import Parameter
    from ..operations._product import Scheme

__all__ = [
    "Compiled",
    "blame_body",
    "blame_parameter",
    "compiled",
    "in_zone",
]


def in_zone(value: object, zone: object) -> object:
    """Return an aware datetime as a naive one in `zone`; any other value unchanged.

    Raises:
        ArgumentError: The zone is unknown.
    """
    if not isinstance(value, dt.datetime) or value.tzinfo is None or zone is None:
        return value
    from zoneinfo import ZoneInfo

    try:
        return value.astimezone(ZoneInfo(str(zone))).replace(tzinfo=None)
    except (OSError, ValueError, LookupError):
        raise ArgumentError(
            f"the time cannot be converted to the zone {zone!r}, which is not known here",
            advice="Give the IANA name of a zone, such as America/New_York; on Windows, install tzdata.",
        ) from None


AnyArgumentError = TypeVar("AnyArgumentError", bound=ArgumentError)


def blame_parameter(error: AnyArgumentError, operation: Operation[object], position: int) -> AnyArgumentError:
    """Set the argument that an error is about."""
    parameter = operation.parameters[position]
    error.argument = parameter.argument
    error.wire = parameter.wire
    return error


def blame_body(error: AnyArgumentError, operation: Operation[object]) -> AnyArgumentError:
    """Set the argument of an error about the body."""
    error.argument = error.argument or operation.body_argument
    return error


Settings = Callable[[str], str | None]
_ABSENT: Final = "a value is needed, and none was given"
_TOO_DEEP: Final = "the value is nested too deeply, or holds itself"


class Compiled:
    """The functions of one operation that build requests and decode responses."""

    __slots__ = (
        "_body",
        "_credential_sets",
        "_key_names",
        "_operation",
        "_writers",
        "fill_path",
        "repeatable",
        "responses",
    )

    def __init__(self, operation: Operation[object]) -> None:
        package = operation.product.package
        self._operation = operation
        self.fill_path: Callable[[dict[str, str]], str] = compile_path(operation.path, self._blame_segment)
        self._writers: list[tuple[Writer, Parameter]] = [
            (compile_parameter(parameter, package), parameter) for parameter in operation.parameters
        ]
        self._body: BodyWriter | None = None if operation.body is None else BodyWriter(operation.body, package)
        self.responses: ResponseDecoder = ResponseDecoder(operation)
        self.repeatable: bool = operation.method.upper() in IDEMPOTENT if operation.retry is None else operation.retry
        self._credential_sets = _credential_sets(operation)
        self._key_names = frozenset(
            name for names in self._credential_sets for name in names if "?" in name or "=" in name
        )

    def write(self, args: tuple[object, ...], setting: Settings, *, linked: bool) -> Target:
        """Return arguments as parts of a request. `linked`: the address already has path and query."""
        target = Target()
        count = len(args)
        position = 0
        try:
            for position, (writer, parameter) in enumerate(self._writers):
                value = args[position] if position < count else None
                if value is None:
                    if parameter.source is not None:
                        value = setting(parameter.source)
                    if value is None:
                        if parameter.required and not linked:
                            _raise_missing(parameter)
                        continue
                if parameter.zone is not None:
                    value = in_zone(value, self._value_of(args, parameter.zone))
                if not linked or parameter.location in ("header", "cookie"):
                    writer(value, target)
        except ArgumentError as error:
            raise blame_parameter(error, self._operation, position) from None
        except RecursionError:
            raise blame_parameter(ArgumentError(_TOO_DEEP), self._operation, position) from None
        return target

    def _value_of(self, args: tuple[object, ...], wire: str) -> object:
        """Return the argument for a query parameter."""
        position = self._operation.index("query", wire)
        return args[position] if position is not None and position < len(args) else None

    def keys(self, target: Target) -> dict[str, str]:
        """Return the API keys that are among the arguments (see `Request.keys`)."""
        if not self._key_names:
            return {}
        query, cookies = ([pair.partition("=") for pair in part] for part in (target.query, target.cookies))
        present = {f"?{name}": value for name, _, value in query} | {f"{name}=": value for name, _, value in cookies}
        return {name: unquote(value) for name, value in present.items() if name in self._key_names}

    def caller_credentials(self, headers: Mapping[str, str], keys: Mapping[str, str] | None = None) -> frozenset[str]:
        """Return the headers and keys with credentials set by the caller, which make others unnecessary."""
        present = headers.keys() | keys.keys() if keys else headers.keys()
        return next((names for names in self._credential_sets if names and names <= present), frozenset[str]())

    def payload(self, operation: Operation[object], body: object, media_type: str | None = None) -> Payload | None:
        """Return the body to send, in the given media type; None if there is none."""
        try:
            return self._payload(operation, body, media_type)
        except ArgumentError as error:
            raise blame_body(error, operation) from None
        except RecursionError:
            raise blame_body(ArgumentError(_TOO_DEEP), operation) from None

    def _payload(self, operation: Operation[object], body: object, media_type: str | None) -> Payload | None:
        if body is None:
            if operation.body is None or not operation.body.required:
                return None
            if not operation.body.nullable:
                raise ArgumentError(_ABSENT)
        if self._body is None:
            raise ArgumentError("this call takes none")
        return self._body.write(body, media_type)

    def _blame_segment(self, error: ArgumentError, wire: str) -> ArgumentError:
        position = self._operation.index("path", wire)
        return error if position is None else blame_parameter(error, self._operation, position)


def _raise_missing(parameter: Parameter) -> None:
    advice = None if parameter.source is None else f"Pass it to the call, or {parameter.source}=… to the client."
    raise ArgumentError(_ABSENT, advice=advice)


def _credential_sets(operation: Operation[object]) -> tuple[frozenset[str], ...]:
    """Return the sets of headers and keys that hold credentials: with all of one set, a call needs no others."""
    schemes = operation.product.schemes
    sets: list[frozenset[str]] = []
    for requirement in operation.security:
        sets.append(frozenset(_credential_name(schemes.get(scheme)) for scheme in requirement))
    return tuple(sets)


def _credential_name(scheme: Scheme | None) -> str:
    """Return the header of a scheme, or the name of its key in `Request.keys`."""
    if scheme is None or scheme.kind != "api-key" or not scheme.parameter:
        return "authorization"
    match scheme.location:
        case "header":
            return scheme.parameter.lower()
        case "query":
            return f"?{quote(scheme.parameter, safe='')}"
        case "cookie":
            return f"{scheme.parameter}="
        case _:
            return "authorization"


def compiled(operation: Operation[object]) -> Compiled:
    """Return the compiled operation, cached. If two threads race, either result will do."""
    result = operation.compiled
    if not isinstance(result, Compiled):
        result = operation.compiled = Compiled(operation)
    return result
