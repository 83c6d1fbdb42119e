"""Frames of Apache Pulsar's WebSocket proxy: messages and acknowledgements."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._checks import is_object
from .._errors import DecodeError
from .._json import JSONValue

__all__ = ["Event", "Frame", "Numeral", "acknowledgement", "parse_frame", "parse_payload"]

T = TypeVar("T")


class Numeral(str):
    """A JSON number as written. Caller ids and phone numbers come as numbers, and must not lose digits."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A message with its payload still encoded."""

    id: str
    payload: str
    published: str | None
    properties: dict[str, str]
    redeliveries: int
    key: str | None


@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """One event. `id` is opaque and resumes a stream after this event; `published` is the service's time, as received.

    `redeliveries` counts earlier deliveries that were not acknowledged.
    """

    id: str
    payload: T
    published: str | None
    properties: dict[str, str]
    redeliveries: int
    key: str | None


def parse_frame(text: str | bytes) -> Frame | None:
    """Return the message in a frame; None for a control frame.

    Raises:
        DecodeError: It is neither.
    """
    try:
        message: object = json.loads(text)
    except (ValueError, RecursionError):
        message = None
    if is_object(message):
        if "type" in message or "endOfTopic" in message:
            return None
        id, payload = message.get("messageId"), message.get("payload")
        if isinstance(id, str) and isinstance(payload, str):
            properties, published, key = message.get("properties"), message.get("publishTime"), message.get("key")
            redeliveries = message.get("redeliveryCount")
            return Frame(
                id,
                payload,
                published if isinstance(published, str) else None,
                {name: str(value) for name, value in properties.items()} if is_object(properties) else {},
                redeliveries if isinstance(redeliveries, int) else 0,
                key if isinstance(key, str) else None,
            )
    raise DecodeError(
        "a frame is not a message of an event stream", advice="Check the host: it may be another service."
    )


def parse_payload(payload: str) -> object:
    """Return the JSON of a payload, its numbers as `Numeral`.

    Raises:
        ValueError: It is not JSON in base64.
    """
    try:
        return json.loads(base64.b64decode(payload, validate=True), parse_int=Numeral, parse_float=Numeral)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def acknowledgement(id: str) -> str:
    """Return the frame that acknowledges a message."""
    frame: JSONValue = {"messageId": id}
    return json.dumps(frame)
