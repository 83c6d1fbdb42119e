"""Default responses of a fake server: examples, adapted so that lists end and jobs finish."""

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
"""The content of every download."""


def default_response(operation: Operation[object]) -> FakeResponse:
    """Return the operation's first successful response, with an example."""
    status, spec = _success_spec(operation)
    if spec is None or spec.kind == "empty":
        return FakeResponse(status)
    content_type = {"content-type": spec.media_type or "application/octet-stream"}
    if operation.download is not None or spec.kind == "binary":
        disposition = {"content-disposition": 'attachment; filename="example.bin"'}
        return FakeResponse(status, content=FILE, headers={**content_type, **disposition})
    if spec.kind != "json":
        text = "<example/>" if spec.kind == "xml" else "text"
        return FakeResponse(status, text=text, headers=content_type)
    body, headers = _adapt(operation, _example(operation, spec))
    return FakeResponse(status, json=body, headers={**content_type, **headers})


def token_response() -> FakeResponse:
    """Return the response of a token endpoint."""
    return FakeResponse(json={"access_token": "fake-token", "token_type": "Bearer", "expires_in": 1800})


def _success_spec(operation: Operation[object]) -> tuple[int, ResponseSpec | None]:
    for status, specs in operation.responses.items():
        if status.startswith("2"):
            first = specs if isinstance(specs, ResponseSpec) else (specs[0] if specs else None)
            return int(status.replace("X", "0")), first
    return 200, None


def _example(operation: Operation[object], spec: ResponseSpec) -> JSONValue:
    from_spec = _spec_examples(operation.product.package).get(operation.id)
    if from_spec is not None:
        return from_spec
    return {} if spec.annotation is None else example(resolve(spec.annotation, operation.product.package))


@cache
def _spec_examples(package: str) -> dict[str, JSONValue]:
    """Return the examples of the spec by operation id, if the package has them."""
    import json
    from importlib.resources import files

    try:
        text = files(package).joinpath("_examples.json").read_text("utf-8")
    except (OSError, ImportError, TypeError):
        return {}
    examples: dict[str, JSONValue] = json.loads(text)
    return examples


def _adapt(operation: Operation[object], body: JSONValue) -> tuple[JSONValue, dict[str, str]]:
    headers: dict[str, str] = {}
    links = links_of(operation.product.package)
    if operation.paging is not None:
        body, headers = _as_only_page(operation.paging, body)
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


def _as_only_page(paging: PaginationSpec, body: JSONValue) -> tuple[JSONValue, dict[str, str]]:
    """Return the page as the only one."""
    headers: dict[str, str] = {}
    items = find(body, paging.items)
    count = len(items) if isinstance(items, list) else 1
    for condition in paging.last:
        location, name = condition.location
        value = _last_value(condition, paging, count)
        if location == "body":
            body = put(body, name, value)
        elif location == "header" and isinstance(value, str | int):
            headers[name] = str(value)
    if not paging.last and paging.next is not None and paging.next[0] == "body":
        body = put(body, paging.next[1], None)
    return body, headers


def _last_value(condition: StopCondition, paging: PaginationSpec, items: int) -> JSONValue:
    match condition.test:
        case "page-count":
            return 1
        case "item-count":
            return items
        case "equals":
            return condition.value
        case "lacks":
            return []
        case _:
            return None
