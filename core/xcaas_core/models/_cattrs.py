"""Support for `cattrs`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ._model import Model

__all__ = ["register_cattrs"]


class _Converter(Protocol):
    def register_structure_hook_func(
        self, check_func: Callable[[Any], bool], func: Callable[[Any, Any], Any]
    ) -> Any: ...
    def register_unstructure_hook_func(self, check_func: Callable[[Any], bool], func: Callable[[Any], Any]) -> Any: ...


def register_cattrs(converter: _Converter) -> None:
    """Make a `cattrs` converter structure models with `from_dict` and unstructure them with `to_dict`."""
    converter.register_structure_hook_func(_is_model, lambda data, cls: cls.from_dict(data))
    converter.register_unstructure_hook_func(_is_model, lambda model: model.to_dict())


def _is_model(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, Model)
