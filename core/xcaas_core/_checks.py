"""Checks of values from callers or JSON."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterable, Mapping
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final

from ._errors import ArgumentError, ConfigurationError, XCaaSError

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import TypeIs

__all__ = [
    "POSITIVE",
    "argument_error",
    "check_library",
    "check_number",
    "check_path",
    "has_methods",
    "invalid_type",
    "is_collection",
    "is_iterable",
    "is_list",
    "is_mapping",
    "is_number",
    "is_object",
    "is_str_mapping",
    "is_tuple",
]

POSITIVE: Final = math.ulp(0.0)


def invalid_type(name: str, value: object, expected: str, advice: str | None = None) -> ConfigurationError:
    """Return the error for an option of a wrong type. The value is not shown: it may be secret."""
    return ConfigurationError(f"{name} must be {expected}, not {_type_of(value)}", advice=advice)


def argument_error(name: str, message: str, advice: str | None = None) -> ArgumentError:
    """Return the error for an invalid argument."""
    error = ArgumentError(message, advice=advice)
    error.argument = name
    return error


def check_number(
    name: str,
    value: object,
    expected: str,
    least: float = 0.0,
    most: float = math.inf,
    kind: type[XCaaSError] = ConfigurationError,
) -> None:
    """Refuse a value other than a number from `least` to `most`, which is whole if `least` is; also NaN and huge numbers."""
    if is_number(value) and isinstance(value, type(least) | int):
        try:
            if least <= float(value) <= most:
                return
            actual = f"{value:g}"
        except OverflowError:
            actual = "a number as large as this"
    else:
        actual = _type_of(value)
    raise kind(f"{name} must be {expected}, not {actual}")


def check_path(path: str | os.PathLike[str], argument: str = "path") -> Path:
    """Return the path of a file or folder, if it is valid.

    Raises:
        ArgumentError: It is not a path, or contains null or characters that file names cannot.
    """
    from pathlib import Path

    try:
        result = Path(path)
    except TypeError:
        raise argument_error(
            argument, f"{_type_of(path)} is no path", "Give a pathlib.Path, or a path as text."
        ) from None
    try:
        if b"\0" not in os.fsencode(result):
            return result
    except UnicodeEncodeError:
        pass
    raise argument_error(argument, f"{str(result)!r} cannot be the name of a file")


def _type_of(value: object) -> str:
    """Return the type of a value, and the types of its members."""
    name = type(value).__name__
    parts: Collection[object] = ()
    if is_mapping(value):
        parts = [part for pair in value.items() for part in pair]
    elif is_collection(value) and isinstance(value, list | tuple | set | frozenset):
        parts = value
    members = " and ".join(sorted({type(part).__name__ for part in parts}))
    return f"{name} of {members}" if members else name


def has_methods(value: object, *names: str) -> bool:
    """Return whether a value has these methods, none of them `async def`, and is not a class."""
    methods = [getattr(value, name, None) for name in names]
    return not isinstance(value, type) and all(
        callable(method) and not iscoroutinefunction(method) for method in methods
    )


def is_object(value: object) -> TypeIs[dict[str, object]]:
    """Return whether a value from JSON or TOML is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeIs[list[object]]:
    """Return whether a value is a list."""
    return isinstance(value, list)


def is_mapping(value: object) -> TypeIs[Mapping[Any, object]]:
    """Return whether a value is a mapping."""
    return isinstance(value, Mapping)


def is_collection(value: object) -> TypeIs[Collection[object]]:
    """Return whether a value is a collection."""
    return isinstance(value, Collection)


def is_iterable(value: object) -> TypeIs[Iterable[object]]:
    """Return whether a value can be iterated over."""
    return isinstance(value, Iterable)


def is_tuple(value: object) -> TypeIs[tuple[object, ...]]:
    """Return whether a value is a tuple."""
    return isinstance(value, tuple)


def is_number(value: object) -> TypeIs[int | float]:
    """Return whether a value is a number, other than a boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_str_mapping(value: object) -> TypeIs[Mapping[str, str]]:
    """Return whether a value maps strings to strings."""
    return is_mapping(value) and all(isinstance(part, str) for pair in value.items() for part in pair)


def check_library(option: str, name: str | None) -> None:
    """Refuse an unknown HTTP library. Whether it is installed is checked later."""
    if name not in (None, "httpx", "httpx2"):
        raise ConfigurationError(f"{option} must be httpx or httpx2, not {name!r}")
