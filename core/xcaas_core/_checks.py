"""Checks that arguments of several parts of the package share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeGuard, cast

from ._errors import ConfigurationError

__all__ = ["check_library", "invalid_type", "is_number", "is_str_mapping"]


def invalid_type(name: str, value: object, wanted: str, advice: str | None = None) -> ConfigurationError:
    """The error for an option that is of a wrong type. Values are not shown: they may be secret."""
    return ConfigurationError(f"{name} must be {wanted}, not {_kind(value)}", advice=advice)


def _kind(value: object) -> str:
    """What something is, and what it holds."""
    name = type(value).__name__
    parts: Iterable[object] = ()
    if isinstance(value, Mapping):
        parts = [part for pair in cast("Mapping[object, object]", value).items() for part in pair]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = cast("Iterable[object]", value)
    inner = " and ".join(sorted({type(part).__name__ for part in parts}))
    return f"{name} of {inner}" if inner else name


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value counts something: True is no number of seconds."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_str_mapping(value: object) -> bool:
    """Whether a value maps text to text, or is not given."""
    if value is None:
        return True
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(part, str) for pair in cast("Mapping[object, object]", value).items() for part in pair)


def check_library(option: str, name: str | None) -> None:
    """Refuse what is no HTTP library that calls can go through. Whether it is installed shows when it is needed."""
    if name not in (None, "httpx", "httpx2"):
        raise ConfigurationError(f"{option} must be httpx or httpx2, not {name!r}")
