"""What the parts of this package know of a model before there is the class of that name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from ._codec import Reader
from ._json import JSONObject, JSONValue

if TYPE_CHECKING:
    import attrs

__all__ = ["ModelBase", "ObjectLayout"]


class ObjectLayout(Protocol):
    """How the objects of one class are read and written."""

    @property
    def reader(self) -> Reader:
        """The function that makes an instance of a JSON object."""
        ...

    def write(self, value: object) -> JSONValue:
        """Return the JSON object of an instance, or of a mapping by the names in JSON."""
        ...

    def fits(self, raw: object) -> bool:
        """Whether a JSON value is an object of this class through and through."""
        ...

    def distance(self, raw: Mapping[str, object]) -> tuple[int, int]:
        """Return how far a JSON object is from this class: (required fields that it lacks, fields unknown here)."""
        ...


class ModelBase:
    """The base of `Model`, for what has to tell models from other classes."""

    __slots__ = ("_fallbacks",)

    _fallbacks: dict[str, tuple[object, JSONValue]]
    """Per field what was read and what had come, where the one is not written as the other."""

    if TYPE_CHECKING:
        unknown_fields: dict[str, JSONValue]
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[Any], ...]]

    @classmethod
    def _layout(cls) -> ObjectLayout:
        """Return the fields of the class, found out when they are first needed."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return an instance for a JSON object."""
        raise NotImplementedError

    def to_dict(self) -> JSONObject:
        """Return the JSON object."""
        raise NotImplementedError
