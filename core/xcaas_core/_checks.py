"""Checks of values that callers or JSON gave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ._errors import ConfigurationError

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = [
    "check_library",
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


def invalid_type(name: str, value: object, wanted: str, advice: str | None = None) -> ConfigurationError:
    """Return the error for an option that is of a wrong type. Values are not shown: they may be secret."""
    return ConfigurationError(f"{name} must be {wanted}, not {_kind(value)}", advice=advice)


def _kind(value: object) -> str:
    """Return what something is, and what it holds."""
    name = type(value).__name__
    parts: Collection[object] = ()
    if is_mapping(value):
        parts = [part for pair in value.items() for part in pair]
    elif is_collection(value) and isinstance(value, list | tuple | set | frozenset):
        parts = value
    inner = " and ".join(sorted({type(part).__name__ for part in parts}))
    return f"{name} of {inner}" if inner else name


def is_object(value: object) -> TypeIs[dict[str, object]]:
    """Tell whether a value that was read from JSON or TOML is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeIs[list[object]]:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def is_mapping(value: object) -> TypeIs[Mapping[Any, object]]:
    """Tell whether a value is a mapping."""
    return isinstance(value, Mapping)


def is_collection(value: object) -> TypeIs[Collection[object]]:
    """Tell whether a value is a collection."""
    return isinstance(value, Collection)


def is_iterable(value: object) -> TypeIs[Iterable[object]]:
    """Tell whether a value can be iterated over."""
    return isinstance(value, Iterable)


def is_tuple(value: object) -> TypeIs[tuple[object, ...]]:
    """Tell whether a value is a tuple."""
    return isinstance(value, tuple)


def is_number(value: object) -> TypeIs[int | float]:
    """Tell whether a value counts something: True is no number of seconds."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_str_mapping(value: object) -> TypeIs[Mapping[str, str]]:
    """Tell whether a value maps strings to strings."""
    return is_mapping(value) and all(isinstance(part, str) for pair in value.items() for part in pair)


def check_library(option: str, name: str | None) -> None:
    """Refuse what is no HTTP library that calls can go through. Whether it is installed shows when it is needed."""
    if name not in (None, "httpx", "httpx2"):
        raise ConfigurationError(f"{option} must be httpx or httpx2, not {name!r}")
