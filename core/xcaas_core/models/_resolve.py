"""Resolve annotations, given as text, to codecs."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import importlib
import typing
import uuid
from typing import Annotated, Any, Final, Literal

from ._annotations import codec_of
from ._codec import Codec
from ._fields import Constant, Format, OneOrList
from ._model import UnknownModel
from ._unions import AnyOf, Discriminator

__all__ = ["resolve"]

# Names for annotations of operations, besides the models of their product (`_models.Tag`).
_GLOBALS: Final[dict[str, object]] = {
    "Annotated": Annotated,
    "Any": Any,
    "AnyOf": AnyOf,
    "Constant": Constant,
    "Decimal": decimal.Decimal,
    "Discriminator": Discriminator,
    "Format": Format,
    "JSONValue": Any,
    "Literal": Literal,
    "OneOrList": OneOrList,
    "UUID": uuid.UUID,
    "UnknownModel": UnknownModel,
    "_dt": dt,
}


@functools.cache
def resolve(annotation: str, package: str) -> Codec:
    """Return the codec for an annotation of an operation, such as `list[_models.Tag] | None`.

    Args:
        annotation: The annotation as text. `_models` are the models of the package.
        package: The package of the product, as in `xcaas.storage`.

    Raises:
        ValueError: The text is not an annotation, or names something unknown.
    """

    def holder() -> None: ...

    holder.__annotations__ = {"value": annotation}
    globalns = {**_GLOBALS, "_models": _LazyModels(package)}
    try:
        hints = typing.get_type_hints(holder, globalns=globalns, include_extras=True)
        return codec_of(hints["value"])
    except (AttributeError, IndexError, NameError, SyntaxError, TypeError) as error:
        raise ValueError(f"{annotation!r} is no annotation that could be read: {error}") from None


class _LazyModels:
    """The models of a package, imported on first use."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> object:
        return getattr(importlib.import_module(f"{self._package}.models"), name)
