"""Models that pydantic cannot take: this package in a vendored copy that nobody asked for it."""

from __future__ import annotations

__all__ = ["core_schema", "json_schema"]


def core_schema(cls: type) -> dict[str, object]:
    """Refuse to describe a model."""
    raise TypeError(
        f"{cls.__name__} is no field for pydantic in this copy. Make it again with: xcaas-gen vendor … --with pydantic"
    )


def json_schema(layout: object) -> dict[str, object]:
    """Return nothing; pydantic asks for the core schema first."""
    return {}
