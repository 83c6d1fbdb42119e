"""Parsers of types without a class of their own, such as unions, and of webhooks."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from ._context import FROM_CALLER
from ._json import Buffer, JSONValue, decode_json
from ._resolve import resolve

__all__ = ["Parser", "Webhook"]

T_co = TypeVar("T_co", covariant=True)


class Parser(Generic[T_co]):
    """A function that reads one type of JSON, as `Model.from_json` and `Model.from_dict` do for a model.

    Args:
        annotation: The type, as in operations: `list[_models.Tag]`.
        package: The package whose `models` it names.
    """

    __slots__ = ("_annotation", "_package")

    def __init__(self, annotation: str, package: str) -> None:
        self._annotation = annotation
        self._package = package

    def __call__(self, data: Buffer | JSONValue) -> T_co:
        """Return the value for JSON text or bytes, or for the result of `json.loads`.

        A string is always read as JSON, and an empty one as null.

        Raises:
            DecodeError: The data is not JSON, or not of the type.
        """
        if isinstance(data, (str, bytes, bytearray, memoryview)):
            data = decode_json(data or "null")
        return cast("T_co", resolve(self._annotation, self._package).decode_in(data, FROM_CALLER))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._annotation}>"


class Webhook(Parser[T_co]):
    """A request that a service sends. Call it with the request's body to parse that.

    Check first that the request is genuine, with a `webhooks.Verifier`.

    Args:
        name: Its name in the spec.
        method: Its HTTP method.
        annotation: The type of the payload.
        package: The package whose `models` it names.
        operation: The operation whose callback it is, if any.
        key_urls: URLs of the public keys for its signature.
    """

    __slots__ = ("key_urls", "method", "name", "operation")

    name: str
    """Its name in the spec."""

    method: str
    """Its HTTP method."""

    operation: str
    """Id of the operation whose callback it is; empty if it is no callback."""

    key_urls: tuple[str, ...]
    """URLs of the public keys for its signature, each with `{kid}` for the key's id."""

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
