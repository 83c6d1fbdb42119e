"""Replaces this package in vendored copies made without pydantic."""

from __future__ import annotations

__all__ = ["core_schema", "json_schema"]


def core_schema(cls: type) -> dict[str, object]:
    """Raise: not available in this copy."""
    raise TypeError(
        f"{cls.__name__} is no field for pydantic in this copy. Make it again with: xcaas-gen vendor … --with pydantic"
    )


def json_schema(layout: object) -> dict[str, object]:
    """Return nothing; pydantic asks for the core schema first."""
    return {}
