"""What handlers return and raise, and error bodies in each product's own shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ._examples import example_of_schema
from ._specs import Node, Operation, is_list, is_node

__all__ = ["Problem", "Reply", "error_body"]

GATEWAY_STATUSES: Final = frozenset({401, 403, 429})


class Reply:
    """An answer: JSON in `body`, or bytes in `stream`, which then need a media type."""

    def __init__(
        self,
        body: object = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        stream: Iterable[bytes] | None = None,
    ) -> None:
        self.body = body
        self.stream = stream
        self.status = status
        self.headers = dict(headers or {})
        self.media_type = media_type


class Problem(Exception):
    """A refusal. The sandbox words it in the shape that the product's spec gives for the status."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = dict(headers or {})


def error_body(operation: Operation | None, problem: Problem) -> tuple[str, Any]:
    """Media type and body of a refusal. Without a spec to follow, the gateway's fault."""
    for media_type, schema in _shapes(operation, problem.status):
        pointers: Node = schema.get("x-xcaas-error", {})
        if not pointers:
            continue
        body = example_of_schema(schema)
        _put(body, pointers.get("message"), problem.message)
        _put(body, pointers.get("code"), problem.code)
        if is_node(body) and isinstance(body.get("status"), int):
            body["status"] = problem.status
        return media_type, body
    fault = {"faultstring": problem.message, "detail": {"errorcode": problem.code or "sandbox.Refused"}}
    return "application/json", {"fault": fault}


def _shapes(operation: Operation | None, status: int) -> Iterator[tuple[str, Node]]:
    response = operation.response(status) if operation else None
    content: Node = (response or {}).get("content", {})
    found = [
        (media_type, shape)
        for media_type, media in content.items()
        if media_type.endswith("json")
        for shape in _members(media.get("schema", {}))
    ]
    # What the gateway refuses before the product sees it comes in the gateway's shape.
    if status in GATEWAY_STATUSES:
        found.sort(key=lambda pair: "fault" not in pair[1].get("properties", {}))
    yield from found


def _members(schema: Node) -> Iterator[Node]:
    members = schema.get("oneOf") or schema.get("anyOf")
    if members:
        for member in members:
            yield from _members(member)
    else:
        yield schema


def _put(body: Any, pointer: str | None, value: str | None) -> None:
    if not pointer or value is None:
        return
    *parents, last = pointer.split("/")[1:]
    for part in parents:
        body = body[int(part)] if is_list(body) else body.setdefault(part, {})
    if is_list(body):
        body[int(last)] = value
    elif isinstance(body.get(last, ""), str):
        body[last] = value
