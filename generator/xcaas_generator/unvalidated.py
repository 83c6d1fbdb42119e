"""What openapi-python-client's document model is built on when nothing has to be validated.

The model's classes are pydantic's. Preparing their validation takes longer than generating a small
document, and no document needs it: `normalise` has judged everything, and `parse_schemas` makes the
model's objects itself. So `parser_library` offers these names as `pydantic` while the model is
imported: classes that hold what they are given, with the defaults that the model declares.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

F = TypeVar("F")


class FieldInfo:
    """A declared field. Limits and aliases say nothing here."""

    def __init__(self, default: Any = None, *, default_factory: Callable[[], Any] | None = None, **_: Any) -> None:
        self.default = default
        self.factory = default_factory


class BaseModel:
    model_config: ClassVar[dict[str, Any]] = {}
    _names: ClassVar[tuple[str, ...]] = ()
    _factories: ClassVar[dict[str, Callable[[], Any]]] = {}
    model_extra: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        names = [name for name in inspect.get_annotations(cls) if name != "model_config"]
        cls._names = (*cls._names, *names)
        cls._factories = dict(cls._factories)
        for name in names:
            declared = cls.__dict__.get(name)
            if not isinstance(declared, FieldInfo):
                setattr(cls, name, declared)
            elif declared.factory is not None:
                cls._factories[name] = declared.factory
            else:
                setattr(cls, name, declared.default)

    def __init__(self, **values: Any) -> None:
        for name, factory in self._factories.items():
            if name not in values:
                values[name] = factory()
        self.__dict__ = values

    @classmethod
    def model_construct(cls, **values: Any) -> Any:
        return cls(**values)

    @classmethod
    def model_rebuild(cls) -> None:
        """Nothing was put off, so there is nothing to finish."""

    def model_copy(self, *, update: dict[str, Any]) -> Any:
        twin = copy.copy(self)
        twin.__dict__ = {**self.__dict__, **update}
        return twin

    def model_dump(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._names}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]  # as pydantic has it


class ValidationError(ValueError):
    pass


class _Mark:
    """Stands in annotations, where nobody reads it."""

    def __init__(self, *_: Any) -> None:
        pass


class _CoreSchema:
    CoreSchema = object
    SerializationInfo = object


def _undecorated(*_: Any, **__: Any) -> Callable[[F], F]:
    return lambda function: function


Field = FieldInfo
ConfigDict = dict
Discriminator = Tag = _Mark
StrictStr, StrictInt, StrictFloat, StrictBool = str, int, float, bool
GetCoreSchemaHandler = CoreSchema = object
core_schema = _CoreSchema
field_validator = model_validator = _undecorated
