"""Readers of what has a type but no class: unions, and what services send of their own accord."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from ._context import FROM_CALLER
from ._json import Buffer, JSONValue, decode_json
from ._resolve import resolve

__all__ = ["Parser", "Webhook"]

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
