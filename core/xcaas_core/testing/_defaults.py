"""Responses for calls that a test says nothing about: examples, shaped so that lists end and jobs get done."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Final

from .._json import JSONValue
from .._pointer import find, put, value_at
from ..models import resolve
from ..operations._parameter import ResponseSpec
from ._examples import example
from ._links import links_of
from ._responses import FakeResponse

if TYPE_CHECKING:
    from ..operations._extensions import PaginationSpec, StopCondition
    from ..operations._operation import Operation

__all__ = ["FILE", "default_response", "token_response"]

FILE: Final = b"an example of a file\n"
"""What every download brings."""


def default_response(operation: Operation[object]) -> FakeResponse:
    """Return the first success that the operation promises, with an example."""
    status, spec = _success(operation)
    if spec is None or spec.kind == "empty":
        return FakeResponse(status)
    kind = {"content-type": spec.media_type or "application/octet-stream"}
    if operation.download is not None or spec.kind == "binary":
        name = {"content-disposition": 'attachment; filename="example.bin"'}
        return FakeResponse(status, content=FILE, headers={**kind, **name})
    if spec.kind != "json":
        text = "<example/>" if spec.kind == "xml" else "text"
        return FakeResponse(status, text=text, headers=kind)
    body, headers = _shaped(operation, _example(operation, spec))
    return FakeResponse(status, json=body, headers={**kind, **headers})


def token_response() -> FakeResponse:
    """Return what a token endpoint says."""
    return FakeResponse(json={"access_token": "fake-token", "token_type": "Bearer", "expires_in": 1800})


def _success(operation: Operation[object]) -> tuple[int, ResponseSpec | None]:
    for status, specs in operation.responses.items():
        if status.startswith("2"):
            first = specs if isinstance(specs, ResponseSpec) else (specs[0] if specs else None)
            return int(status.replace("X", "0")), first
    return 200, None


def _example(operation: Operation[object], spec: ResponseSpec) -> JSONValue:
    written = _written(operation.product.package).get(operation.id)
    if written is not None:
        return written
    return {} if spec.annotation is None else example(resolve(spec.annotation, operation.product.package))


@cache
def _written(package: str) -> dict[str, JSONValue]:
    """Return examples by operation id, where the package brings those of its spec."""
    import json
    from importlib.resources import files

    try:
        text = files(package).joinpath("_examples.json").read_text("utf-8")
    except (OSError, ImportError, TypeError):
        return {}
    examples: dict[str, JSONValue] = json.loads(text)
    return examples


def _shaped(operation: Operation[object], body: JSONValue) -> tuple[JSONValue, dict[str, str]]:
    headers: dict[str, str] = {}
    links = links_of(operation.product.package)
    if operation.paging is not None:
        body, headers = _only_page(operation.paging, body)
    if operation.poller is not None and operation.poller.id is not None:
        if value_at(body, operation.poller.id) in (None, ""):
            body = put(body, operation.poller.id, "job-1")
        body = put(body, operation.poller.status.value, "STARTED")
    state = links.states.get(operation)
    if state is not None:
        body = put(body, state.value, state.done[0])
    file = links.files.get(operation)
    if file is not None:
        if file.value:
            body = put(body, file.value, hashlib.md5(FILE, usedforsecurity=False).hexdigest())
        if file.type:
            body = put(body, file.type, "MD5")
        if file.size:
            body = put(body, file.size, len(FILE))
    return body, headers


def _only_page(paging: PaginationSpec, body: JSONValue) -> tuple[JSONValue, dict[str, str]]:
    """Return the page as the first and last one."""
    headers: dict[str, str] = {}
    items = find(body, paging.items)
    count = len(items) if isinstance(items, list) else 1
    for sign in paging.last:
        where, name = sign.spot
        value = _ending(sign, paging, count)
        if where == "body":
            body = put(body, name, value)
        elif where == "header" and isinstance(value, str | int):
            headers[name] = str(value)
    if not paging.last and paging.next is not None and paging.next[0] == "body":
        body = put(body, paging.next[1], None)
    return body, headers


def _ending(sign: StopCondition, paging: PaginationSpec, items: int) -> JSONValue:
    match sign.test:
        case "page-count":
            return 1
        case "item-count":
            return items
        case "equals":
            return sign.value
        case "lacks":
            return []
        case _:
            return None
