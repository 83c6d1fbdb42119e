"""Responses and errors of handlers, and error bodies in each product's shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from ._examples import example_of_schema
from ._specs import Node, Operation, is_list, is_node

__all__ = ["Problem", "Reply", "error_body", "problem_object"]

GATEWAY_STATUSES: Final = frozenset({401, 403, 429})
_BY_STATUS: Final = {400: "BAD_REQUEST", 401: "FORBIDDEN", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT"}
_DOCUMENTS: Final = "https://developer.8x8.com/errors"


class Reply:
    """A response: JSON in `body`, or bytes in `stream`, which then need a media type.

    `sample` is validated instead of a long, uniform body.
    """

    def __init__(
        self,
        body: object = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
        stream: Iterable[bytes] | None = None,
        sample: object = None,
    ) -> None:
        self.body = body
        self.sample = body if sample is None else sample
        self.stream = stream
        self.status = status
        self.headers = dict(headers or {})
        self.media_type = media_type


class Problem(Exception):
    """An error response, in the shape that the product's spec has for the status.

    Args:
        status: The status code.
        message: The message in the body.
        code: The error code in the body.
        field: The invalid field or parameter, for shapes that name one.
        headers: Headers of the response.
        raw: Media type and text of the body, if it is not JSON.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.field = field
        self.headers = dict(headers or {})
        self.raw = raw


def error_body(operation: Operation | None, problem: Problem, path: str | None = None) -> tuple[str, Any] | None:
    """Return media type and body of an error; None if the spec says that there is no body.

    Without a spec, the shape is the gateway's. `path` is that of the request.
    """
    declared = operation.response(problem.status) if operation else None
    if declared is not None and "x-xcaas-no-body" in declared:
        return None
    for media_type, schema in _shapes(operation, problem.status):
        pointers: Node = schema.get("x-xcaas-error", {})
        if not pointers:
            continue
        body = example_of_schema(schema)
        code = _code(schema, problem)
        _fill_in(body, problem, code, path)
        _put(body, pointers.get("message"), problem.message)
        _put_code(body, pointers.get("code"), code, problem.message)
        return media_type, body
    fault = {"faultstring": problem.message, "detail": {"errorcode": problem.code or "sandbox.Refused"}}
    return "application/json", {"fault": fault}


def problem_object(problem: Problem, path: str, time: str) -> Node:
    """Return a problem object with a list of fields, as failed operations have it."""
    error = {"field": problem.field, "code": problem.code, "message": problem.message}
    title = HTTPStatus(problem.status).phrase
    return {
        "status": problem.status,
        "instance": path,
        "time": time,
        "title": title,
        "detail": problem.message,
        "errors": [error],
    }


def _shapes(operation: Operation | None, status: int) -> Iterator[tuple[str, Node]]:
    shapes = list(_declared(operation, str(status)))
    # Errors of the gateway come in its own shape.
    if status in GATEWAY_STATUSES:
        shapes.sort(key=lambda pair: "fault" not in pair[1].get("properties", {}))
    yield from shapes
    # A status that the spec lacks has the shape of those that it has.
    if operation is not None and not shapes and operation.response(status) is None:
        for other in operation.responses:
            yield from () if other.startswith("2") else _declared(operation, other)


def _declared(operation: Operation | None, status: str) -> Iterator[tuple[str, Node]]:
    if operation is None:
        return
    response = operation.responses.get(status) or (operation.response(int(status)) if status.isdecimal() else None)
    content: Node = (response or {}).get("content", {})
    for media_type, media in content.items():
        if media_type.endswith("json"):
            for shape in _members(media.get("schema", {})):
                yield media_type, shape


def _members(schema: Node) -> Iterator[Node]:
    members = schema.get("oneOf") or schema.get("anyOf")
    if members:
        for member in members:
            yield from _members(member)
    else:
        yield schema


def _code(schema: Node, problem: Problem) -> str | None:
    """Return the problem's code, or one for its status if the product's list of codes lacks it."""
    entry: Node = schema.get("properties", {}).get("errors", {}).get("items", {}).get("properties", {}).get("code", {})
    known = {code for member in entry.get("oneOf", ()) for code in member.get("enum", ())}
    return problem.code if not known or problem.code in known else _BY_STATUS.get(problem.status, "UNKNOWN")


def _fill_in(body: Any, problem: Problem, code: str | None, path: str | None) -> None:
    """Replace values in the schema's example, which is of another error."""
    if not is_node(body):
        return
    phrase = HTTPStatus(problem.status).phrase
    for name in ("status", "code"):
        if isinstance(body.get(name), int):
            body[name] = problem.status
    if isinstance(body.get("title"), str):
        body["title"] = phrase
    if isinstance(body.get("error"), str) and "error_description" not in body:
        body["error"] = phrase
    for name in ("instance", "path"):
        if path is not None and isinstance(body.get(name), str):
            body[name] = path
    if "details" in body:
        body["details"] = [{"type": "invalidValue", "path": [problem.field]}] if problem.field else []
    if is_list(body.get("errors")):
        body["errors"] = [_error_entry(error, problem, code) for error in body["errors"][:1]]


def _error_entry(example: Any, problem: Problem, code: str | None) -> Any:
    if not is_node(example):
        return problem.message
    values = {"field": problem.field, "code": code, "message": problem.message, "suggestion": "Read the guide"}
    return {name: values.get(name, value) for name, value in example.items()}


def _put_code(body: Any, pointer: str | None, code: str | None, message: str) -> None:
    """Set the code, unless the reason phrase of the status is in its place."""
    if pointer == "/reasons/0":
        body["reasons"] = [message]
    elif pointer is None or code is None or pointer == "/title":
        return
    elif pointer.endswith("/url"):
        _put(body, pointer, code if "://" in code else f"{_DOCUMENTS}#{code}")
    elif pointer != "/error" or code.replace("_", "").islower():
        _put(body, pointer, code)


def _put(body: Any, pointer: str | None, value: str | None) -> None:
    if not pointer or value is None:
        return
    *parents, last = pointer.split("/")[1:]
    for part in parents:
        body = body[int(part)] if is_list(body) else body.setdefault(part, {})
    if is_list(body):
        body[int(last)] = value
    elif isinstance(body.get(last, ""), str) or body.get(last) is None:
        body[last] = value
