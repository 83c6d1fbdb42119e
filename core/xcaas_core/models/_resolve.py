"""Annotations as text, evaluated when a value comes, and readers of what has a type but no class."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import importlib
import typing
import uuid
from typing import Annotated, Any, Final, Generic, Literal, TypeVar, cast

from ._annotations import codec_of
from ._codec import Codec
from ._context import FROM_CALLER
from ._fields import Constant, Discriminator, Format, OneOrList
from ._json import Buffer, JSONValue, decode_json
from ._model import UnknownModel

__all__ = [
    "Parser",
    "Webhook",
    "resolve",
]

# What annotations of operations may name, besides the models of their product (`_models.Tag`).
_NAMES: Final[dict[str, object]] = {
    "Annotated": Annotated,
    "Any": Any,
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
        annotation: Text in generated code. `_models` stands for the models of the package.
        package: The package of the product, as in `xcaas.storage`.

    Raises:
        ValueError: The text is no annotation, or names something that is not there.
    """

    def holder() -> None: ...

    holder.__annotations__ = {"value": annotation}
    names = {**_NAMES, "_models": _LazyModels(package)}
    try:
        hints = typing.get_type_hints(holder, globalns=names, include_extras=True)
        return codec_of(hints["value"])
    except (AttributeError, IndexError, NameError, SyntaxError, TypeError) as error:
        raise ValueError(f"{annotation!r} is no annotation that could be read: {error}") from None


class _LazyModels:
    """The models of a package, imported when the first one is named."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> object:
        return getattr(importlib.import_module(f"{self._package}.models"), name)


T_co = TypeVar("T_co", covariant=True)


class Parser(Generic[T_co]):
    """A function that reads one type of JSON, as `Model.from_json` and `Model.from_dict` do for one model.

    Args:
        annotation: The type, as in the annotations of operations: `list[_models.Tag]`.
        package: The package that has its models in `models`.
    """

    __slots__ = ("_annotation", "_package")

    def __init__(self, annotation: str, package: str) -> None:
        self._annotation = annotation
        self._package = package

    def __call__(self, data: Buffer | JSONValue) -> T_co:
        """Return the value for JSON text or bytes, or for what `json.loads` made of them.

        Text is always taken for JSON text, and no text at all for null.

        Raises:
            DecodeError: The data is no JSON, or does not fit.
        """
        if isinstance(data, (str, bytes, bytearray, memoryview)):
            data = decode_json(data or "null")
        return cast("T_co", resolve(self._annotation, self._package).decode_in(data, FROM_CALLER))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._annotation}>"


class Webhook(Parser[T_co]):
    """A request that a service sends. Call it with the body of the request to read that.

    Whether the request is genuine is for a `webhooks.Verifier` to check first.

    Args:
        name: Its name in the spec.
        method: The HTTP method that it comes with.
        annotation: The type of the payload.
        package: The package that has its models in `models`.
        operation: The operation whose callback it is, if it is one.
        key_urls: Where the public keys are that it is signed with.
    """

    __slots__ = ("key_urls", "method", "name", "operation")

    name: str
    """Its name in the spec."""

    method: str
    """The HTTP method that it comes with."""

    operation: str
    """Id of the operation whose callback it is; empty if nothing that the client calls leads to it."""

    key_urls: tuple[str, ...]
    """Where the public keys are that it is signed with, each with `{kid}` in the place of the key's id."""

    def __init__(
        self,
        name: str,
        method: str,
        annotation: str,
        package: str,
        *,
        operation: str = "",
        key_urls: tuple[str, ...] = (),
    ) -> None:
        super().__init__(annotation, package)
        self.name = name
        self.method = method
        self.operation = operation
        self.key_urls = key_urls

    def __repr__(self) -> str:
        return f"<Webhook {self.name}: {self._annotation}>"
