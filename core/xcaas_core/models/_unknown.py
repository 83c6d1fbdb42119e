"""The unknown fields of a model."""

from __future__ import annotations

import weakref
from collections.abc import Mapping

from ._base import ModelBase
from ._json import JSONValue

__all__ = ["UnknownFields"]


class UnknownFields(dict[str, JSONValue]):
    """Fields that came and no spec knows. They know whose they are, so that `attrs.evolve`, which gives them
    to the new model, leaves absent what was absent; copies forget it."""

    __slots__ = ("_owner",)

    def __init__(self, owner: ModelBase, values: Mapping[str, JSONValue]) -> None:
        super().__init__(values)
        self._owner = weakref.ref(owner)

    @property
    def owner(self) -> ModelBase | None:
        return self._owner()

    def __reduce__(self) -> tuple[type[dict[str, JSONValue]], tuple[dict[str, JSONValue]]]:
        return dict, (dict(self),)
