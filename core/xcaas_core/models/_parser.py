"""Reading what has a type but no class: unions, and the payloads of webhooks."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from ._expression import codec_in
from ._json import Buffer, JSONValue, decode_json

__all__ = ["Parser", "Webhook"]

T_co = TypeVar("T_co", covariant=True)


class Parser(Generic[T_co]):
    """Reads one type of JSON, as `Model.from_json` and `Model.from_dict` do for one model.

    Args:
        expression: The type, as the fields of models have it.
        models: The module in which its models are found.
    """

    __slots__ = ("_expression", "_models")

    def __init__(self, expression: str, models: str) -> None:
        self._expression = expression
        self._models = models

    def __call__(self, data: Buffer | JSONValue) -> T_co:
        """The value for JSON text or bytes, or for what `json.loads` made of them.

        Text is always taken for JSON text, and no text at all for null. Data that is decoded already
        is taken over, not copied.

        Raises:
            DecodeError: The data is no JSON, or does not fit. Lists and objects further inside are
                read on first touch, and may raise then.
        """
        if isinstance(data, (str, bytes, bytearray, memoryview)):
            data = decode_json(data or "null")
        return cast("T_co", codec_in(self._expression, (self._models,)).decode(data))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._expression}>"


class Webhook(Parser[T_co]):
    """A request that a service sends. Call it with the body of the request to read that.

    Whether the request is genuine is for the receiver to check first, in the way that the service's
    guide describes.

    Args:
        name: Its name in the spec.
        method: The HTTP method that it comes with.
        expression: The type of the payload.
        package: The package that has its models in `models`.
        operation: The operation whose callback it is, if it is one.
    """

    __slots__ = ("method", "name", "operation")

    name: str
    """Its name in the spec."""

    method: str
    """The HTTP method that it comes with."""

    operation: str
    """Id of the operation whose callback it is; empty if nothing that the client calls leads to it."""

    def __init__(self, name: str, method: str, expression: str, package: str, *, operation: str = "") -> None:
        super().__init__(expression, f"{package}.models")
        self.name = name
        self.method = method
        self.operation = operation

    def __repr__(self) -> str:
        return f"<Webhook {self.name}: {self._expression}>"
