"""Parameters: from Python values to path, query, headers and cookies.

An operation's parameters are compiled once into small functions; a call runs those with a
value. None means "not given".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Final, TypeAlias

from .._checks import is_iterable, is_list, is_mapping, is_object
from .._errors import ArgumentError
from .._json import JSONValue, ascii_dumps, dumps
from ..operations._parameter import FilterSpec, Parameter
from ._codecs import codec_for
from ._styles import (
    Escape,
    Pair,
    escape,
    escape_reserved,
    is_empty,
    list_or_object,
    members,
    pairs_of,
    scalars,
)

__all__ = ["Target", "Writer", "compile_parameter", "compile_path", "plain"]

_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
# RFC 9110, 5.5.
_INVALID_IN_HEADER: Final = re.compile(r"[^\x20-\x7e\t]")
_INVALID_IN_COOKIE: Final = re.compile(r'[^\x21-\x7e]|[",;\\]')  # RFC 6265, 4.1.1


class Target:
    """The parts of a request that parameters write to."""

    __slots__ = ("cookies", "headers", "path", "query")

    def __init__(self) -> None:
        self.path: dict[str, str] = {}
        self.query: list[str] = []
        self.headers: dict[str, str] = {}
        self.cookies: list[str] = []


Writer: TypeAlias = "Callable[[object, Target], None]"


def compile_parameter(parameter: Parameter, package: str) -> Writer:
    """Return the function that writes a value of this parameter to a request."""
    encode = _reject_empty_lists(_encoder(parameter, package)) if parameter.required else _encoder(parameter, package)
    match parameter.location:
        case "path":
            return _path_writer(parameter, encode)
        case "query":
            return _query_writer(parameter, encode)
        case "header":
            return _header_writer(parameter, encode)
        case "cookie":
            return _cookie_writer(parameter, encode)


def _encoder(parameter: Parameter, package: str) -> Callable[[object], object]:
    """Return the function that converts a value to JSON, or to JSON text for parameters with `content`."""
    if parameter.filter is not None:
        return partial(_filter, parameter.filter)
    codec = codec_for(parameter.annotation, package)
    as_json = parameter.media_type is not None and "json" in parameter.media_type
    is_scalar = parameter.annotation is None and not as_json
    convert = codec.encode if codec is not None else _scalar if is_scalar else plain
    accepts_text = parameter.media_type is None and codec is None
    json_text = ascii_dumps if parameter.location == "header" else dumps

    def encode(value: object) -> object:
        if accepts_text and type(value) is str:
            return value
        _raise_for_nan(value)
        try:
            result = convert(value)
            return json_text(result).decode() if as_json else result
        except ArgumentError:
            raise
        except (TypeError, ValueError) as error:
            raise ArgumentError(str(error)) from None

    return encode


def _filter(spec: FilterSpec, value: object) -> str:
    if isinstance(value, str):
        return value
    from ..filters import filter_text

    return filter_text(value, spec)


def _reject_empty_lists(encode: Callable[[object], object]) -> Callable[[object], object]:
    """Reject empty lists for required parameters: they would be omitted."""

    def encode_non_empty(value: object) -> object:
        result = encode(value)
        if is_list(result) and all(member is None for member in result):
            raise ArgumentError("an empty list cannot be sent, and a value is needed")
        return result

    return encode_non_empty


def _raise_for_nan(value: object) -> None:
    """Raise `ArgumentError` for NaN, pandas' NaT and the like, also in a list."""
    members = value if is_iterable(value) and isinstance(value, list | tuple | set | frozenset) else (value,)
    for member in members:
        # Comparing arrays does not give a boolean; comparing a signalling NaN raises.
        if (isinstance(member, Decimal) and member.is_nan()) or (member != member) is True:
            raise ArgumentError(
                f"{member} is no {_kind(member)} that can be sent", advice="Leave it out, or pass None."
            )


def _kind(value: object) -> str:
    return "number" if isinstance(value, float) else "value"


def _scalar(value: object) -> object:
    """Return JSON for a scalar. Raises for lists and objects, which the spec does not allow here."""
    result = plain(value)
    if is_list(result) or is_object(result):
        raise ArgumentError(f"a single value was expected, not {type(value).__name__}")
    return result


def plain(value: object) -> JSONValue:
    """Return JSON for a value that no codec describes: enums by value, sequences as lists, dates in ISO form."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if is_mapping(value):
        return {str(key): plain(member) for key, member in value.items()}
    for method in ("to_dict", "isoformat"):
        convert: Callable[[], JSONValue] | None = getattr(value, method, None)
        if convert is not None:
            return convert()
    if is_iterable(value) and not isinstance(value, bytes | bytearray):
        return [plain(member) for member in value]
    raise ArgumentError(f"{type(value).__name__} cannot be sent")


# --- path ------------------------------------------------------------------


Blame: TypeAlias = "Callable[[ArgumentError, str], ArgumentError]"


def compile_path(template: str, blame: Blame) -> Callable[[dict[str, str]], str]:
    """Return the function that fills a path template with escaped values. `blame` sets the parameter of an error.

    Empty segments, `.` and `..` are rejected: servers and proxies would drop them and read, or
    delete, something else.
    """
    pieces = _PLACEHOLDER.split(template)
    if len(pieces) == 1:
        return lambda values: template
    literals, names = pieces[::2], pieces[1::2]

    def fill(values: dict[str, str]) -> str:
        text = literals[0]
        for name, literal in zip(names, literals[1:], strict=True):
            value = values.get(name)
            if value is None:
                raise blame(ArgumentError("the path needs a value"), name)
            if value == "" and _stands_alone(text, literal):
                raise blame(ArgumentError("'' cannot stand in a path"), name)
            text = f"{text}{value}{literal}"
        if "/." in text:
            for segment in text.split("/"):
                if segment in (".", ".."):
                    dotted = next((name for name in names if segment in values[name].split("/")), names[0])
                    raise blame(ArgumentError(f"{segment!r} cannot stand in a path"), dotted)
        return text

    return fill


def _stands_alone(before: str, after: str) -> bool:
    """Return whether a placeholder between these texts is a complete segment."""
    return (not before or before.endswith("/")) and (not after or after.startswith("/"))


def _path_writer(parameter: Parameter, encode: Callable[[object], object]) -> Writer:
    wire = parameter.wire
    finish = _path_text(parameter)

    def write(value: object, target: Target) -> None:
        target.path[wire] = finish(encode(value))

    return write


def _path_text(parameter: Parameter) -> Callable[[object], str]:
    explode = parameter.explode
    escaping = _escape_path_reserved if parameter.allow_reserved else escape
    match parameter.style:
        case "label":
            separator = "." if explode else ","
            return lambda value: "." + list_or_object(value, separator, _key_separator(explode), escaping)
        case "matrix":
            name = escape(parameter.wire)
            return lambda value: _matrix(name, value, explode, escaping)
        case _:
            return lambda value: list_or_object(value, ",", _key_separator(explode), escaping)


def _escape_path_reserved(text: str) -> str:
    # Question marks end the path.
    return escape_reserved(text).replace("?", "%3F")


def _key_separator(explode: bool) -> str:
    return "=" if explode else ","


def _matrix(name: str, value: object, explode: bool, escaping: Escape) -> str:
    """Format a value as in RFC 6570, 3.2.7: empty strings have no equals sign, empty lists and objects give nothing."""
    if explode and is_list(value):
        pairs = [(name, escaping(text)) for text in scalars(value)]
    elif explode and is_object(value):
        pairs = [(escaping(key), escaping(text)) for key, text in members(value, explode=True)]
    elif is_empty(value):
        return ""
    else:
        pairs = [(name, list_or_object(value, ",", ",", escaping))]
    return "".join([f";{key}={text}" if text else f";{key}" for key, text in pairs])


# --- query -----------------------------------------------------------------


def _query_writer(parameter: Parameter, encode: Callable[[object], object]) -> Writer:
    wire, style, explode = parameter.wire, parameter.style, parameter.explode
    name = escape(wire)
    escaping = escape_reserved if parameter.allow_reserved else escape

    def write(value: object, target: Target) -> None:
        encoded = encode(value)
        if type(encoded) is str:
            target.query.append(f"{name}={escaping(encoded)}")
        else:
            target.query.extend(_encoded_pairs(pairs_of(wire, encoded, style, explode, escaping)))

    return write


def _encoded_pairs(pairs: list[Pair]) -> list[str]:
    return [f"{escape(name)}={text}" for name, text in pairs]


# --- headers and cookies ---------------------------------------------------


def _header_writer(parameter: Parameter, encode: Callable[[object], object]) -> Writer:
    wire = parameter.wire.lower()
    equals = _key_separator(parameter.explode)

    def write(value: object, target: Target) -> None:
        encoded = encode(value)
        text = encoded if type(encoded) is str else list_or_object(encoded, ",", equals, str)
        if text or not (is_list(encoded) or is_object(encoded)):
            target.headers[wire] = header_text(text)

    return write


def header_text(value: str) -> str:
    """Return the value, or raise if it is invalid in a header."""
    if _INVALID_IN_HEADER.search(value):
        raise ArgumentError(
            "a header holds visible ASCII characters only", advice="Percent-encode it if the service does."
        )
    return value.strip()


def _cookie_writer(parameter: Parameter, encode: Callable[[object], object]) -> Writer:
    wire, style, explode = parameter.wire, parameter.style, parameter.explode
    escaping = _cookie_text if parameter.allow_reserved else escape

    def write(value: object, target: Target) -> None:
        target.cookies.extend(_encoded_pairs(pairs_of(wire, encode(value), style, explode, escaping)))

    return write


def _cookie_text(text: str) -> str:
    """Return the value, or raise if it is invalid in a cookie without escapes."""
    if _INVALID_IN_COOKIE.search(text):
        raise ArgumentError("a cookie holds visible ASCII without quotes, commas, semicolons and backslashes")
    return text
